"""What has lived long enough goes: every ten minutes of powered time the store is told the odometer."""

from handheld.node.effects import Effect, Expire
from handheld.node.odometer import Odometer

PERIOD_MS = 10 * 60 * 1000
"""Between two looks: a post is gone from the disk that long after its time at the most."""

FIRST_MS = 60 * 1000
"""After a start: whoever opens the screen then does not wait for it."""


class Expiry:
    """Verbs: `next_deadline`, `tick`."""

    def __init__(self, odometer: Odometer) -> None:
        self._odometer = odometer
        self._due: int | None = None

    def next_deadline(self) -> int:
        """A minute after the start, then every ten minutes."""
        return 0 if self._due is None else self._due

    def tick(self, now: int) -> list[Effect]:
        """Take away what is due, if it is time to look."""
        if self._due is None:
            self._due = now + FIRST_MS
        if now < self._due:
            return []
        self._due = now + PERIOD_MS
        return [Expire(self._odometer.read(now))]
