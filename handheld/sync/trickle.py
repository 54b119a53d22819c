"""When to say what we hold, by the Trickle algorithm (RFC 6206): often while something differs, else rarely.

Its redundancy is trusted for so long only: who repeats our own sums silences us for a few intervals.
"""

from handheld.clock import Entropy

INTERVAL_MIN_MS, INTERVAL_MAX_MS = 4_000, 1_024_000
MIN_AIRTIMES = 24
"""The shortest interval where the longest frame takes long, in airtimes of it."""

REDUNDANCY = 2
"""So many beacons like ours within an interval, and ours is not needed."""

SILENT_MAX, SILENT_MAX_LONG = 2, 8
"""Intervals in a row in which we let ourselves be silenced; of the longest ones more, for thirty neighbours
who speak in each third would say more than all the rest."""


class Trickle:
    """One timer; `start`, then `due` whenever `next_deadline` says. Without a radio it stands still."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._least = INTERVAL_MIN_MS
        self._interval = 0
        self._begin = 0
        self._speak: int | None = None
        self._heard = 0
        self._silent = 0

    @property
    def interval_ms(self) -> int:
        """The interval that runs; 0 before `start`."""
        return self._interval

    def start(self, airtime_us: int, now: int) -> None:
        """A radio is there whose longest frame takes `airtime_us`: speak soon."""
        self._least = max(INTERVAL_MIN_MS, MIN_AIRTIMES * airtime_us // 1_000)
        self._silent = 0
        self._begin_interval(self._least, now)
        # Who has just come asks first, and doubles afterwards.
        self._speak = now + self._entropy.below(self._least // 8)

    def stop(self) -> None:
        """The radio went."""
        self._interval = 0
        self._speak = None

    def consistent(self) -> None:
        """Somebody holds what we hold, or differs in what repair does not mend."""
        self._heard += 1

    def inconsistent(self, now: int) -> None:
        """Somebody differs, and lastingly so."""
        if self._interval > self._least:
            self._begin_interval(self._least, now)

    def hurry(self, at: int) -> None:
        """Speak at this time, if that is earlier than meant, unless somebody else does."""
        if self._interval and (self._speak is None or at < self._speak) and at < self._end:
            self._speak = at
            self._heard = 0

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked."""
        if not self._interval:
            return None
        return self._end if self._speak is None else self._speak

    def due(self, now: int) -> bool:
        """Whether to say a beacon now."""
        if not self._interval:
            return False
        speaks = self._speak is not None and now >= self._speak
        if speaks:
            self._speak = None
            most = SILENT_MAX_LONG if self._interval == INTERVAL_MAX_MS else SILENT_MAX
            silenced = self._heard >= REDUNDANCY and self._silent < most
            self._silent = self._silent + 1 if silenced else 0
            speaks = not silenced
        if now >= self._end:
            self._begin_interval(min(INTERVAL_MAX_MS, 2 * self._interval), now)
        return speaks

    @property
    def _end(self) -> int:
        return self._begin + self._interval

    def _begin_interval(self, length: int, now: int) -> None:
        self._interval, self._begin, self._heard = length, now, 0
        self._speak = now + length // 2 + self._entropy.below(length - length // 2)
