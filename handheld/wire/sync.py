"""What devices say to each other to find out who lacks what: beacon, vector, offer, the name of a board.

Nothing in these frames is signed, and none is believed: they only lead to records being sent again, and each
record bears its author's signature. Numbers of variable length are base 128, the low seven bits first, the
high bit of each byte but the last set (LEB128); at most five bytes. The radio never reads these.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from construct import Bytes, Int8ub, Int16ub, Int32ub, Struct

from handheld.errors import LocalError, WireError
from handheld.values import dataclass
from handheld.wire.air import BODY_MAX, NO_MAC, AirPlain, hop_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirMode
from handheld.wire.layout import Frame, Layout, frame

BUCKETS = (16, 32, 64)
"""How many buckets a beacon has: the index is the size in a vector's flags."""

FEEDS_MAX = (64, 256, 600)
"""Feeds that so many buckets serve; more than the last are not told of."""

BUCKET = 2
DIGEST = 8
BOARD_NAME_MAX = 24

ID = 3
"""Bytes by which a vector names a feed."""

ITEM_ID = 4
ITEM = ITEM_ID + 1
ITEMS_MAX = 45
"""Things named in one offer: the first bytes of a frame's id, and an age."""

SHORT_ID = 3
"""Bytes by which an offer names a public record, less one bit; a mistaken one comes next time."""

_SAME_AGE = 0x80

HOLES_MAX = 15
"""Ranges of numbers that are not held which one entry tells, the newest ones."""

_GONE = 1

NUMBER_MAX = 0xFFFF_FFFF
_SIZE, _LIST, _NONCE_SHIFT = 3, 4, 3
NONCES = 32
"""A vector's nonce is below this, an offer's below half as much."""

MAIL, ASK, NEXT, PART = 1, 2, 4, 8
"""Bits of an offer's flags: mail in transit instead of public records; things asked for instead of held; of
mail, it is handed out next; the sender holds newer mail than this, or others of the same age. Alone, the last
one says that these are public records by shorter ids."""

_OFFER_SHIFT = 4
VECTOR_MAX = BODY_MAX - 1


@frame(Layout("leap", Struct("seq" / Int32ub)))
@dataclass(frozen=True)
class Leap(Frame):
    """What a post of type LEAP holds: there are no posts between number `seq` and its own."""

    seq: int


@frame(Layout("board", Struct(), tail="name", tail_min=1, tail_max=BOARD_NAME_MAX))
@dataclass(frozen=True)
class BoardName(Frame):
    """A board is called so: who does not follow it can check its posts, and carry them."""

    name: bytes

    def check(self) -> None:
        """A name holds no NUL."""
        if b"\0" in self.name:
            raise WireError("text", "a NUL in the name")


@frame(
    Layout(
        "beacon",
        Struct(
            "turn" / Int8ub,
            "feeds" / Int16ub,
            "public" / Bytes(DIGEST),
            "mail" / Bytes(DIGEST),
        ),
        tail="buckets",
        tail_min=BUCKETS[0] * BUCKET,
        tail_max=BUCKETS[-1] * BUCKET,
    )
)
@dataclass(frozen=True)
class Beacon(Frame):
    """What its sender holds, as sums; `turn` is any number, which makes each beacon a frame of its own.

    `public`: the sum of all feeds' states, modulo 2^64; `buckets`: the same in parts, modulo 2^16 each.
    `mail`: the ids of all mail in transit, exclusive-ored.
    """

    turn: int
    feeds: int
    public: bytes
    mail: bytes
    buckets: bytes

    def check(self) -> None:
        """There are as many buckets as that many feeds have."""
        if len(self.buckets) != buckets_for(self.feeds) * BUCKET:
            raise WireError("size", f"{len(self.buckets)} bytes of buckets for {self.feeds} feeds")


