"""When to say `here`, so that others learn the way to us, and the air stays free.

A flood costs the whole village, so it is rare: often enough that ways do not run out, and ever rarer the
more people there are. A way needs links that are known to work both ways; after their start the radios tell
each other in their own time whom they hear, so the first flood waits for that.
"""

from collections import OrderedDict

from handheld.clock import Entropy
from handheld.node.traffic import airtime_us

START = (2, 8)
"""The first falls at random between these eighths of the start window: radios first say who hears whom."""

START_LEAST_MS = 4_000
START_SPREAD = 4
"""At the start all of them together take at most one part in this many of the air."""

SHARE = 50
"""Later they take at most one part in this many of the air, while few ask for more."""

PERIOD_MS = 4 * 60 * 60 * 1000
PERIOD_FAST_MS = 5 * 60 * 1000
"""The shortest regular interval, on slow and on fast air."""

FAST_US = 50_000
"""Air on which the longest frame takes no longer than this is fast."""

EARLY_LEAST_MS = 5 * 60 * 1000
EARLY = 4
"""Who is written to without a way says it early: after this part of what the share of the air asks for."""

EAGER_MAX = 6
"""What did not help will hardly help the next time: each time it waits twice as long, up to so many times."""

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
        self._said = False
        self._eager = 0
        self._at: int | None = None

    @property
    def crowd(self) -> int:
        """How many people there are around, ourselves counted; at the start as many as are known."""
        known = 0 if self._said else self._known
        return min(CROWD_MAX, max(len(self._heard), known)) + 1

    @property
    def slow(self) -> bool:
        """Whether a long frame takes more than a moment on this air."""
        return self._airtime_us > FAST_US

    @property
    def interval_ms(self) -> int:
        """From one regular flood to the next."""
        least = PERIOD_MS if self.slow else PERIOD_FAST_MS
        return max(least, self._audible_ms * SHARE)

    @property
    def window_ms(self) -> int:
        """The measure of the start, by how much air it takes when everybody floods once."""
        return max(START_LEAST_MS, self._audible_ms * START_SPREAD)

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
        if self._said:
            self._at = max(self._last + self.interval_ms, now + self._entropy.below(self.window_ms))
        else:
            first, last = START
            eighth = self.window_ms // 8
            self._at = now + first * eighth + self._entropy.below((last - first) * eighth)

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
        """A private message to us had to flood, as its writer knew no way."""
        if self._at is None or not self._said:
            return
        early = max(EARLY_LEAST_MS, self._audible_ms * SHARE // EARLY) << self._eager
        soon = max(now, self._last + early) + self._entropy.below(early // EARLY_SPREAD)
        self._at = min(self._at, soon)

    def told(self, now: int) -> None:
        """Something public of ours went out to everybody: it taught the way as well as a `here`."""
        self._said = True
        self._last = now
        if self._at is not None:
            self._at = now + self.interval_ms - self._entropy.below(self.interval_ms // 8)

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is no radio."""
        return self._at

    def due(self, now: int) -> bool:
        """Whether to say it now. Asking again gives the next one's time."""
        if self._at is None or now < self._at:
            return False
        # The first answers nobody's wish, so it does not count against the next.
        self._eager = min(EAGER_MAX, self._eager + self._said)
        self.told(now)
        return True
