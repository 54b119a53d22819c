"""When to announce the own profile, so that neighbours know each other and the air stays free.

At start; when an unknown author is heard or somebody asks (the SOLICIT flag), put off while others are
answering; and every ten minutes. All floods together take at most 1 % of the air: the interval stretches
with the radio's speed and the number of neighbours.

On slow air, where a flood takes half a minute of everybody's time, only what is new to somebody floods: a
profile that was never flooded in company, an answer to a stranger. The rest goes one hop, every two hours.
"""

from typing import NamedTuple

from handheld.clock import Entropy
from handheld.wire.constants import PROFILE_ROUND_SHIFT, ProfileFlag

START_JITTER_MS = 1_000
PERIOD_MS = 10 * 60 * 1_000
ANSWER_MS = 500
"""The shortest window in which those who answer a newcomer spread themselves."""

AIR_SHARE = 100
"""Presence takes at most one part in this many of the air."""

BURST = 4
"""Announcements that may follow each other at once after a quiet time."""

ANSWERS_ENOUGH = 2
"""After this many answers of others ours is put off once: the newcomer's air is full."""

SLOW_US = 50_000
"""Air on which the longest frame takes longer than this is slow."""

SLOW_START_AIRTIMES = 30
"""The start jitter on slow air, in airtimes of the longest frame: neighbours may be switched on together."""

SLOW_WINDOW_AIRTIMES = 60
SLOW_ANSWER_AIRTIMES = 10
"""The window for answers on slow air: at least the one, and for each who may answer the other."""

SLOW_PERIOD_MS = 2 * 60 * 60 * 1_000

ROUNDS = 64


class Announcement(NamedTuple):
    """The flags of the profile, and whether it floods or goes one hop."""

    flags: int
    floods: bool


class Presence:
    """Decides when to announce; `next_deadline` and `due` are its verbs, the node makes the frame.

    `told`: the profile as it is now was flooded in company before, so who was around knows it.
    """

    def __init__(self, entropy: Entropy, *, told: bool = False) -> None:
        self._entropy = entropy
        self._told = told
        self._asked = False
        self._regular_at = 0
        self._airtime_us = 0
        self._neighbours = self._around = 0
        self._at: int | None = None
        self._solicit = False
        self._answering = False
        self._others = 0
        self._round = entropy.below(ROUNDS)
        self._tokens = BURST
        self._filled_at = 0

    @property
    def share_interval_ms(self) -> int:
        """How far apart our announcements must be, so that everybody's take 1 % of the air.

        A flood is carried by about 1 + n/4 of n neighbours (8.5 measured at 30 nodes, 26 at 100).
        """
        crowd = self._neighbours + 1
        return self._airtime_us * crowd * (4 + self._neighbours) * AIR_SHARE // 4_000

    @property
    def interval_ms(self) -> int:
        """The time from one regular announcement to the next."""
        if self.sparing:
            return max(SLOW_PERIOD_MS, self._airtime_us * (self._neighbours + 1) * AIR_SHARE // 1_000)
        return max(PERIOD_MS, self.share_interval_ms)

    @property
    def sparing(self) -> bool:
        """Whether the air is slow and our profile is known around: it need not flood without a reason."""
        return self._slow and self._told

    @property
    def _slow(self) -> bool:
        return self._airtime_us > SLOW_US

    @property
    def _window_ms(self) -> int:
        airtimes = 2 * (self._neighbours + 1)
        if self._slow:
            airtimes = max(SLOW_WINDOW_AIRTIMES, SLOW_ANSWER_AIRTIMES * self._around)
        return max(ANSWER_MS, airtimes * self._airtime_us // 1_000)

    def radio_up(self, airtime_us: int, now: int) -> None:
        """A radio is there whose longest frame takes `airtime_us`: say who we are and ask who is there."""
        self._airtime_us = airtime_us
        self._filled_at = now
        self._solicit = not self.sparing
        self._answering = self._asked = False
        jitter = SLOW_START_AIRTIMES * airtime_us // 1_000 if self._slow else START_JITTER_MS
        # A cable that comes and goes does not repeat what one hop was told a while ago.
        due = self._regular_at if self.sparing else now
        self._at = self._regular_at = max(due, now) + self._entropy.below(jitter)

    def radio_down(self) -> None:
        """Nothing can be announced."""
        self._at = None

    def crowd(self, neighbours: int, around: int) -> None:
        """How many neighbours there are now, and how many people altogether are within reach of a flood."""
        self._neighbours = neighbours
        self._around = around

    def flooded(self) -> bool:
        """Our profile went on the air as a flood; True when it was new, and is known around from now on.

        With nobody near that says nothing of who knows it.
        """
        new = self._neighbours > 0 and not self._told
        self._told = self._told or new
        return new

    def stranger(self, now: int, *, unnamed: bool) -> None:
        """Somebody who may not know us was heard; `unnamed`: we lack his profile and ask for it."""
        self._solicit = self._solicit or unnamed
        self._asked = True
        at = now + self._entropy.below(self._window_ms)
        if self._at is not None and at < self._at:
            self._at, self._answering, self._others = at, True, 0

    def answered(self, now: int) -> None:
        """Somebody else's profile went by while ours may be waiting to answer."""
        if not self._answering:
            return
        self._others += 1
        if self._others == ANSWERS_ENOUGH:
            self._answering = False
            self._at = now + 2 * self._window_ms + self._entropy.below(4 * self._window_ms)

    def next_deadline(self) -> int | None:
        """When `due` wants to be asked; None while there is no radio."""
        return self._at

    def due(self, now: int) -> Announcement | None:
        """What to announce now, or None. Asking again gives the next one's time."""
        if self._at is None or now < self._at:
            return None
        floods = self._asked or not self.sparing
        self._refill(now)
        if floods and not self._tokens:
            self._put_off(now)
            return None
        self._tokens -= int(floods)
        flags = self._round << PROFILE_ROUND_SHIFT | (ProfileFlag.SOLICIT if self._solicit else 0)
        self._round = (self._round + 1) % ROUNDS
        self._solicit = self._answering = self._asked = False
        # A tenth of jitter keeps neighbours from falling into step.
        self._at = self._regular_at = now + self.interval_ms - self._entropy.below(self.interval_ms // 10)
        return Announcement(flags, floods)

    def _put_off(self, now: int) -> None:
        self._at = self._filled_at + max(1, self.share_interval_ms)
        if self.sparing and self._at > self._regular_at:
            # The flood is given up: it would come hours later, and one hop at its time is better than that.
            self._asked = self._solicit = self._answering = False
            self._at = max(now + 1, self._regular_at)

    def _refill(self, now: int) -> None:
        earned = (now - self._filled_at) // max(1, self.share_interval_ms)
        self._tokens = min(BURST, self._tokens + earned)
        self._filled_at = now if self._tokens == BURST else self._filled_at + earned * self.share_interval_ms
