"""The Lamport clock: what was written later here is shown later everywhere, without anybody's calendar."""

LEAP = 1 << 16
"""A peer moves our clock by this much at the most, or one lie would use all of it up."""

LAST = (1 << 32) - 1
"""Where the clock stops: more does not fit the wire, and order by arrival remains."""


class Lamport:
    """One clock for all that this device writes and reads; 32 bits on the wire."""

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def tick(self) -> int:
        """The time of something written now."""
        self.value = min(self.value + 1, LAST)
        return self.value

    def see(self, value: int) -> None:
        """Something of this time was read."""
        self.value = max(self.value, min(value, self.value + LEAP, LAST))
