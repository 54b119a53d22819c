"""What travels of a file, and back: smaller where zlib helps, and never more on the way out than was said."""

import zlib

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
    """The content of `size` bytes that was shrunk; never holds more than that.

    WireError("zlib") if it is broken, or longer or shorter than was said.
    """
    machine = zlib.decompressobj()
    pieces: list[bytes] = []
    left = size
    data = packed
    try:
        while data and not machine.eof:
            # One byte more than may come: that is enough to know.
            piece = machine.decompress(data, min(_STEP, left + 1))
            left -= len(piece)
            if left < 0:
                raise WireError("zlib", f"it unpacks to more than the {size} bytes it claims")
            pieces.append(piece)
            data = machine.unconsumed_tail
    except zlib.error as error:
        raise WireError("zlib", str(error)) from None
    if left or not machine.eof or machine.unused_data:
        raise WireError("zlib", f"it does not unpack to the {size} bytes it claims")
    return b"".join(pieces)
