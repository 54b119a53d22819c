"""How much of the air we take for finding out who lacks what: a part of it, after a few frames at once.

On fast air that part would be hundreds of frames a minute, which a liar could have us say: there the number
of frames is what counts.
"""

SHARE, BURST = 50, 8
"""For public records: a fiftieth, after so many of the longest frames."""

MAIL_SHARE, MAIL_BURST = 500, 3
"""For mail in transit, which is in no hurry: where thirty hear each other all of them take a twentieth."""

FRAME_MS, AT_ONCE_MS = 2_000, 60_000
"""What any frame costs at the least, and how much of it may be spent at once: 30 frames, then 30 a minute."""


class Budget:
    """Frames of control, paid in airtime: one part in `share` of it, after `burst` longest frames."""

    def __init__(self, share: int = SHARE, burst: int = BURST) -> None:
        self._share = share
        self._burst = burst
        self._airtime_us = 0
        self._paid_ms = 0

    @property
    def free_at(self) -> int:
        """When the next frame may be said."""
        return self._paid_ms - max(AT_ONCE_MS, self._burst * self._share * self._airtime_us // 1_000)

    def radio_up(self, airtime_us: int, now: int) -> None:
        """The longest frame takes so long."""
        self._airtime_us = airtime_us
        self._paid_ms = max(self._paid_ms, now)

    def spend(self, size: int, now: int) -> None:
        """A frame with a body of `size` bytes goes out."""
        cost = self._share * self._airtime_us * (size + 40) // 290 // 1_000
        self._paid_ms = max(self._paid_ms, now) + max(FRAME_MS, cost)
