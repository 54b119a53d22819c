"""The frames of the air, as the radio reads them (DESIGN section 5).

byte 0   version 2 bits | kind 4 | flags 2      immutable, bound into what is sealed or signed
byte 1   mode 2 bits | ttl 4 | zero 2           changes at each hop
byte 2   link MAC 4                             recomputed at each hop, by the radio
modes collect and way go on with cursor 1 and seven relay names of one byte
then the body
"""

from construct import Bytes, Int8ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.codec import decode, encode
from handheld.wire.constants import (
    AIR_FRAME_MAX,
    AIR_VERSION,
    MAC_LENGTH,
    PATH_COUNT,
    PATH_HEADER,
    PATH_NAMES,
    PLAIN_HEADER,
    PUBLIC_START_TTL,
    QUALITY_MAX,
    QUALITY_SHIFT,
    AirFlag,
    AirKind,
    AirMode,
)
from handheld.wire.layout import Frame, Layout, frame

BODY_MAX = AIR_FRAME_MAX - PLAIN_HEADER
PATH_BODY_MAX = AIR_FRAME_MAX - PATH_HEADER

NO_MAC = bytes(MAC_LENGTH)
"""What the host puts in the place of the link MAC: the radio fills it in."""


def first_byte(kind: int, flags: int = 0) -> int:
    """Byte 0 of a frame: what signatures and seals cover of the header."""
    return AIR_VERSION << 6 | kind << 2 | flags


def hop_byte(mode: int, ttl: int) -> int:
    """Byte 1 of a frame."""
    return mode << 6 | ttl << 2


class _Header(Frame):
    """What both air layouts share: reading the two packed bytes, and refusing what must not be there."""

    first: int
    hop: int
    _modes: tuple[AirMode, ...] = ()

    @property
    def kind(self) -> int:
        """The 4-bit kind, which need not be one we know."""
        return self.first >> 2 & 15

    @property
    def flags(self) -> int:
        """The two immutable flag bits."""
        return self.first & 3

    @property
    def mode(self) -> AirMode:
        """How it travels."""
        return AirMode(self.hop >> 6)

    @property
    def ttl(self) -> int:
        """Transmissions left, this one included."""
        return self.hop >> 2 & 15

    def check(self) -> None:
        """Version, reserved bits and mode must be ours."""
        if self.first >> 6 != AIR_VERSION:
            raise WireError("version", f"air version {self.first >> 6}")
        if self.kind == 0 or self.flags & ~AirFlag.URGENT or self.hop & 3 or self.ttl == 0:
            raise WireError("reserved", f"header {self.first:02x} {self.hop:02x}")
        if self.mode not in self._modes:
            raise WireError("mode", f"mode {self.mode.name.lower()} has another layout")


@frame(
    Layout(
        "air_plain",
        Struct("first" / Int8ub, "hop" / Int8ub, "mac" / Bytes(MAC_LENGTH)),
        tail="body",
        tail_min=1,
        tail_max=BODY_MAX,
    )
)
@dataclass(frozen=True)
class AirPlain(_Header):
    """A frame that floods, or goes one hop."""

    first: int
    hop: int
    mac: bytes
    body: bytes

    _modes = (AirMode.FLOOD, AirMode.ONE_HOP)


@frame(
    Layout(
        "air_path",
        Struct(
            "first" / Int8ub,
            "hop" / Int8ub,
            "mac" / Bytes(MAC_LENGTH),
            "cursor" / Int8ub,
            "names" / Bytes(PATH_NAMES),
        ),
        tail="body",
        tail_min=1,
        tail_max=PATH_BODY_MAX,
    )
)
@dataclass(frozen=True)
class AirPath(_Header):
    """A frame that collects relay names, or follows them. A name is 1 to 255; unused places are zero.

    A collecting frame's cursor counts its names and holds their quality; a way's points at the relay that is
    next, or past the last.
    """

    first: int
    hop: int
    mac: bytes
    cursor: int
    names: bytes
    body: bytes

    _modes = (AirMode.COLLECT, AirMode.WAY)

    @property
    def path(self) -> bytes:
        """The names in use."""
        return self.names.rstrip(b"\0")

    @property
    def quality(self) -> int:
        """Of a collecting frame: the weakest link so far, 0 to QUALITY_MAX."""
        return self.cursor >> QUALITY_SHIFT

    def check(self) -> None:
        """The cursor must fit the names, and no name may follow an unused place."""
        super().check()
        used = len(self.path)
        fits = self._counts(used) if self.mode is AirMode.COLLECT else self.cursor <= used
        if not fits or b"\0" in self.names[:used]:
            raise WireError("path", f"cursor {self.cursor}, names {self.names.hex()}")

    def _counts(self, used: int) -> bool:
        # Without a name nobody has transmitted it yet, so there is no link to be good or bad.
        return self.cursor & PATH_COUNT == used and self.quality <= (QUALITY_MAX if used else 0)


AirFrame = AirPlain | AirPath


def decode_air(data: bytes) -> AirFrame:
    """An air frame of either layout; WireError if it is neither."""
    if len(data) < PLAIN_HEADER:
        raise WireError("short", f"air frame of {len(data)} bytes")
    if data[1] >> 6 in (AirMode.COLLECT, AirMode.WAY):
        return decode(AirPath, data)
    return decode(AirPlain, data)


def goes_one_hop(data: bytes) -> bool:
    """Whether this frame, which may be none, says that nobody repeats it."""
    return len(data) > 1 and data[1] >> 6 == AirMode.ONE_HOP


def flood(kind: AirKind, ttl: int, body: bytes, flags: int = 0) -> bytes:
    """The bytes of a flooding frame with an empty MAC, ready for the radio."""
    return encode(AirPlain(first_byte(kind, flags), hop_byte(AirMode.FLOOD, ttl), NO_MAC, body))


def one_hop(kind: AirKind, body: bytes, flags: int = 0, ttl: int = PUBLIC_START_TTL) -> bytes:
    """The bytes of a public frame that no relay hands on."""
    return encode(AirPlain(first_byte(kind, flags), hop_byte(AirMode.ONE_HOP, ttl), NO_MAC, body))


def collecting(kind: AirKind, ttl: int, body: bytes, flags: int = 0, name: int = 0) -> bytes:
    """The bytes of a frame that collects the names of those who transmit it; the first is for our radio.

    With a `name` our radio is to be called so from then on.
    """
    names = bytes([name]).ljust(PATH_NAMES, b"\0")
    return encode(
        AirPath(first_byte(kind, flags), hop_byte(AirMode.COLLECT, ttl), NO_MAC, bool(name), names, body)
    )


def way(kind: AirKind, ttl: int, names: bytes, cursor: int, body: bytes) -> bytes:
    """The bytes of a frame that goes by these names, in order, from the one that `cursor` points at."""
    padded = names.ljust(PATH_NAMES, b"\0")
    return encode(AirPath(first_byte(kind), hop_byte(AirMode.WAY, ttl), NO_MAC, cursor, padded, body))
