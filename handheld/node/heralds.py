"""When to say `here`, so that others learn the way to us, and the air stays free.

A flood costs the whole village, so it is rare: often enough that ways do not run out, and ever rarer the
more people there are. Right after the start the radios learn who hears whom, by frames that nobody hands
on; only then one flood is worth its cost, since a way needs links that are known to work both ways.
"""

from collections import OrderedDict

from handheld.clock import Entropy
from handheld.node.traffic import airtime_us
from handheld.wire.constants import PUBLIC_START_TTL

NEAR_TTL = 1
"""Of a `here` that nobody hands on: it tells neighbours of links, and nobody of a way."""

START = ((4, 20, PUBLIC_START_TTL),)
"""The first ones: between which eighths of the start window each falls, at random, and its ttl."""

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
"""Who lacks a way, or is written to without one, says it again after this part of the interval: a half."""

EAGER_MAX = 6
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
    """Decides when a `here` goes out and how far; `next_deadline` and `due` are its verbs.

    With `invisible` there is never one.
    """

    def __init__(self, entropy: Entropy, *, invisible: bool) -> None:
        self._entropy = entropy
        self._invisible = invisible
        self._airtime_us = 0
        self._heard: OrderedDict[bytes, int] = OrderedDict()
        self._known = 0
        self._start: int | None = None
        self._round = 0
        self._last = 0
        self._eager = 0
        self._at: int | None = None

    @property
    def crowd(self) -> int:
        """How many people there are around, ourselves counted; at the start as many as are known."""
        known = self._known if self._round < len(START) else 0
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
        """The time in which everybody's first flood falls."""
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
        if self._start is None:
            self._start = now
        if self._round < len(START):
            self._at = self._in_start(now)
        else:
            self._at = max(self._last + self.interval_ms, now + self._entropy.below(self.window_ms))

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
        if self._at is None or self._round < len(START):
            return
        early = max(EARLY_LEAST_MS, self._audible_ms * SHARE // EARLY) << self._eager
        soon = max(now, self._last + early) + self._entropy.below(early // EARLY_SPREAD)
        self._at = min(self._at, soon)

    def told(self, now: int) -> None:
        """Something public of ours went out to everybody: it taught the way as well as a `here`."""
        if self._at is not None and not self._invisible:
            self._last = now
            self._round = len(START)
            self._at = now + self.interval_ms - self._entropy.below(self.interval_ms // 8)

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is no radio."""
        return self._at

    def due(self, now: int) -> int | None:
        """The ttl of the `here` to send now, or None. Asking again gives the next one's time."""
        if self._at is None or now < self._at:
            return None
        self._last = now
        if self._round < len(START):
            ttl = START[self._round][2]
            self._round += 1
            if self._round < len(START):
                self._at = self._in_start(now)
                return ttl
        else:
            ttl = PUBLIC_START_TTL
            # What did not help the first time will hardly help the next.
            self._eager = min(EAGER_MAX, self._eager + 1)
        interval = self.interval_ms
        self._at = now + interval - self._entropy.below(interval // 8)
        return ttl

    def _in_start(self, now: int) -> int:
        first, last, _ = START[self._round]
        eighth = self.window_ms // 8
        at = (self._start or 0) + first * eighth + self._entropy.below((last - first) * eighth)
        return at if at > now else now + self._entropy.below(eighth)
