"""Where the nodes of a scenario are, and what is lost between them. Every draw comes from the seed."""

import math
import random
from array import array
from collections.abc import Sequence

from handheld.errors import SimulationError
from handheld.sim.air import ESPNOW, Channel
from handheld.sim.place import Ground, PathLoss, Walk, log_distance, open_to, still, suburban
from handheld.sim.scenario import LORA, AirPlan, PlacePlan, Scenario

APART_M = 10.0
"""Nobody is placed nearer than this to anybody by chance."""

TRIES_A_NODE = 10_000

_SUBURBAN_HZ = 908_750_000
_SUBURBAN_SLOPE = 3436
"""Centi-dB for each tenfold frequency at 1 m height (3GPP TR 25.996, section 5.2, suburban macro)."""


def channel(air: AirPlan) -> Channel:
    """How the radios of this scenario use their air."""
    return air.lora.channel() if air.model == LORA else ESPNOW


def ground(scenario: Scenario) -> Ground:
    """Everybody's place and ways, with the constant offset of each directed link."""
    loss = path_loss(scenario.air)
    walks = [Walk(node.walk) for node in scenario.nodes if node.walk]
    if scenario.place:
        budget = channel(scenario.air).budget
        walks = place(scenario.place, len(scenario.nodes), scenario.seed, loss, budget)
    sigma_db = scenario.air.link_offset_db
    return Ground(walks, loss, LinkOffsets(len(walks), sigma_db, scenario.seed) if sigma_db else None)


def path_loss(air: AirPlan) -> PathLoss:
    """From a distance to the loss, as the scenario chose."""
    if air.path_loss == "none":
        return open_to(air.range_m)
    if air.path_loss == "log-distance":
        return log_distance(air.exponent, air.reference_db)
    more = round(_SUBURBAN_SLOPE * math.log10(air.frequency_hz / _SUBURBAN_HZ))
    return lambda distance_mm: suburban(distance_mm) + more


def place(plan: PlacePlan, count: int, seed: int, loss: PathLoss, budget: int) -> list[Walk]:
    """`count` places by the plan, in metres."""
    if plan.kind == "random":
        return [still(x, y) for x, y in _strewn(plan, count, seed, loss, budget)]
    columns = count if plan.kind == "line" else math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    across, down = plan.width_m / max(1, columns - 1), plan.height_m / max(1, rows - 1)
    return [still(number % columns * across, number // columns * down) for number in range(count)]


def _strewn(plan: PlacePlan, count: int, seed: int, loss: PathLoss, budget: int) -> list[tuple[float, float]]:
    chance = random.Random(seed)  # noqa: S311 - a village, not a key
    reach = _reach_m(loss, budget)
    placed: list[tuple[float, float]] = []
    for _ in range(TRIES_A_NODE * count):
        a, b = chance.random(), chance.random()
        x, y = plan.width_m * a - plan.width_m / 2, plan.height_m * b - plan.height_m / 2
        if not placed or _fits(x, y, placed, reach):
            placed.append((x, y))
        if len(placed) == count:
            return placed
    raise SimulationError(f"Only {len(placed)} of {count} nodes fit there within reach of each other.")


def _fits(x: float, y: float, placed: Sequence[tuple[float, float]], reach: float) -> bool:
    distances = [math.hypot(x - other_x, y - other_y) for other_x, other_y in placed]
    return APART_M <= min(distances) <= reach


def _reach_m(loss: PathLoss, budget: int) -> float:
    """The greatest distance, to the millimetre, at which no more than the budget is lost."""
    near, far = 0, 1 << 40
    while far - near > 1:
        middle = (near + far) // 2
        lost = loss(middle)
        near, far = (middle, far) if lost is not None and lost <= budget else (near, middle)
    return near / 1000


class LinkOffsets:
    """Centi-dB by (from, to), two bytes each: thousands of nodes have millions of links."""

    def __init__(self, count: int, sigma_db: float, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        self._count = count
        self._values = array("h", bytes(2 * count * count))
        for i in range(count):
            for j in range(count):
                if i != j:
                    self._values[i * count + j] = round(100 * chance.gauss(0, sigma_db))

    def get(self, link: tuple[int, int], default: int) -> int:
        """The offset of a link; `default` is for who has none, and here all have."""
        del default
        return self._values[link[0] * self._count + link[1]]
