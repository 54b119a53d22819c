"""The real clock and real chance of a running node."""

import os
import time
from pathlib import Path

CLOCK_CHIPS = Path("/sys/class/rtc")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""There once the system has the time from a server."""

EARLIEST_S = 1_735_689_600
"""The year 2025: a calendar that says less was never set."""


class SystemClock:
    """`Clock` of this machine: monotonic milliseconds, and what the calendar claims."""

    def now(self) -> int:
        """Milliseconds since some start; never goes back."""
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> int:
        """Seconds since 1970; a label only, a Pi Zero has no clock of its own."""
        return int(time.time())


def wall_is_sure(wall: int) -> bool:
    """Whether the calendar can be believed: a chip keeps it, or a server told it."""
    kept = CLOCK_CHIPS.is_dir() and any(CLOCK_CHIPS.iterdir())
    return wall >= EARLIEST_S and (kept or SYNCHRONIZED.exists())


def minute_of_day(wall: int) -> int:
    """Minutes since local midnight; 0 where the calendar says what the system cannot count to."""
    from datetime import UTC, datetime  # noqa: PLC0415 - asked for a notification, not at each start

    try:
        offset = datetime.now(UTC).astimezone().utcoffset()
    except (OverflowError, OSError, ValueError):
        return 0
    return (wall + (int(offset.total_seconds()) if offset is not None else 0)) // 60 % 1440


class SystemEntropy:
    """`Entropy` from the operating system."""

    def take(self, count: int) -> bytes:
        """`count` bytes fit for keys."""
        return os.urandom(count)

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1; 64 spare bits make the bias vanish."""
        return int.from_bytes(os.urandom(16), "big") % limit
