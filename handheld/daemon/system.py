"""The real clock and real chance of a running node."""

import os
import time


class SystemClock:
    """`Clock` of this machine: monotonic milliseconds, and what the calendar claims."""

    def now(self) -> int:
        """Milliseconds since some start; never goes back."""
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> int:
        """Seconds since 1970; a label only, a Pi Zero has no clock of its own."""
        return int(time.time())


class SystemEntropy:
    """`Entropy` from the operating system."""

    def take(self, count: int) -> bytes:
        """`count` bytes fit for keys."""
        return os.urandom(count)

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1; 64 spare bits make the bias vanish."""
        return int.from_bytes(os.urandom(16), "big") % limit
