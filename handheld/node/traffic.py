"""How full the air is, by what our radio hears: retries wait longer when it is."""

WINDOW_MS = 10_000


class Traffic:
    """Frames heard in the last ten seconds or so, weighed by the radio's airtime."""

    def __init__(self) -> None:
        self._airtime_us = 0
        self._level_us = 0
        self._at = 0

    def radio(self, airtime_us: int) -> None:
        """The airtime of the longest frame on this radio, in microseconds."""
        self._airtime_us = airtime_us

    def heard(self, now: int) -> None:
        """One frame was heard. Only first copies come up the cable: the air carried about two more."""
        self._decay(now)
        self._level_us += 3 * self._airtime_us

    def now(self, now: int) -> tuple[int, int]:
        """The airtime of a long frame in microseconds, and the share of the air that is taken, in percent."""
        self._decay(now)
        return self._airtime_us, min(100, self._level_us // (WINDOW_MS * 10))

    def _decay(self, now: int) -> None:
        passed = min(WINDOW_MS, max(0, now - self._at))
        self._level_us -= self._level_us * passed // WINDOW_MS
        self._at = now
