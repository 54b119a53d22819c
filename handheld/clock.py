"""Time and chance as arguments: the two protocols, and the deterministic ones for tests and simulation.

A pure engine takes `now` in whole milliseconds of a clock that never goes back and starts anywhere.
Wall time is a label only: nothing expires, rotates or is ordered by it (DESIGN: the Zero has no clock).
"""

import hashlib
from typing import Protocol


class Clock(Protocol):
    """Where a shell gets `now` from."""

    def now(self) -> int:
        """Milliseconds since an arbitrary start; never goes back."""
        ...

    def wall(self) -> int:
        """Seconds since 1970 by the system's calendar, which may be wrong by years."""
        ...


class Entropy(Protocol):
    """Where an engine gets chance from."""

    def take(self, count: int) -> bytes:
        """`count` random bytes."""
        ...

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1, each as likely."""
        ...


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: int = 0, wall: int = 1_800_000_000) -> None:
        self._now = now
        self._wall_offset = wall - now // 1000

    def now(self) -> int:
        """Milliseconds, as set by `advance`."""
        return self._now

    def wall(self) -> int:
        """Wall time that runs along with `now`."""
        return self._wall_offset + self._now // 1000

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self._now += milliseconds


class SeededEntropy:
    """Chance that replays bit for bit from a seed, on any machine and Python.

    BLAKE2b in counter mode: not for keys that must stay secret, the seed gives all of it away.
    """

    def __init__(self, seed: int | str | bytes) -> None:
        material = seed if isinstance(seed, bytes) else str(seed).encode()
        self._key = hashlib.blake2b(material, digest_size=32).digest()
        self._block = 0
        self._pool = b""

    def take(self, count: int) -> bytes:
        """The next `count` bytes of the stream."""
        while len(self._pool) < count:
            counter = self._block.to_bytes(8, "big")
            self._pool += hashlib.blake2b(counter, key=self._key).digest()
            self._block += 1
        taken, self._pool = self._pool[:count], self._pool[count:]
        return taken

    def below(self, limit: int) -> int:
        """Uniform by rejection: no number is favoured."""
        if limit < 1:
            raise ValueError(limit)
        span = (1 << 64) - (1 << 64) % limit
        while (drawn := int.from_bytes(self.take(8), "big")) >= span:
            pass
        return drawn % limit
