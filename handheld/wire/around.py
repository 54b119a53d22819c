"""What a host says to its neighbours of the radios around: who is at each, and whom each hears how well.

An entry: tag 3 | version 1 | name 1 | counts 2 | names, the strong ones first. The two counts bytes hold how many of
them are strong (4 bits), fair (4 bits) and weak (8 bits).
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, unique
from typing import NamedTuple

from handheld.errors import WireError

TAG = 3
HEAD = TAG + 4
GRADE_MAX = 15
"""Names of one grade in an entry."""


@unique
class Grade(IntEnum):
    """How well a radio hears another, by the margin above what it just hears."""

    WEAK = 0
    FAIR = 1
    """4 dB and more."""
    STRONG = 2
    """8 dB and more."""

    @classmethod
    def of(cls, quality: int) -> "Grade":
        """From the quality of a collecting frame's link: steps of 2 dB from 1 on, 0 is not known both ways."""
        if quality >= 5:
            return cls.STRONG
        return cls.FAIR if quality >= 3 else cls.WEAK


class Entry(NamedTuple):
    """One radio: the first bytes of its owner's key, which saying of his it is, its name, whom it hears."""

    tag: bytes
    version: int
    name: int
    hears: Mapping[int, Grade]


def pack(entry: Entry) -> bytes:
    """An entry as bytes; what is beyond 15 of a grade is left out."""
    groups = [
        bytes(sorted(name for name, grade in entry.hears.items() if grade is which)[:GRADE_MAX])
        for which in (Grade.STRONG, Grade.FAIR, Grade.WEAK)
    ]
    counts = bytes([len(groups[0]) << 4 | len(groups[1]), len(groups[2])])
    return entry.tag + bytes([entry.version, entry.name]) + counts + b"".join(groups)


def unpack(data: bytes) -> Iterator[Entry]:
    """All entries; WireError at one that is cut off or names no radio."""
    at = 0
    while at < len(data):
        if len(data) - at < HEAD:
            raise WireError("short", "an entry is cut off")
        tag, version, name = data[at : at + TAG], data[at + TAG], data[at + TAG + 1]
        counts = data[at + TAG + 2] >> 4, data[at + TAG + 2] & 15, data[at + TAG + 3]
        at += HEAD
        if len(data) - at < sum(counts):
            raise WireError("short", "the names of an entry are cut off")
        hears: dict[int, Grade] = {}
        for grade, count in zip((Grade.STRONG, Grade.FAIR, Grade.WEAK), counts, strict=True):
            hears.update((one, grade) for one in data[at : at + count] if one)
            at += count
        yield Entry(tag, version, name, hears)
