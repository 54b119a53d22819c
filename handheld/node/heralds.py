"""When to say `here`, so that others learn the way to us, and the air stays free.

A flood costs the whole village, so it is rare: often enough that ways do not run out, and ever rarer the
more people there are. A way needs links that are known to work both ways; after their start the radios tell
each other in their own time whom they hear, so the first flood waits for that.
"""

from collections import OrderedDict

from handheld.clock import Entropy
from handheld.node.traffic import airtime_us

START_AFTER_AIRTIMES = 150
"""The first one waits for so many airtimes of the longest frame: the radios have said who hears whom."""

START_ROUNDS = 2
"""After a start so many are said, a window apart: many of the first get lost, or come by links half known."""

START_LEAST_MS = 4_000
START_SPREAD = 4
"""At the start all of them together take at most one part in this many of the air."""

SHARE = 50
"""Later they take at most one part in this many of the air, while few ask for more."""

PERIOD_MS = 2 * 60 * 60 * 1000
PERIOD_FAST_MS = 5 * 60 * 1000
"""The shortest regular interval, on slow and on fast air."""

FAST_US = 50_000
"""Air on which the longest frame takes no longer than this is fast."""

EARLY = 2
"""Who lacks a way, or is written to without one, says it again after this part of the interval: a half."""

EARLY_SPREAD = 12
"""And at a random moment within one part in this many of it: what asked for it is not to be guessed."""

HERE_SIZE = 40
"""Bytes of a `here` on the air: header, path, author, counter and some names."""

AUDIBLE_TENTHS = 25
"""Transmissions of one flood that one radio hears, in tenths."""

CROWD_MAX = 200
CROWD_MS = 3 * 60 * 60 * 1000
"""People count as around for this long; made-up ones beyond the most are not believed."""


class Heralds:
    """Decides when a `here` goes out; `next_deadline` and `due` are its verbs.

    With `invisible` there is never one.
    """

    def __init__(self, entropy: Entropy, *, invisible: bool) -> None:
        self._entropy = entropy
        self._invisible = invisible
        self._airtime_us = 0
        self._heard: OrderedDict[bytes, int] = OrderedDict()
        self._known = 0
        self._last = 0
        self._said = 0
        self._at: int | None = None

    @property
    def crowd(self) -> int:
        """How many people there are around, ourselves counted; at the start as many as are known."""
        known = self._known if self._starting else 0
        return min(CROWD_MAX, max(len(self._heard), known)) + 1

    @property
    def interval_ms(self) -> int:
        """From one regular flood to the next."""
        least = PERIOD_FAST_MS if self._airtime_us <= FAST_US else PERIOD_MS
        return max(least, self._audible_ms * SHARE)

    @property
    def window_ms(self) -> int:
        """The time in which everybody's first flood falls."""
        return max(START_LEAST_MS, self._audible_ms * START_SPREAD)

    @property
    def _starting(self) -> bool:
        return self._said < START_ROUNDS

    @property
    def _audible_ms(self) -> int:
        """What one radio hears when everybody floods once."""
        return self.crowd * AUDIBLE_TENTHS * airtime_us(self._airtime_us, HERE_SIZE) // 10_000

    def radio_up(self, longest_us: int, known: int, now: int) -> None:
        """A radio is there whose longest frame takes `longest_us`; so many people are `known`."""
        self._airtime_us = longest_us
        self._known = known
        if self._invisible:
            return
        moment = self._entropy.below(self.window_ms)
        if self._starting:
            self._at = now + START_AFTER_AIRTIMES * longest_us // 1000 + moment
        else:
            self._at = max(self._last + self.interval_ms, now + moment)

    def radio_down(self) -> None:
        """Nothing can be said."""
        self._at = None

    def heard(self, author: bytes, now: int) -> None:
        """Somebody's `here` came; `author` are the first 8 bytes of his key."""
        self._heard.pop(author, None)
        self._heard[author] = now
        while len(self._heard) > CROWD_MAX or now - next(iter(self._heard.values())) > CROWD_MS:
            self._heard.popitem(last=False)

    def wanted(self, now: int) -> None:
        """A private message of ours, or to us, had to flood because no way was known."""
        if self._at is None or self._starting:
            return
        interval = self.interval_ms
        soon = max(now, self._last + interval // EARLY) + self._entropy.below(interval // EARLY_SPREAD)
        self._at = min(self._at, soon)

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is no radio."""
        return self._at

    def due(self, now: int) -> bool:
        """Whether to say it now. Asking again gives the next one's time."""
        if self._at is None or now < self._at:
            return False
        self._last = now
        self._said += 1
        wait = self.window_ms if self._starting else self.interval_ms
        self._at = now + wait - self._entropy.below(wait // 8)
        return True
