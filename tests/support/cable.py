"""A cable without hardware: lines that lose, turn, double and delay bytes, and print into them, by a seed.

Time is virtual; a line never reorders, as no serial line does.
"""

import random
from collections import deque
from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Faults:
    """How bad a line is: chances per million bytes, `delay` in milliseconds, bytes in a piece at most."""

    dropped: int = 0
    flipped: int = 0
    doubled: int = 0
    printed: int = 0
    delay: int = 1
    pieces: int = 256

    @property
    def clean(self) -> bool:
        """Whether all bytes arrive as they were sent."""
        return not (self.dropped or self.flipped or self.doubled or self.printed)


PRINTED = (b"W (812) wifi: retry\r\n", b"Traceback (most recent call last):\r\n", b"\0", b">>> ")


class Line:
    """One direction. What was put in comes out after the delay, damaged according to `faults`."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._chance = random.Random(seed)
        self._queue: deque[tuple[int, bytes]] = deque()

    def put(self, data: bytes, now: int) -> None:
        """Send bytes."""
        if data:
            self._queue.append((now + self.faults.delay, self._damaged(data)))

    def take(self, now: int) -> bytes:
        """What has arrived, at most a piece of it."""
        if not self._queue or self._queue[0][0] > now:
            return b""
        due, data = self._queue.popleft()
        size = self._chance.randint(1, self.faults.pieces)
        if data[size:]:
            self._queue.appendleft((due, data[size:]))
        return data[:size]

    def cut(self) -> None:
        """Lose what is under way."""
        self._queue.clear()

    def _damaged(self, data: bytes) -> bytes:
        if self.faults.clean:
            return data
        return b"".join(self._through(byte) for byte in data)

    def _through(self, byte: int) -> bytes:
        drawn = self._chance.randrange(MILLION)
        chances = (
            (self.faults.dropped, lambda: b""),
            (self.faults.flipped, lambda: bytes((byte ^ 1 << self._chance.randrange(8),))),
            (self.faults.doubled, lambda: bytes((byte, byte))),
            (self.faults.printed, lambda: self._chance.choice(PRINTED) + bytes((byte,))),
        )
        for chance, result in chances:
            if drawn < chance:
                return result()
            drawn -= chance
        return bytes((byte,))