@frame(
    Layout("vector", Struct("flags" / Int8ub), tail="content", tail_min=BUCKETS[0] // 8, tail_max=VECTOR_MAX)
)
@dataclass(frozen=True)
class Vector(Frame):
    """Feeds in some of the buckets, as a Listing or as Entries: see `unpack`."""

    flags: int
    content: bytes

    def check(self) -> None:
        """One of three sizes."""
        if self.flags & _SIZE >= len(BUCKETS):
            raise WireError("reserved", f"vector flags {self.flags:02x}")


@frame(Layout("offer", Struct("flags" / Int8ub), tail="items", tail_min=ITEM, tail_max=ITEM * ITEMS_MAX))
@dataclass(frozen=True)
class Offer(Frame):
    """Frames by the first bytes of their ids, each with an age byte (see wire.age): held, or asked for."""

    flags: int
    items: bytes

    def check(self) -> None:
        """Whole items; public records are served without being asked for by id."""
        if not self._is_short and len(self.items) % ITEM:
            raise WireError("size", f"{len(self.items)} bytes of items")
        if self.flags & (MAIL | ASK) == ASK:
            raise WireError("reserved", f"offer flags {self.flags:02x}")
        if self._is_short:
            self._short_pairs()

    @property
    def is_mail(self) -> bool:
        """Whether these are frames of mail in transit, and not public records."""
        return bool(self.flags & MAIL)

    @property
    def asks(self) -> bool:
        """Whether the sender lacks these, and does not hold them."""
        return bool(self.flags & ASK)

    @property
    def comes(self) -> bool:
        """Whether the sender hands these out next."""
        return not self.is_mail or self.flags & (ASK | NEXT) == NEXT

    @property
    def whole(self) -> bool:
        """Whether the sender holds no other mail as new as the oldest of these."""
        return self.is_mail and not self.flags & (ASK | NEXT | PART)

    def pairs(self) -> list[tuple[bytes, int]]:
        """Each id's first four bytes, of a public record three, and its age byte, in order."""
        if self._is_short:
            return self._short_pairs()
        pairs = [(bytes(item[:ITEM_ID]), item[ITEM_ID]) for item in _cut(self.items, ITEM)]
        return pairs if self.is_mail else [(short(name), level) for name, level in pairs]

    @property
    def _is_short(self) -> bool:
        return self.flags & (MAIL | ASK | NEXT | PART) == PART

    def _short_pairs(self) -> list[tuple[bytes, int]]:
        reader, pairs, level = _Reader(self.items), list[tuple[bytes, int]](), -1
        while reader.left:
            name = reader.take(SHORT_ID)
            if not name[0] & _SAME_AGE:
                level = reader.take(1)[0]
            if level < 0:
                raise WireError("reserved", "as old as the one before the first")
            pairs.append((short(name), level))
        return pairs


Ranges = tuple[tuple[int, int], ...]
"""Numbers from the first to the last of each pair, the newest pair first."""


class Entry(NamedTuple):
    """How far somebody is with a feed: `id` is the first three bytes of its feed hash.

    Of the numbers from `floor` + 1 to `highest` he lacks `missing`, and no longer has, or wants, `gone`; all
    others he has. He wants none up to `floor`. `highest` 0: nothing. `epoch`: of the profile that he holds,
    None if he holds none.
    """

    id: bytes
    highest: int
    epoch: int | None
    floor: int = 0
    missing: Ranges = ()
    gone: Ranges = ()


class Entries(NamedTuple):
    """Feeds one by one. Of the `complete` buckets, those of `size`, the sender has no other feed."""

    size: int
    complete: frozenset[int]
    entries: tuple[Entry, ...]


class Listing(NamedTuple):
    """Of each bucket of `size`: a check byte of which feeds there are, and a print byte of each one's state.

    The prints are in the order of the feeds' hashes. `nonce` says which byte of the hash of a state they are.
    """

    size: int
    nonce: int
    lists: dict[int, tuple[int, bytes]]


def buckets_for(feeds: int) -> int:
    """How many buckets a beacon over so many feeds has."""
    return next((count for count, most in zip(BUCKETS, FEEDS_MAX, strict=True) if feeds <= most), BUCKETS[-1])


def offer(items: Iterable[tuple[bytes, int]], flags: int, turn: int) -> Offer:
    """An offer of (frame id, age byte) pairs; `turn` makes it a frame of its own. LocalError beyond 45."""
    pairs = list(items)
    if flags & MAIL or len(pairs) == 1:  # one alone would be shorter than an offer may be
        packed = b"".join(bytes(name[:ITEM_ID]).ljust(ITEM_ID, b"\0") + bytes([age]) for name, age in pairs)
    else:
        flags, packed, before = flags | PART, b"", -1
        for name, age in pairs:
            packed += _marked(name) if age == before else short(name) + bytes([age])
            before = age
    return Offer(turn % (NONCES // 2) << _OFFER_SHIFT | flags, packed)


def short(name: bytes) -> bytes:
    """The id of a public record as offers have it."""
    return bytes([name[0] & ~_SAME_AGE]) + bytes(name[1:SHORT_ID])


def _marked(name: bytes) -> bytes:
    return bytes([name[0] | _SAME_AGE]) + bytes(name[1:SHORT_ID])


def pack_entries(size: int, complete: Iterable[int], entries: Iterable[Entry], nonce: int) -> Vector:
    """A vector of feeds one by one."""
    content = _bitmap(size, complete) + b"".join(entry_bytes(entry) for entry in entries)
    return Vector(nonce % NONCES << _NONCE_SHIFT | BUCKETS.index(size), content)


def pack_lists(size: int, lists: Mapping[int, tuple[int, bytes]], nonce: int) -> Vector:
    """A vector of lists; LocalError when one has more than 255 feeds."""
    content = _bitmap(size, lists)
    for bucket in sorted(lists):
        check, prints = lists[bucket]
        if len(prints) > 255:
            raise LocalError(f"{len(prints)} feeds in one bucket")
        content += bytes([len(prints), check]) + prints
    return Vector(nonce % NONCES << _NONCE_SHIFT | _LIST | BUCKETS.index(size), content)


def entry_bytes(entry: Entry) -> bytes:
    """One feed as it stands in a vector."""
    holes = sorted(
        [(*hole, 0) for hole in entry.missing] + [(*hole, _GONE) for hole in entry.gone], reverse=True
    )
    more = bool(entry.floor or holes)
    epoch = 0 if entry.epoch is None else entry.epoch + 1
    data = entry.id + _number(entry.highest << 1 | more) + _number(epoch)
    if not more:
        return data
    data += _number(entry.floor) + bytes([len(holes)])
    below = entry.highest
    for first, last, gone in holes:
        data += _number(below - last) + _number((last - first) << 1 | gone)
        below = first
    return data


def unpack(vector: Vector) -> Entries | Listing:
    """What a vector says. WireError where it contradicts itself; nothing is set aside for what it claims."""
    size = BUCKETS[vector.flags & _SIZE]
    reader = _Reader(vector.content)
    marked = int.from_bytes(reader.take(size // 8), "big")
    buckets = [bucket for bucket in range(size) if marked >> bucket & 1]
    if not vector.flags & _LIST:
        return Entries(size, frozenset(buckets), tuple(_entries(reader)))
    lists = {}
    for bucket in buckets:
        count, check = reader.take(2)
        lists[bucket] = (check, reader.take(count))
    if reader.left:
        raise WireError("long", f"{reader.left} bytes behind the lists")
    return Listing(size, vector.flags >> _NONCE_SHIFT, lists)


def one_hop_again(raw: bytes) -> bytes:
    """The frame of a record kept as byte 0 and body, handed on by somebody who carries it: ttl 1."""
    return encode(AirPlain(raw[0], hop_byte(AirMode.ONE_HOP, 1), NO_MAC, raw[1:]))


def _entries(reader: "_Reader") -> Iterator[Entry]:
    while reader.left:
        name = reader.take(ID)
        head, epoch = reader.number(), reader.number()
        highest = head >> 1
        if highest > NUMBER_MAX or epoch > NUMBER_MAX + 1:
            raise WireError("reserved", f"number {highest}, epoch {epoch}")
        floor, missing, gone = _holes(reader, highest) if head & 1 else (0, (), ())
        yield Entry(name, highest, epoch - 1 if epoch else None, floor, missing, gone)


def _holes(reader: "_Reader", highest: int) -> tuple[int, Ranges, Ranges]:
    floor, count = reader.number(), reader.take(1)[0]
    if count > HOLES_MAX or floor > highest:
        raise WireError("reserved", f"{count} holes above {floor}")
    holes: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    below = highest + 1
    for place in range(count):
        last = below - reader.number() - (not place)
        length = reader.number()
        first = last - (length >> 1)
        if last >= below or first <= floor:
            raise WireError("reserved", f"a hole from {first} to {last}")
        holes[length & _GONE].append((first, last))
        below = first
    return floor, tuple(holes[0]), tuple(holes[_GONE])


def _bitmap(size: int, buckets: Iterable[int]) -> bytes:
    return sum(1 << bucket for bucket in set(buckets)).to_bytes(size // 8, "big")


def _number(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


class _Reader:
    """Takes a vector apart; WireError("short") at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise WireError("short", f"{self.left} bytes left of {count}")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self) -> int:
        value = 0
        for place in range(5):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if place and not byte:
                    raise WireError("reserved", "a number longer than it needs to be")
                return value
        raise WireError("reserved", "a number of more than five bytes")
