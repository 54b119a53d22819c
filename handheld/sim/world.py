"""Virtual time: whatever happens next, happens now. Stations, the air between them, and what people write.

Deterministic: all in whole microseconds, no chance in here. Of what happens in the same one the air comes
first, then what was asked for, in order, then whoever wanted to wake, by number.
"""

import hashlib
import heapq
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TextIO

from handheld.clock import Entropy
from handheld.sim.air import Air, Began, Heard
from handheld.sim.place import Ground
from handheld.sim.station import NEVER, Station

QUEUE_MIN, STALE_MAX = 64, 4
"""The queue is tidied up beyond this many entries, and so many for each station."""


class Trace:
    """All that happened, as lines; `digest` is the same for the same run on any machine."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def line(self, text: str) -> None:
        """One thing that happened."""
        self._hash.update(text.encode() + b"\n")
        if self._file:
            self._file.write(text + "\n")

    @property
    def digest(self) -> str:
        """SHA-256 of all lines so far, in hex."""
        return self._hash.hexdigest()


class World:
    """A village from second 0 on. `began` is called for each transmission; `on` says who has power.

    `turns`: how many events it took, that is how often some station had its turn.
    """

    def __init__(
        self,
        air: Air,
        ground: Ground,
        stations: Sequence[Station],
        trace: Trace,
        began: Callable[[Began], None],
    ) -> None:
        self.now_us = 0
        self.turns = 0
        self.on = [True] * len(stations)
        self._air = air
        self._ground = ground
        self._stations = stations
        self._trace = trace
        self._began = began
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        # When each wants its next turn; and the same in order of time, outdated ones among them.
        self._wakes = [NEVER] * len(stations)
        self._queue: list[tuple[int, int]] = []
        self._jams: list[tuple[float, float, float, int]] = []
        for number in range(len(stations)):
            self._wake_at(0, number)

    def at(self, at_us: int, act: Callable[[], None]) -> None:
        """Have this done then."""
        self._order += 1
        heapq.heappush(self._due, (at_us, self._order, act))

    def run(self, until_us: int) -> None:
        """Let everything happen that happens before `until_us`."""
        while True:
            air_us = self._air.next_deadline()
            due_us = self._due[0][0] if self._due else NEVER
            wake_us = self._queue[0][0] if self._queue else NEVER
            next_us = min(due_us, wake_us, NEVER if air_us is None else air_us)
            if next_us >= until_us:
                self.now_us = until_us
                return
            self.now_us = next_us
            if air_us == next_us:
                self._carry()
            elif due_us == next_us:
                heapq.heappop(self._due)[2]()
            else:
                self._wake()

    def write(self, number: int, reader: bytes | None, text: str, size: int = 0) -> bool:
        """Somebody writes now; False if he has nothing to write with."""
        if not self.on[number] or not self._stations[number].write(reader, text, self.now_us, size):
            return False
        self._turn(number)
        return True

    def power(self, number: int, *, on: bool) -> None:
        """Switch a node on, or off."""
        if self.on[number] == on:
            return
        self.on[number] = on
        self._stations[number].power(self.now_us, on=on)
        self._wakes[number] = NEVER
        if on:
            self._turn(number)

    def kill(self, number: int) -> None:
        """Let the host of a node die."""
        if self.on[number]:
            self._stations[number].kill(self.now_us)
            self._turn(number)

    def back_up(self, number: int) -> None:
        """Let the owner of a node make a backup."""
        self._stations[number].back_up()

    def restore(self, number: int, entropy: Entropy) -> None:
        """Let a node be lost and made anew from its backup."""
        if self.on[number]:
            self._stations[number].restore(entropy, self.now_us)
            self._turn(number)

    def jump(self, number: int, seconds: int) -> None:
        """Set the calendar of a node's host."""
        self._stations[number].jump(seconds)

    def jam(self, area: tuple[float, float, float], until_us: int) -> None:
        """Let nobody hear anything in this area (x, y and radius in metres)."""
        self._jams.append((*area, until_us))

    def inject(self, number: int, frame: bytes, alias: int) -> None:
        """Transmit a frame that no radio made from where this node is, as if by somebody else."""
        self._air.send(number, frame, self.now_us, alias)

    def _carry(self) -> None:
        while event := self._air.next_event(self.now_us):
            if isinstance(event, Began):
                self._trace.line(f"began {event.at_us} {event.sender} {event.airtime_us} {event.data.hex()}")
                self._began(event)
            elif self.on[event.receiver] and not (self._jams and self._is_jammed(event.receiver)):
                self._trace.line(f"heard {event.at_us} {event.receiver} {event.sender} {event.level}")
                self._turn(event.receiver, (event,))

    def _is_jammed(self, number: int) -> bool:
        x, y = self._ground.place(number, self.now_us)
        return any(
            self.now_us < until_us and math.hypot(x / 1000 - jam_x, y / 1000 - jam_y) <= radius
            for jam_x, jam_y, radius, until_us in self._jams
        )

    def _turn(self, number: int, heard: Sequence[Heard] = (), sensed: bool | None = None) -> None:
        self.turns += 1
        turn = self._stations[number].turn(self.now_us, heard, sensed)
        for frame in turn.transmit:
            self._air.send(number, frame, self.now_us + turn.after_us)
        if turn.cad_us is not None:
            self.at(self.now_us + turn.cad_us, partial(self._listened, number))
        self._wake_at(turn.wake_us, number)

    def _listened(self, number: int) -> None:
        if self.on[number]:
            self._turn(number, (), self._air.sensed(number, self.now_us))

    def _wake_at(self, at_us: int, number: int) -> None:
        if self._wakes[number] == at_us:
            return
        self._wakes[number] = at_us
        if at_us == NEVER:
            return
        heapq.heappush(self._queue, (at_us, number))
        if len(self._queue) > QUEUE_MIN + STALE_MAX * len(self._wakes):
            # A station changes its mind at nearly each turn; what nobody wants any more would fill the queue.
            self._queue = [(at_us, number) for number, at_us in enumerate(self._wakes) if at_us < NEVER]
            heapq.heapify(self._queue)

    def _wake(self) -> None:
        at_us, number = heapq.heappop(self._queue)
        if self._wakes[number] == at_us:
            self._wakes[number] = NEVER
            self._turn(number)
