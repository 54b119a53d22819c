"""The file of records that is carried on a stick: slots of 256 bytes, the first of which says what it is.

Each slot stands for itself, so what a bad stick damages is lost alone. A record is byte 0 and the body of an
air frame: its own signature or seal says whether to believe it.
"""

import zlib

from construct import Bytes, Int8ub, Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire import age
from handheld.wire.air import BODY_MAX
from handheld.wire.codec import decode, encode
from handheld.wire.layout import Frame, Layout, frame

SLOT = 256
MAGIC = b"pocketmesh"
VERSION = 1
RECORD_MIN = 2
RECORD_MAX = 1 + BODY_MAX
_FRAME = SLOT - 6
_UNUSED = SLOT - 19

RECORDS_MAX = 65_535
"""Records in a file; more are neither written nor read."""


@frame(
    Layout(
        "stick_head",
        Struct(
            "magic" / Bytes(len(MAGIC)),
            "version" / Int8ub,
            "device" / Bytes(4),
            "records" / Int32ub,
            "unused" / Bytes(_UNUSED),
        ),
    )
)
@dataclass(frozen=True)
class StickHead(Frame):
    """The first slot. `device` is drawn by whoever wrote the file, and tells nobody who that is."""

    magic: bytes
    version: int
    device: bytes
    records: int
    unused: bytes = bytes(_UNUSED)

    def check(self) -> None:
        """It is such a file, of this version, and not longer than can be."""
        if self.magic != MAGIC or self.version != VERSION:
            raise WireError("version", "no file of records, or of another version")
        if any(self.unused) or self.records > RECORDS_MAX:
            raise WireError("reserved", f"{self.records} records, or what is unused is not zero")


@frame(
    Layout(
        "stick_record",
        Struct("length" / Int8ub, "age" / Int8ub, "record" / Bytes(_FRAME), "crc" / Int32ub),
    )
)
@dataclass(frozen=True)
class StickRecord(Frame):
    """Any other slot: a record with its age, filled up with zeros. `crc`: CRC-32 of what comes before it."""

    length: int
    age: int
    record: bytes
    crc: int

    def check(self) -> None:
        """The length can be, zeros follow, and nothing is damaged."""
        if not RECORD_MIN <= self.length <= RECORD_MAX or any(self.record[self.length :]):
            raise WireError("size", f"a record of {self.length} bytes")
        if self.crc != _crc(self.length, self.age, self.record):
            raise WireError("damaged", "the CRC does not fit")


def _crc(length: int, level: int, record: bytes) -> int:
    return zlib.crc32(bytes((length, level)) + record)


def pack_head(device: bytes, records: int) -> bytes:
    """The first slot of a file with so many records."""
    return encode(StickHead(MAGIC, VERSION, device, records))


def pack(level: int, record: bytes) -> bytes:
    """One slot; `level`: the age as in `age`."""
    padded = record.ljust(_FRAME, b"\0")
    return encode(StickRecord(len(record), level, padded, _crc(len(record), level, padded)))


def unpack(slot: bytes) -> tuple[int, bytes]:
    """The age in seconds, and the record, of one slot. WireError if there is none."""
    found = decode(StickRecord, slot)
    return age.unpack(found.age), found.record[: found.length]
