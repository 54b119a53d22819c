"""The air: who hears which frame, when and how loud. Pure: microseconds and chance are arguments.

    send -> (waits its turn) -> Began ... end of the frame -> Heard by each who could

A sender of ESP-NOW listens first and draws a backoff (CSMA, IEEE 802.11 DCF without acknowledgement). A
radio hears nothing while it transmits. Of two frames that overlap at a receiver the one that is 6 dB or
more stronger survives, else neither (capture). Independent loss comes on top.
"""

import heapq
import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from handheld.clock import Entropy
from handheld.errors import LocalError, SimulationError
from handheld.sim.place import Ground

QUEUE_MAX = 16
"""Frames of one sender that may wait for the air; the driver of a real radio holds fewer."""

CAPTURE_CDB = 600

MILLION = 1_000_000


@dataclass(frozen=True)
class Csma:
    """Listening before talking; the defaults are 802.11b's: DIFS 50 us, slots of 20 us, window of 32.

    `blind_us`: how long a frame is on the air before another radio can have noticed it.
    """

    wait_us: int = 50
    slot_us: int = 20
    slots: int = 32
    blind_us: int = 15


@dataclass(frozen=True)
class Channel:
    """How one kind of radio uses the air. Levels in centi-dBm: 1 dBm is 100.

    `sense`: what is at least this strong keeps others from talking. `harmless_us`: an overlap with no more
    than the beginning of the later frame, this long, harms neither. Without `csma` a frame goes out at once.
    """

    airtime_us: Callable[[int], int]
    tx_power: int
    sensitivity: int
    sense: int
    harmless_us: int = 0
    csma: Csma | None = None

    @property
    def budget(self) -> int:
        """Centi-dB a link may lose and still be heard."""
        return self.tx_power - self.sensitivity


def espnow_airtime(rate_mbps: float) -> Callable[[int], int]:
    """Microseconds of an ESP-NOW frame by its length: long preamble 192 us, 43 bytes around ours (IDF)."""
    if not 0 < rate_mbps <= 54:
        raise SimulationError("ESP-NOW sends at a rate above 0 and up to 54 Mbit/s.")
    return lambda length: round(192 + (43 + length) * 8 / rate_mbps)


ESPNOW = Channel(
    airtime_us=espnow_airtime(1),
    tx_power=2000,
    sensitivity=-9700,
    sense=-9700,
    csma=Csma(),
)
"""An ESP32 as MicroPython leaves it: 1 Mbit/s, 20 dBm; -97 dBm is what Espressif states for that rate."""


@dataclass(frozen=True)
class Burst:
    """A link that is good and bad by turns (Gilbert-Elliott): mean seconds of each, loss while it is bad."""

    good_s: float
    bad_s: float
    bad_loss: float


class Bursts:
    """In which state each directed link is; looked at when a frame comes, and then only."""

    def __init__(self, burst: Burst) -> None:
        self._bad_ppm = round(MILLION * burst.bad_s / (burst.good_s + burst.bad_s))
        self._rate = -(1 / burst.good_s + 1 / burst.bad_s) / MILLION
        self._loss_ppm = round(burst.bad_loss * MILLION)
        self._links: dict[tuple[int, int], tuple[bool, int]] = {}

    def lost(self, sender: int, receiver: int, now_us: int, entropy: Entropy) -> bool:
        """Whether a frame that ends now is lost to a bad time of its link."""
        chance = self._bad_ppm
        if before := self._links.get((sender, receiver)):
            was_bad, then_us = before
            # What is left of the old state decays; the rest is as if one had never looked.
            left = round(MILLION * math.exp(self._rate * (now_us - then_us)))
            chance += (was_bad * MILLION - self._bad_ppm) * left // MILLION
        bad = entropy.below(MILLION) < chance
        self._links[sender, receiver] = bad, now_us
        return bad and entropy.below(MILLION) < self._loss_ppm


@dataclass(frozen=True)
class Began:
    """A frame is on the air from `at_us` for `airtime_us`."""

    sender: int
    data: bytes
    at_us: int
    airtime_us: int


@dataclass(frozen=True)
class Heard:
    """`receiver` has the whole frame at `at_us`; `level` in centi-dBm. `alias`: who it says it is from."""

    receiver: int
    sender: int
    data: bytes
    level: int
    at_us: int
    alias: int

    @property
    def rssi(self) -> int:
        """The level as a radio reports it: whole dBm in eight bits."""
        return max(-128, min(127, round(self.level / 100)))


@dataclass(eq=False, slots=True)
class _Flight:
    """A frame on the air: its level at each who can tell it from silence, and who will not get it."""

    sender: int
    alias: int
    data: bytes
    start_us: int
    end_us: int
    levels: dict[int, int]
    spoiled: dict[int, str] = field(default_factory=dict)


