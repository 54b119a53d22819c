"""What a file is cut into: chunks, and above them a tree of their checks, so that each is checked alone.

    top checks                       in the manifest, which is signed or sealed
    symbols 0 ...                    checks of what follows, 58 to a symbol, if they are more than TOP_MAX
    symbols ... N - 1                the payload's chunks, the last one shorter

A symbol can be checked as soon as the one that holds its check was. A check covers the symbol's number, and
is salted with the digest of the whole, so it says nothing of any other file or place.
"""

import hashlib
from itertools import pairwise

from handheld.wire.files import CHECK, DIGEST, FILE_MAX, SYMBOL_MAX, TOP_MAX

CHUNK = SYMBOL_MAX
PAYLOAD_MAX = FILE_MAX


class Shape:
    """The cut of a payload of `size` bytes: `symbols` in all, of which the last `chunks` are the payload."""

    def __init__(self, size: int) -> None:
        if not 0 < size <= PAYLOAD_MAX:
            raise ValueError(size)
        self.size = size
        sizes = [size]
        while (count := -(-sizes[0] // CHUNK)) > TOP_MAX:
            sizes.insert(0, count * CHECK)
        counts = [-(-one // CHUNK) for one in sizes]
        self._sizes = sizes
        self._starts = [sum(counts[:level]) for level in range(len(counts) + 1)]
        self.top = counts[0]
        self.chunks = counts[-1]
        self.symbols = self._starts[-1]
        self.width = min(size, CHUNK) if self.symbols == 1 else CHUNK

    @property
    def payload(self) -> range:
        """The numbers of the payload's chunks."""
        return range(self.symbols - self.chunks, self.symbols)

    def length(self, number: int) -> int:
        """Bytes of a symbol below `symbols`."""
        level = self._level(number)
        return min(CHUNK, self._sizes[level] - (number - self._starts[level]) * CHUNK)

    def parent(self, number: int) -> tuple[int, int]:
        """Which symbol holds the check of this one, -1 for the manifest; and at which byte."""
        level = self._level(number)
        at = (number - self._starts[level]) * CHECK
        if level == 0:
            return -1, at
        # CHUNK is a multiple of CHECK, so no check is cut in two.
        return self._starts[level - 1] + at // CHUNK, at % CHUNK

    def children(self, number: int) -> range:
        """The symbols whose checks this one holds."""
        level = self._level(number)
        if level + 2 >= len(self._starts):
            return range(0)
        first = self._starts[level + 1] + (number - self._starts[level]) * (CHUNK // CHECK)
        return range(first, min(first + CHUNK // CHECK, self._starts[level + 2]))

    def _level(self, number: int) -> int:
        return next(
            level for level, (start, end) in enumerate(pairwise(self._starts)) if start <= number < end
        )


def digest_of(payload: bytes) -> bytes:
    """16 bytes that stand for the whole payload."""
    return hashlib.blake2b(payload, digest_size=DIGEST, person=b"pm file").digest()


def check_of(digest: bytes, number: int, data: bytes) -> bytes:
    """The check of one symbol of the payload with this digest."""
    seen = number.to_bytes(2, "big") + data
    return hashlib.blake2b(seen, digest_size=CHECK, salt=digest, person=b"pm file symbol").digest()


def cut(payload: bytes, digest: bytes) -> tuple[list[bytes], bytes]:
    """All symbols of a payload in order, and its top checks."""
    shape = Shape(len(payload))
    symbols: list[bytes] = [b""] * shape.symbols
    level = payload
    numbers = shape.payload
    while True:
        pieces = [level[at : at + CHUNK] for at in range(0, len(level), CHUNK)]
        symbols[numbers.start : numbers.stop] = pieces
        level = b"".join(
            check_of(digest, number, piece) for number, piece in zip(numbers, pieces, strict=True)
        )
        if numbers.start == 0:
            return symbols, level
        numbers = range(numbers.start - -(-len(level) // CHUNK), numbers.start)
