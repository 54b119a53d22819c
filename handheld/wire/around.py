"""What neighbours tell each other of the radios around: who is at each and whom it hears, and what they know.

Entries stand one behind the other: tag 3, version 1, name 1, counts 2, then the names of those whom it hears
and those that it had before.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, unique
from typing import NamedTuple

from handheld.errors import WireError

TAG = 3
"""Bytes of an identity by which its radio is known on the chart."""

HEAD = TAG + 4

GRADE_MAX = 15
"""Names of one grade in an entry."""

FORMER_MAX = 3
"""Names that it had before: others may list it under these still."""

KNOWN_BYTES = 64
"""A bit for each radio that is known, by a hash of its tag."""


@unique
class Grade(IntEnum):
    """How well a radio hears another, by the margin above the weakest that it hears."""

    WEAK = 0
    FAIR = 1
    """From 4 dB on."""
    STRONG = 2
    """From 8 dB on."""

    @classmethod
    def of(cls, quality: int) -> "Grade":
        """From the quality of a collecting frame's last link, in steps of 2 dB from 1 on; 0 says nothing."""
        return cls.STRONG if quality >= 5 else cls.FAIR if quality >= 3 else cls.WEAK


_ORDER = (Grade.STRONG, Grade.FAIR, Grade.WEAK)


class Entry(NamedTuple):
    """One radio: the first bytes of its owner's key, which saying of his this is, its name, whom it hears.

    Name 0 is that of whoever says it: his radio's name stands in the frame's path.
    """

    tag: bytes
    version: int
    name: int
    hears: Mapping[int, Grade]
    former: bytes = b""


def pack(entry: Entry) -> bytes:
    """An entry as bytes. Beyond 15 of one grade names are left out."""
    graded = {
        which: sorted(name for name, grade in entry.hears.items() if grade is which)[:GRADE_MAX]
        for which in _ORDER
    }
    strong, fair, weak = map(bytes, graded.values())
    former = entry.former[-FORMER_MAX:]
    counts = bytes([len(strong) << 4 | len(fair), len(former) << 4 | len(weak)])
    return entry.tag + bytes([entry.version, entry.name]) + counts + strong + fair + weak + former


def unpack(data: bytes) -> Iterator[Entry]:
    """All entries; WireError at one that is cut off, or hears a radio without a name."""
    at = 0
    while at < len(data):
        head = data[at : at + HEAD]
        if len(head) < HEAD:
            raise WireError("short", f"{len(head)} bytes of an entry")
        counts = (head[TAG + 2] >> 4, head[TAG + 2] & 15, head[TAG + 3] & 15)
        heard, former = sum(counts), head[TAG + 3] >> 4
        at += HEAD
        names = data[at : at + heard + former]
        if len(names) < heard + former or former > FORMER_MAX or 0 in names:
            raise WireError("names", f"{len(names)} of {heard + former} names, or a name of 0")
        at += len(names)
        grades = [grade for grade, count in zip(_ORDER, counts, strict=True) for _ in range(count)]
        hears = dict(zip(names[:heard], grades, strict=True))
        yield Entry(head[:TAG], head[TAG], head[TAG + 1], hears, names[heard:])


def pack_known(tags: Iterable[bytes], salt: int) -> bytes:
    """Of whom one knows. Two may share a bit; with another `salt` (a byte) others do."""
    known = 0
    for tag in tags:
        known |= 1 << _bit(tag, salt)
    return bytes([salt]) + known.to_bytes(KNOWN_BYTES, "big")


def unknown(data: bytes, tags: Iterable[bytes]) -> Iterator[bytes]:
    """Those of these tags of whom the sender of that does not know; WireError if it is something else."""
    if len(data) != 1 + KNOWN_BYTES:
        raise WireError("size", f"{len(data)} bytes of who is known")
    known = int.from_bytes(data[1:], "big")
    return (tag for tag in tags if not known >> _bit(tag, data[0]) & 1)


def _bit(tag: bytes, salt: int) -> int:
    # Fibonacci hashing: the factor is 2^32 divided by the golden ratio.
    return ((int.from_bytes(tag, "big") + salt * 0x10001) * 0x9E3779B1 & 0xFFFFFFFF) >> 23
