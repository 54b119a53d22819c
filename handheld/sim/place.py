"""Where people are, and what is left of a signal between two places. Pure.

Lengths are whole millimetres, times whole microseconds, levels whole hundredths of a decibel (centi-dB):
the same on every machine, so that a seed gives the same village everywhere.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from handheld.errors import LocalError, SimulationError

SECOND_US = 1_000_000

Squares = dict[tuple[int, int], list[int]]
"""Who is in each square of a grid, by its column and row."""

PathLoss = Callable[[int], int | None]
"""From a distance in millimetres to the loss in centi-dB; None where nothing arrives at all."""


@dataclass(frozen=True)
class Walk:
    """Somebody's way: (second, x, y), x and y in metres; straight lines between, still before and after."""

    points: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        seconds = [point[0] for point in self.points]
        if not seconds or any(late <= early for early, late in pairwise(seconds)):
            raise SimulationError("A walk needs at least one point, and each point a later second.")
        if not all(math.isfinite(number) for point in self.points for number in point):
            raise SimulationError("A walk has a point that is no number.")

    def at(self, now_us: int) -> tuple[int, int]:
        """The place at `now_us`, in millimetres."""
        second = now_us / SECOND_US
        for start, end in pairwise(self.points):
            if second < end[0]:
                return _between(start, end, max(0.0, (second - start[0]) / (end[0] - start[0])))
        return _between(self.points[-1], self.points[-1], 0.0)

    def rest(self, now_us: int) -> tuple[float, float]:
        """From which second to which it goes nowhere around `now_us`; the same twice while it goes on."""
        second = now_us / SECOND_US
        if second < self.points[0][0]:
            return -math.inf, self.points[0][0]
        for start, end in pairwise(self.points):
            if second < end[0]:
                return (start[0], end[0]) if start[1:] == end[1:] else (0, 0)
        return self.points[-1][0], math.inf


def still(x: float, y: float) -> Walk:
    """Somebody who stays at one place; metres."""
    return Walk(((0, x, y),))


def _between(
    start: tuple[float, float, float], end: tuple[float, float, float], share: float
) -> tuple[int, int]:
    _, x, y = start
    return round(1000 * (x + (end[1] - x) * share)), round(1000 * (y + (end[2] - y) * share))


def suburban(distance_mm: int) -> int:
    """3GPP's suburban macro cell at 908.75 MHz, both ends 1 m high; never nearer than 10 m."""
    metres = max(distance_mm, 10_000) / 1000
    return round(14_785 + 4_490 * (math.log10(metres) - 3))


def log_distance(exponent: float, reference_db: float) -> PathLoss:
    """`reference_db` at 1 m, and 10 dB times the exponent for each tenfold distance; never below 1 m."""
    if not (1 <= exponent <= 10 and 0 <= reference_db <= 200):
        raise SimulationError("Log-distance path loss takes an exponent from 1 to 10 and 0 to 200 dB at 1 m.")

    def loss(distance_mm: int) -> int:
        return round(100 * (reference_db + 10 * exponent * math.log10(max(distance_mm, 1000) / 1000)))

    return loss


def open_to(range_m: float) -> PathLoss:
    """Path loss "none": everything arrives undamped up to `range_m`, and nothing beyond."""
    if not 0 < range_m < math.inf:
        raise SimulationError("The range of a radio is a length above 0 m.")
    limit = round(1000 * range_m)
    return lambda distance_mm: 0 if distance_mm <= limit else None


class Offsets(Protocol):
    """Centi-dB added to the loss from one to another, such as a dict by (from, to)."""

    def get(self, link: tuple[int, int], default: int, /) -> int:
        """The offset of a link."""
        ...

    def values(self) -> Iterable[int]:
        """All offsets that there are."""
        ...


def reach_mm(path_loss: PathLoss, budget: int) -> int:
    """The greatest distance at which no more than `budget` centi-dB are lost."""
    near, far = 0, 1 << 40
    while far - near > 1:
        middle = (near + far) // 2
        lost = path_loss(middle)
        near, far = (middle, far) if lost is not None and lost <= budget else (near, middle)
    return near


