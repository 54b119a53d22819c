"""How long this device has been running in all: the only time that anything expires by.

A Pi Zero has no clock, and a wall time that somebody may set must not erase a key. A power cut takes at
most SAVE_MS back: keys then live that much longer, and nothing lives shorter.
"""

SAVE_MS = 10 * 60 * 1000
"""Between two savings."""


class Odometer:
    """Seconds of powered time, from what was saved and the node's own milliseconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        """At the latest reading, which is at most SAVE_MS ago."""
        self._base = seconds
        self._start: int | None = None
        self._due = 0

    def read(self, now: int) -> int:
        """Seconds of powered time now; never goes back. The first reading starts it."""
        if self._start is None:
            self._start = now
        self.seconds = max(self.seconds, self._base + (now - self._start) // 1000)
        return self.seconds

    def next_deadline(self) -> int:
        """When `due` is true again; at once before the first reading."""
        return self._due

    def due(self, now: int) -> bool:
        """Whether it is time to save it; once for each time."""
        if self._start is not None and now < self._due:
            return False
        self._due = now + SAVE_MS
        return True
