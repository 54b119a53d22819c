"""When to flood the own profile, so that neighbours know each other and the air stays free.

At start; when an unknown author is heard or somebody asks (the SOLICIT flag), put off while others are
answering; and every ten minutes. All of it together takes at most 1 % of the air: the interval stretches
with the radio's speed and the number of neighbours (seconds on ESP-NOW, hours on LoRa).
"""

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

ROUNDS = 64


class Presence:
    """Decides when to announce; `next_deadline` and `due` are its verbs, the node makes the frame."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._airtime_us = 0
        self._neighbours = 0
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
        return max(PERIOD_MS, self.share_interval_ms)

    @property
    def _window_ms(self) -> int:
        return max(ANSWER_MS, 2 * (self._neighbours + 1) * self._airtime_us // 1_000)

    def radio_up(self, airtime_us: int, now: int) -> None:
        """A radio is there whose longest frame takes `airtime_us`: say who we are and ask who is there."""
        self._airtime_us = airtime_us
        self._filled_at = now
        self._solicit = True
        self._answering = False
        self._at = now + self._entropy.below(START_JITTER_MS)

    def radio_down(self) -> None:
        """Nothing can be announced."""
        self._at = None

    def crowd(self, neighbours: int) -> None:
        """How many neighbours there are now."""
        self._neighbours = neighbours

    def stranger(self, now: int, *, unnamed: bool) -> None:
        """Somebody who may not know us was heard; `unnamed`: we lack his profile and ask for it."""
        self._solicit = self._solicit or unnamed
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

    def due(self, now: int) -> int | None:
        """The flags of the profile to flood now, or None. Asking again gives the next one's time."""
        if self._at is None or now < self._at:
            return None
        self._refill(now)
        if not self._tokens:
            self._at = self._filled_at + max(1, self.share_interval_ms)
            return None
        self._tokens -= 1
        flags = self._round << PROFILE_ROUND_SHIFT | (ProfileFlag.SOLICIT if self._solicit else 0)
        self._round = (self._round + 1) % ROUNDS
        self._solicit = self._answering = False
        # A tenth of jitter keeps neighbours from falling into step.
        self._at = now + self.interval_ms - self._entropy.below(self.interval_ms // 10)
        return flags

    def _refill(self, now: int) -> None:
        earned = (now - self._filled_at) // max(1, self.share_interval_ms)
        self._tokens = min(BURST, self._tokens + earned)
        self._filled_at = now if self._tokens == BURST else self._filled_at + earned * self.share_interval_ms
