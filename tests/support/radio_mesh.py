"""Radios with the real packet rules and nothing else: who hears whom is all that the air knows.

No collisions and no half duplex here: that is the simulator's. Time goes in milliseconds.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from handheld.wire.air import AirFrame, decode_air
from handheld.wire.constants import DEFAULT_NETWORK_KEY
from tests.support.cpython_firmware import load

relay, verdicts = load("relay", "verdicts")

AIRTIME_MS = 2
FLOOR = -97
WARM_UP_MS = 100_000


@dataclass
class Medium:
    """What the packet rules know of a radio."""

    spread: int = 24
    floor: int = FLOOR

    def airtime(self, _n: int) -> int:
        """As ESP-NOW, about."""
        return AIRTIME_MS * 1000


@dataclass
class Mesh:
    """Radios `hears[listener]` lists by whom each hears. `loss`: share of frames that a hearer
    misses. `rssi`: dBm of all of them.

    `sent` has (radio, frame) of every transmission, `handed` (radio, frame) of all that a host would get.
    """

    hears: Sequence[set[int]]
    seed: int = 1
    loss: float = 0.0
    rssi: int = -80
    names: Sequence[int] | None = None
    now: int = 0
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    handed: list[tuple[int, AirFrame]] = field(default_factory=list)
    radios: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self.radios = [
            relay.Relay(DEFAULT_NETWORK_KEY, Medium(), self._draw(n)) for n in range(len(self.hears))
        ]
        self._free = [0] * len(self.hears)
        self.run(WARM_UP_MS)
        self.sent.clear()
        self.handed.clear()

    def _draw(self, number: int) -> Callable[[int], int]:
        chance = Random(f"{self.seed}/{number}")

        def below(limit: int) -> int:
            # Only names are drawn below 255.
            fixed = self.names[number] - 1 if self.names and limit == 255 else None
            return chance.randrange(limit) if fixed is None else fixed

        return below

    def submit(self, number: int, frame: bytes) -> int:
        """A host's own frame; 0 if the radio took it."""
        return int(self.radios[number].submit(frame, len(frame), 1, self.now))

    def run(self, milliseconds: int) -> None:
        """Let so much time pass."""
        end = self.now + milliseconds
        while self.now < end:
            for number in range(len(self.radios)):
                self._act(number)
            waits = [
                max(radio.deadline(self.now), self._free[n] - self.now) for n, radio in enumerate(self.radios)
            ]
            self.now = min(end, self.now + max(1, min(waits)))

    def _act(self, number: int) -> None:
        if self._free[number] > self.now:
            return
        radio = self.radios[number]
        slot = radio.next_due(self.now)
        if slot < 0:
            return
        frame = bytes(radio.fetch(slot))
        radio.sent(slot, self.now)
        self._free[number] = self.now + AIRTIME_MS
        self.sent.append((number, frame))
        for listener, hears in enumerate(self.hears):
            if number in hears and self._chance.random() >= self.loss:
                self._hear(listener, frame)

    def _hear(self, listener: int, frame: bytes) -> None:
        heard = bytearray(frame)
        verdict = self.radios[listener].receive(heard, len(heard), self.rssi, self.now)
        if verdict in (verdicts.NEW, verdicts.BETTER):
            self.handed.append((listener, decode_air(bytes(heard))))

    def got(self, body: bytes) -> set[int]:
        """Whose host has a frame with this body."""
        return {number for number, frame in self.handed if frame.body == body}

    def transmissions(self, body: bytes) -> Counter[int]:
        """How often each radio sent it."""
        return Counter(number for number, frame in self.sent if decode_air(frame).body == body)


def both_ways(count: int, pairs: set[tuple[int, int]]) -> list[set[int]]:
    """Who hears whom if each of these hears the other."""
    hears: list[set[int]] = [set() for _ in range(count)]
    for a, b in pairs:
        if a != b:
            hears[a].add(b)
            hears[b].add(a)
    return hears


def line(count: int) -> list[set[int]]:
    """Radios that hear only those beside them."""
    return both_ways(count, {(n, n + 1) for n in range(count - 1)})
