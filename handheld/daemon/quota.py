"""How much a stranger may write into our log: a radio that never stops talking must not fill the card."""

LINES = 60
PER_MS = 60_000


class Quota:
    """At most 60 lines a minute; what is over is counted, and told with the next line that passes."""

    def __init__(self) -> None:
        self._left = LINES
        self._since = 0
        self._over = 0

    def take(self, now: int) -> int | None:
        """Whether one more line may be written: None if not, else how many were left out before it."""
        if now - self._since >= PER_MS:
            self._since, self._left = now, LINES
        if not self._left:
            self._over += 1
            return None
        self._left -= 1
        over, self._over = self._over, 0
        return over
