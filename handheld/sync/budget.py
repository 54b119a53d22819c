"""How much of the air we take for finding out who lacks what: a fiftieth, after a few frames at once.

On fast air a fiftieth would be hundreds of frames a minute, which a liar could have us say: there the number
of frames is what counts.
"""

SHARE = 50
BURST = 8

FRAME_MS, AT_ONCE_MS = 2_000, 60_000
"""What any frame costs at the least, and how much of that may be spent at once: 30 frames, then 30 a minute."""


class Budget:
    """Frames of control, paid in airtime."""

    def __init__(self) -> None:
        self._airtime_us = 0
        self._paid_ms = 0

    @property
    def free_at(self) -> int:
        """When the next frame may be said."""
        return self._paid_ms - max(AT_ONCE_MS, BURST * SHARE * self._airtime_us // 1_000)

    def radio_up(self, airtime_us: int, now: int) -> None:
        """The longest frame takes so long."""
        self._airtime_us = airtime_us
        self._paid_ms = max(self._paid_ms, now)

    def spend(self, size: int, now: int) -> None:
        """A frame with a body of `size` bytes goes out."""
        cost = SHARE * self._airtime_us * (size + 40) // 290 // 1_000
        self._paid_ms = max(self._paid_ms, now) + max(FRAME_MS, cost)
