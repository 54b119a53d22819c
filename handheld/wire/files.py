"""What travels of files: the manifest inside a signed or sealed record, symbols, and what receivers lack.

The radio never reads these. What symbols are made of: see `handheld/files`.
"""

from construct import Bytes, Int8ub, Int16ub, Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.age import pack
from handheld.wire.constants import POST_LIFE_S
from handheld.wire.layout import Frame, Layout, frame
from handheld.wire.records import KEY

FILE_TAG = 6
"""Bytes by which a file is named on the air: the first of its digest."""

FILE_NAME_MAX = 32
SYMBOL_MAX = 232
CHECK = 4
TOP_MAX = 7
DIGEST = 16

FILE_MAX = 1 << 20
"""Bytes of a file at the most, as it is and as it travels."""

NO_MANIFEST = 0xFFFF
"""Stands for the number of symbols lacked where the manifest itself is."""

SHELL = 0xFFFF
"""Stands for the number of a symbol whose data are a sealed file's manifest without its name."""

PLAIN_MAX = 64
"""Symbols asked for by number in one frame."""

ZLIB = 1
SEALED = 2
_CHECKS_SHIFT = 4


@frame(
    Layout(
        "manifest",
        Struct(
            "expiry" / Int8ub,
            "flags" / Int8ub,
            "size" / Int32ub,
            "packed" / Int32ub,
            "digest" / Bytes(DIGEST),
        ),
        tail="rest",
        tail_min=CHECK + 1,
        tail_max=CHECK * TOP_MAX + FILE_NAME_MAX,
    )
)
@dataclass(frozen=True)
class Manifest(Frame):
    """A file: `size` bytes as it is, `packed` as it travels; `digest` is of what travels.

    `rest`: as many checks of four bytes as the upper half of `flags` says, then the name.
    """

    expiry: int
    flags: int
    size: int
    packed: int
    digest: bytes
    rest: bytes

    def check(self) -> None:
        """At most 7 days, known flags, sizes to FILE_MAX and in keeping; a name without NUL behind checks."""
        if self.expiry > pack(POST_LIFE_S):
            raise WireError("range", f"expiry level {self.expiry}")
        if self.flags & 0x0C or not 0 < self.checks <= TOP_MAX:
            raise WireError("reserved", f"manifest flags {self.flags:02x}")
        if not 0 < self.size <= FILE_MAX or not 0 < self.packed <= FILE_MAX:
            raise WireError("size", f"a file of {self.size} bytes that travels as {self.packed}")
        if not self.flags & ZLIB and self.packed != self.size + (KEY // 2 if self.sealed else 0):
            raise WireError("size", f"{self.size} bytes that nothing shrank travel as {self.packed}")
        if not 0 < len(self.name) <= FILE_NAME_MAX or b"\0" in self.name:
            raise WireError("text", "no name, a long one, or a NUL in it")

    @property
    def checks(self) -> int:
        """How many checks there are."""
        return self.flags >> _CHECKS_SHIFT

    @property
    def sealed(self) -> bool:
        """Whether what travels opens with a key only."""
        return bool(self.flags & SEALED)

    @property
    def shrunk(self) -> bool:
        """Whether zlib (RFC 1950) made it smaller."""
        return bool(self.flags & ZLIB)

    @property
    def top(self) -> bytes:
        """The checks."""
        return self.rest[: self.checks * CHECK]

    @property
    def name(self) -> bytes:
        """What its owner calls it: to be shown, never to be opened or written to."""
        return self.rest[self.checks * CHECK :]

    @property
    def tag(self) -> bytes:
        """How symbols name the file."""
        return self.digest[:FILE_TAG]


def flags_of(checks: int, *, shrunk: bool, sealed: bool) -> int:
    """The flags of a manifest."""
    return checks << _CHECKS_SHIFT | (SEALED if sealed else 0) | (ZLIB if shrunk else 0)


@frame(
    Layout(
        "file_key",
        Struct("key" / Bytes(KEY)),
        tail="manifest",
        tail_min=Manifest.LAYOUT.size_min,
        tail_max=Manifest.LAYOUT.size_max,
    )
)
@dataclass(frozen=True)
class FileKey(Frame):
    """A sealed file for one person or a room: its key and its manifest."""

    key: bytes
    manifest: bytes


@frame(
    Layout(
        "symbol",
        Struct("tag" / Bytes(FILE_TAG), "number" / Int16ub, "left" / Int8ub),
        tail="data",
        tail_min=1,
        tail_max=SYMBOL_MAX,
    )
)
@dataclass(frozen=True)
class Symbol(Frame):
    """A piece of a file, or the XOR of many; its sender sends about `left` more at once."""

    tag: bytes
    number: int
    left: int
    data: bytes


@frame(
    Layout(
        "file_need",
        Struct("tag" / Bytes(FILE_TAG), "need" / Int16ub, "salt" / Int16ub),
        tail="numbers",
        tail_max=2 * PLAIN_MAX,
    )
)
@dataclass(frozen=True)
class FileNeed(Frame):
    """Somebody lacks `need` more symbols, or just those whose `numbers`, two bytes each, stand here.

    `salt` makes each a frame of its own.
    """

    tag: bytes
    need: int
    salt: int
    numbers: bytes

    def check(self) -> None:
        """Who lacks nothing says nothing; numbers have two bytes."""
        if self.need == 0:
            raise WireError("reserved", "nothing is lacking")
        if len(self.numbers) % 2:
            raise WireError("size", f"{len(self.numbers)} bytes of numbers")

    @property
    def plain(self) -> tuple[int, ...]:
        """The numbers."""
        return tuple(
            int.from_bytes(self.numbers[at : at + 2], "big") for at in range(0, len(self.numbers), 2)
        )
