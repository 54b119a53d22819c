"""How long a symbol takes from one host to the next, as it is on this air: all waits are counted in that."""

CABLE_MS = 22
"""What the cable takes for a symbol at 115,200 baud, each way: radios may be faster than it."""

WEIGHT = 8
"""One of so many parts is what was seen last."""

JUMP = 20
"""A pause of more than so many frames says no more than that there was one."""


class Pace:
    """`frame_ms`: at first as the slowest cable has it; then the time from one symbol to the next."""

    def __init__(self) -> None:
        self._least_ms = 1
        self._parts = CABLE_MS * WEIGHT
        self._last = (b"", 0, 0)

    @property
    def frame_ms(self) -> int:
        """What a symbol takes; never less than the air needs for it."""
        return max(self._least_ms, -(-self._parts // WEIGHT))

    def radio(self, airtime_us: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._least_ms = max(1, -(-airtime_us // 1_000))
        self._parts = (max(airtime_us // 1_000, CABLE_MS) + 3) * WEIGHT

    def symbol(self, tag: bytes, left: int, now: int) -> None:
        """A symbol was heard or sent, `left` of its sender follow: one after the other tells how fast."""
        before, was, at = self._last
        if before == tag and was == left + 1 and now > at:
            # Kept in parts: rounded down each time, it would sink to nothing.
            self._parts += min(now - at, JUMP * self.frame_ms) - self._parts // WEIGHT
        self._last = (tag, left, now)
