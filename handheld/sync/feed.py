"""One author's posts by their numbers: which are held, missing, or gone."""

from hashlib import blake2b

from handheld.sync.spans import Spans
from handheld.wire.sync import HOLES_MAX, ID, Entry

HASH = 8
"""Bytes of a feed's hash, and of its state."""

SPANS_MAX = 128
"""Ranges that are missing or gone which are remembered of a feed, the newest ones. An entry tells 15."""


def feed_hash(key: bytes) -> int:
    """A feed's place among all, by its author's key."""
    return int.from_bytes(blake2b(key, digest_size=HASH, person=b"pm feed").digest(), "big")


class Feed:
    """One author's. `born`: his held posts, each with the second of our odometer when it was 0 s old."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.hash = feed_hash(key)
        self.born: dict[int, int] = {}
        self.highest = 0
        self.floor = 0
        self.dropped = 0
        """Below here the floor is our own: nobody's word moves it down."""
        self.enough = 0
        """The same, until the owner wants older ones."""
        self.missing = Spans()
        self.gone = Spans()
        self.epoch: int | None = None
        self.state = 0
        """What it adds to the sums; 0 while it is left out."""

    @property
    def id(self) -> bytes:
        """By which vectors name it."""
        return self.hash.to_bytes(HASH, "big")[:ID]

    def entry(self, floor: int) -> Entry:
        """How far we are with it, of the numbers above `floor`."""
        if len(self.missing) + len(self.gone) > HOLES_MAX:
            return self._clamped(floor)
        missing = self.missing.newest(HOLES_MAX)
        gone = tuple(
            (max(first, floor + 1), last) for first, last in self.gone.newest(HOLES_MAX) if last > floor
        )
        return Entry(self.id, self.highest, self.epoch, floor, missing, gone)

    def _clamped(self, floor: int) -> Entry:
        """More holes than an entry tells: all below the newest count as missing, and may come twice."""
        missing = self.missing.newest(HOLES_MAX)
        lowest = min([first for first, _ in self.missing.newest(len(self.missing))], default=floor + 1)
        missing = (*missing[:-1], (lowest, missing[-1][1])) if missing else ()
        return Entry(self.id, self.highest, self.epoch, floor, missing)

    def bound(self) -> None:
        """Want nothing below any more where there are too many ranges: an author makes one with each post."""
        over = len(self.missing) + len(self.gone) - SPANS_MAX
        if over > 0:
            self.floor = self.dropped = max(self.floor, self._end_of(over))
            self.missing.cut(self.floor)
            self.gone.cut(self.floor)

    def _end_of(self, count: int) -> int:
        """Where so many of the lowest ranges end."""
        ranges = self.missing.newest(len(self.missing)) + self.gone.newest(len(self.gone))
        return sorted(last for _, last in ranges)[count - 1]
