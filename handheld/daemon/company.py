"""How long a child node has been alone: it was started for somebody, and ends when nobody needs it."""

FIRST_CLIENT_S = 20.0
"""A child node that nobody ever speaks to ends after this long."""

GRACE_S = 2.0
"""A child node ends this long after its last client left."""


class Company:
    """Counts as if a client had left a little after the start, so that the first one has time to come."""

    def __init__(self, now: int) -> None:
        self._last_at = now + int((FIRST_CLIENT_S - GRACE_S) * 1000)

    def left(self, now: int) -> None:
        """The last client has gone."""
        self._last_at = now

    def alone_s(self, now: int) -> float:
        """Seconds since then; negative while the first one has time to come."""
        return (now - self._last_at) / 1000