class Ground:
    """Who is how far from whom in the radio's sense, while people move.

    `offsets`: centi-dB added to the loss from one place to another; a link need not be the same both ways.
    """

    def __init__(
        self,
        walks: Sequence[Walk],
        path_loss: PathLoss,
        offsets: Offsets | None = None,
    ) -> None:
        self._walks = tuple(walks)
        self._path_loss = path_loss
        self._offsets: Offsets = {} if offsets is None else offsets
        self._still = [number for number, walk in enumerate(walks) if len(walk.points) == 1]
        self._moving = [number for number, walk in enumerate(walks) if len(walk.points) > 1]
        self._parts = [0] * len(walks)
        self._spots = [walk.at(0) for walk in walks]
        # Who walks mostly rests somewhere: where, from which second to which; and what is lost between two
        # such places.
        self._rests = [((0, 0), 0.0, 0.0)] * len(walks)
        self._lost: dict[tuple[int, int], tuple[tuple[int, int], tuple[int, int], int | None]] = {}
        self._gain = -min(self._offsets.values(), default=0)
        # Of those who stay where they are: whom each reaches, by the budget it was asked for; and for each
        # budget how far that may be, with who is where in squares of that side.
        self._near: dict[tuple[int, int], dict[int, int]] = {}
        self._squares: dict[int, tuple[int, Squares]] = {}

    def __len__(self) -> int:
        return len(self._walks)

    def place(self, number: int, now_us: int) -> tuple[int, int]:
        """Where somebody is, in millimetres."""
        walk = self._walk(number)
        if len(walk.points) == 1:
            return self._spots[number]
        spot, since, until = self._rests[number]
        if not since <= now_us / SECOND_US < until:
            spot = walk.at(now_us)
            self._rests[number] = (spot, *walk.rest(now_us))
        return spot

    @property
    def moves(self) -> bool:
        """Whether anybody walks."""
        return bool(self._moving)

    def part(self, parts: Sequence[int]) -> None:
        """Let nothing pass any more between those whose numbers here differ."""
        self._parts = list(parts)
        self._near.clear()

    def loss(self, sender: int, receiver: int, now_us: int) -> int | None:
        """Centi-dB lost on the way; None where nothing arrives. LocalError for somebody who is not there."""
        here, there = self.place(sender, now_us), self.place(receiver, now_us)
        if self._parts[sender] != self._parts[receiver]:
            return None
        known = self._lost.get((sender, receiver))
        if known is not None and known[0] is here and known[1] is there:
            return known[2]
        loss = self._path_loss(math.isqrt((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2))
        if loss is not None:
            loss += self._offsets.get((sender, receiver), 0)
        if self._moving:
            self._lost[sender, receiver] = here, there, loss
        return loss

    def near(self, sender: int, now_us: int, budget: int) -> dict[int, int]:
        """The loss to each who is reached with at most `budget` centi-dB lost, in order of their numbers."""
        if len(self._walk(sender).points) > 1:
            around = self._around(*self.place(sender, now_us), budget)
            return self._losses(sender, sorted([*around, *self._moving]), now_us, budget)
        near = self._near.get((sender, budget))
        if near is None:
            around = self._around(*self._spots[sender], budget)
            near = self._near[sender, budget] = self._losses(sender, around, now_us, budget)
        if not self._moving:
            return near
        return dict(sorted({**near, **self._losses(sender, self._moving, now_us, budget)}.items()))

    def _around(self, x: int, y: int, budget: int) -> list[int]:
        """Whoever stays where he is and may be in reach from there, in order: few of all."""
        if budget not in self._squares:
            self._squares[budget] = self._divided(budget)
        side, squares = self._squares[budget]
        column, row = x // side, y // side
        found = [
            number
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for number in squares.get((across, down), ())
        ]
        return sorted(found)

    def _divided(self, budget: int) -> tuple[int, Squares]:
        side = reach_mm(self._path_loss, budget + max(0, self._gain)) + 1
        squares: Squares = {}
        for number in self._still:
            x, y = self._spots[number]
            squares.setdefault((x // side, y // side), []).append(number)
        return side, squares

    def _losses(self, sender: int, others: Iterable[int], now_us: int, budget: int) -> dict[int, int]:
        losses = {}
        for receiver in others:
            loss = None if receiver == sender else self.loss(sender, receiver, now_us)
            if loss is not None and loss <= budget:
                losses[receiver] = loss
        return losses

    def reach(self, sender: int, now_us: int, budget: int) -> dict[int, int]:
        """Whom `sender` reaches by links that lose at most `budget` centi-dB, each with the fewest hops."""
        hops = {sender: 0}
        frontier = [sender]
        while frontier:
            following = []
            for near in frontier:
                for far in self.near(near, now_us, budget):
                    if far not in hops:
                        hops[far] = hops[near] + 1
                        following.append(far)
            frontier = following
        del hops[sender]
        return hops

    def _walk(self, number: int) -> Walk:
        if not 0 <= number < len(self._walks):
            raise LocalError(f"there is nobody with number {number} among {len(self._walks)}")
        return self._walks[number]
