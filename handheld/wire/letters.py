"""What devices write to each other in private, under the eyes of nobody: bodies of quiet letters."""

from collections.abc import Iterable

from construct import Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.layout import Frame, Layout, frame

RANGE = 5
"""Bytes of one range: its first number, and how many more follow."""

RANGES_MAX = 20

Ranges = list[tuple[int, int]]
"""First and last numbers."""


@frame(Layout("again", Struct(), tail="ranges", tail_min=RANGE, tail_max=RANGE * RANGES_MAX))
@dataclass(frozen=True)
class Again(Frame):
    """The sender lacks private messages of the reader under these numbers, and asks for them again.

    Each range is its first number, 4 bytes, and in one byte how many numbers more it has.
    """

    ranges: bytes

    def check(self) -> None:
        """Whole ranges; numbers begin with 1 and end with 32 bits."""
        if len(self.ranges) % RANGE:
            raise WireError("size", f"{len(self.ranges)} bytes of ranges")
        if any(not 0 < first <= last <= 0xFFFF_FFFF for first, last in self.pairs()):
            raise WireError("reserved", "a range of numbers that there are not")

    def pairs(self) -> Ranges:
        """The ranges, in order."""
        cut = (self.ranges[at : at + RANGE] for at in range(0, len(self.ranges), RANGE))
        starts = ((int.from_bytes(one[:4], "big"), one[4]) for one in cut)
        return [(first, first + more) for first, more in starts]


@frame(Layout("read", Struct("upto" / Int32ub)))
@dataclass(frozen=True)
class ReadReceipt(Frame):
    """The sender has seen what the reader wrote to him up to this number, as far as it came."""

    upto: int

    def check(self) -> None:
        """Numbers begin with 1."""
        if self.upto == 0:
            raise WireError("reserved", "letter number 0")


def again(ranges: Iterable[tuple[int, int]]) -> Again:
    """Ask for these; of longer ranges for the first 256, and for as many ranges as one letter holds."""
    packed = [first.to_bytes(4, "big") + bytes([min(last - first, 255)]) for first, last in ranges]
    return Again(b"".join(packed[:RANGES_MAX]))
