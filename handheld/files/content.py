"""What travels of a file, and back: smaller where zlib helps, and never more on the way out than was said."""

import zlib
from collections.abc import Iterator

from handheld.errors import WireError

WORTH = 95
"""Percent of its size to which zlib must bring a content, to be worth it."""

_STEP = 65_536


def shrink(content: bytes) -> tuple[bytes, bool]:
    """The content as it travels, and whether zlib (RFC 1950) made it smaller."""
    small = zlib.compress(content, 9)
    if 100 * len(small) <= WORTH * len(content):
        return small, True
    return content, False


def grow(packed: bytes, size: int) -> bytes:
    """The content of `size` bytes that was shrunk; takes no memory for what turns out to be another one.

    WireError("zlib") if it is broken, or longer or shorter than was said.
    """
    # Once to see how much it is, holding nothing: a bomb is refused before it has taken what it claims.
    if any(left < 0 for left in _lefts(packed, size)):
        raise WireError("zlib", f"it unpacks to more than the {size} bytes it claims")
    return b"".join(_pieces(packed, size))


def _lefts(packed: bytes, size: int) -> Iterator[int]:
    left = size
    for piece in _pieces(packed, size):
        left -= len(piece)
        yield left
    if left > 0:
        raise WireError("zlib", f"it does not unpack to the {size} bytes it claims")


def _pieces(packed: bytes, size: int) -> Iterator[bytes]:
    """What comes out, step by step: of more than `size` bytes one too many."""
    machine = zlib.decompressobj()
    data, left = packed, size + 1
    try:
        while data and left and not machine.eof:
            piece = machine.decompress(data, min(_STEP, left))
            left -= len(piece)
            yield piece
            data = machine.unconsumed_tail
    except zlib.error as error:
        raise WireError("zlib", str(error)) from None
    if left and (not machine.eof or machine.unused_data):
        raise WireError("zlib", f"it does not unpack to the {size} bytes it claims")