class Air:
    """One channel over some ground. `counts`: sent, heard, collided, deaf, faded, refused."""

    def __init__(
        self,
        channel: Channel,
        ground: Ground,
        entropy: Entropy,
        *,
        extra_loss: float = 0.0,
        bursts: Bursts | None = None,
    ) -> None:
        if not 0 <= extra_loss <= 1:
            raise SimulationError("Extra loss is a share from 0 to 1.")
        self._channel = channel
        self._ground = ground
        self._entropy = entropy
        self._loss_ppm = round(extra_loss * MILLION)
        self._bursts = bursts
        self._queues: list[deque[tuple[bytes, int]]] = [deque() for _ in range(len(ground))]
        # Who is talking, and what is in the air at each place: a frame meets only what is near it.
        self._talking: dict[int, _Flight] = {}
        self._there: list[list[_Flight]] = [[] for _ in range(len(ground))]
        self._events: deque[Began | Heard] = deque()
        # (when, rank, order, what): a frame that ends makes room for one that begins in the same instant.
        self._due: list[tuple[int, int, int, Callable[[int], None]]] = []
        self._order = 0
        self.counts: Counter[str] = Counter()

    def send(self, sender: int, data: bytes, now_us: int, alias: int | None = None) -> bool:
        """Queue a frame behind the sender's others; False when too many wait.

        `alias`: the number under which those who hear it will know the sender, if not his own.
        """
        if not 0 <= sender < len(self._queues):
            raise LocalError(f"there is no radio {sender} on this air")
        queue = self._queues[sender]
        if len(queue) >= QUEUE_MAX:
            self.counts["refused"] += 1
            return False
        queue.append((data, sender if alias is None else alias))
        if len(queue) == 1:
            self._try_at(now_us + self._backoff(), sender)
        return True

    def next_deadline(self) -> int | None:
        """When something happens next; None while the air is silent."""
        return self._due[0][0] if self._due else None

    def next_event(self, now_us: int) -> Began | Heard | None:
        """What happened up to `now_us`, in order; None when that is all."""
        while not self._events and self._due and self._due[0][0] <= now_us:
            at_us, _, _, act = heapq.heappop(self._due)
            act(at_us)
        return self._events.popleft() if self._events else None

    def busy_until(self, listener: int, now_us: int) -> int:
        """When all that `listener` notices has ended, his own frame too; `now_us` if there is nothing."""
        blind = self._channel.csma.blind_us if self._channel.csma else 0
        own = self._talking.get(listener)
        ends = [
            flight.end_us
            for flight in self._there[listener]
            if flight.start_us + blind <= now_us and flight.levels[listener] >= self._channel.sense
        ]
        return max([now_us, *ends, own.end_us if own else now_us])

    def sensed(self, listener: int, now_us: int) -> bool:
        """Whether somebody else's frame is on the air where `listener` is, strong enough to be noticed."""
        sense = self._channel.sense
        return any(
            flight.start_us < now_us and flight.levels[listener] >= sense for flight in self._there[listener]
        )

    def _backoff(self) -> int:
        csma = self._channel.csma
        return csma.wait_us + csma.slot_us * self._entropy.below(csma.slots) if csma else 0

    def _schedule(self, at_us: int, rank: int, act: Callable[[int], None]) -> None:
        self._order += 1
        heapq.heappush(self._due, (at_us, rank, self._order, act))

    def _try_at(self, at_us: int, sender: int) -> None:
        self._schedule(at_us, 1, lambda now_us: self._try(sender, now_us))

    def _try(self, sender: int, now_us: int) -> None:
        free_us = self.busy_until(sender, now_us) if self._channel.csma else now_us
        if free_us > now_us:
            self._try_at(free_us + self._backoff(), sender)
        else:
            self._begin(sender, now_us)

    def _begin(self, sender: int, now_us: int) -> None:
        data, alias = self._queues[sender][0]
        airtime_us = self._channel.airtime_us(len(data))
        flight = _Flight(sender, alias, data, now_us, now_us + airtime_us, self._levels(sender, now_us))
        for other in self._there[sender]:
            other.spoiled.setdefault(sender, "deaf")
        for receiver, level in flight.levels.items():
            if receiver in self._talking:
                flight.spoiled[receiver] = "deaf"
            there = self._there[receiver]
            for other in there:
                self._overlap(other, flight, receiver, other.levels[receiver] - level)
            there.append(flight)
        self._talking[sender] = flight
        self.counts["sent"] += 1
        self._events.append(Began(sender, data, now_us, airtime_us))
        self._schedule(flight.end_us, 0, lambda at_us: self._end(flight, at_us))

    def _levels(self, sender: int, now_us: int) -> dict[int, int]:
        # What is too weak to be heard can still spoil what is barely strong enough.
        floor = min(self._channel.sensitivity, self._channel.sense) - CAPTURE_CDB
        power = self._channel.tx_power
        losses = self._ground.near(sender, now_us, power - floor)
        return {receiver: power - loss for receiver, loss in losses.items()}

    def _overlap(self, early: _Flight, late: _Flight, receiver: int, difference: int) -> None:
        if early.end_us <= late.start_us + self._channel.harmless_us:
            return
        if difference < CAPTURE_CDB:
            early.spoiled.setdefault(receiver, "collided")
        if -difference < CAPTURE_CDB:
            late.spoiled.setdefault(receiver, "collided")

    def _end(self, flight: _Flight, now_us: int) -> None:
        del self._talking[flight.sender]
        for receiver, level in flight.levels.items():
            self._there[receiver].remove(flight)
            if level < self._channel.sensitivity:
                continue
            fate = flight.spoiled.get(receiver) or self._fade(flight.sender, receiver, now_us)
            self.counts[fate] += 1
            if fate == "heard":
                heard = Heard(receiver, flight.sender, flight.data, level, now_us, flight.alias)
                self._events.append(heard)
        queue = self._queues[flight.sender]
        queue.popleft()
        if queue:
            self._try_at(now_us + self._backoff(), flight.sender)

    def _fade(self, sender: int, receiver: int, now_us: int) -> str:
        lost = self._loss_ppm and self._entropy.below(MILLION) < self._loss_ppm
        if self._bursts and self._bursts.lost(sender, receiver, now_us, self._entropy):
            lost = True
        return "faded" if lost else "heard"
