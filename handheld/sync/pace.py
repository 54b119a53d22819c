"""How fast to hand out: so that chat goes first, and so that the others' radios take it."""

SHARE_PERCENT, SHARE_LEAST = 50, 4
"""Of the air's time while it is empty, and always."""

BURST, EVERY_AIRTIMES = 26, 80
"""A radio takes a burst from a transmitter that it does not know, then one frame in so many of the longest
airtimes: see firmware/buckets.py. On slow air it counts by the kind of frame, and the share is the less."""

FAST_US = 50_000
_HEAD = 40
_LONGEST = 290


class Pace:
    """Frames go out one at a time: `ready_at` says when the next may."""

    def __init__(self) -> None:
        self.ready_at = 0
        self._airtime_us = 0
        self._tokens = BURST
        self._filled_at = 0

    def radio_up(self, airtime_us: int, now: int) -> None:
        """The longest frame takes so long."""
        self._airtime_us = airtime_us
        self.ready_at = now

    def spent(self, size: int, now: int, load: int) -> None:
        """A frame of this size goes out; `load` percent of the air is taken."""
        share = max(SHARE_LEAST, SHARE_PERCENT - load)
        airtime_ms = self._airtime_us * (size + _HEAD) // (_LONGEST * 1_000)
        self.ready_at = now + max(1, airtime_ms * 100 // share)
        if self._airtime_us <= FAST_US and size:
            self._take_token(now)

    def offered(self, size: int, now: int, load: int) -> None:
        """An offer of this size goes out; on slow air what it names waits until it was heard.

        Others may have made theirs meanwhile: by then all but one know that they have to be silent.
        """
        if self._airtime_us > FAST_US:
            self.spent(size, now, load)

    def _take_token(self, now: int) -> None:
        every = EVERY_AIRTIMES * (self._airtime_us // 1_000 + 1)
        earned = (now - self._filled_at) // every
        self._tokens = min(BURST, self._tokens + earned)
        self._filled_at = now if self._tokens == BURST else self._filled_at + earned * every
        self._tokens -= 1
        if self._tokens <= 0:
            self.ready_at = max(self.ready_at, self._filled_at + every)
