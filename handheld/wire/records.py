"""What air frames carry: profile, public post, private message, ack, here (DESIGN sections 5 and 6).

The radio never reads these, but it writes the names of a `here`. Signatures and seals cover more than what
stands in these bytes: see `crypto`.
"""

from dataclasses import replace

from construct import Bytes, Int8ub, Int16ub, Int32ub, Struct

from handheld.errors import LocalError, WireError
from handheld.values import dataclass
from handheld.wire.codec import encode
from handheld.wire.constants import (
    AIR_FRAME_MAX,
    FIRST_CONTACT_SIZES,
    HERE_NAMES_MAX,
    NICKNAME_MAX,
    PATH_HEADER,
    POST_TEXT_MAX,
    SEALED_SIZES,
    SESSION_SIZES,
    ExtensionType,
    LetterKind,
    PostType,
)
from handheld.wire.layout import Frame, Layout, frame

KEY = 32

SIGNATURE = 64
TAG = 16
LETTER_HEAD = 9
NOBODY = bytes(8)
"""The author of a `here` that a radio says by itself: only its links are meant."""
END = b"\x80"
"""Ends the body of a letter that is no text (ISO/IEC 7816-4 pads like this)."""
LETTER_SIZES = frozenset(SEALED_SIZES + FIRST_CONTACT_SIZES + SESSION_SIZES)


@frame(
    Layout(
        "profile",
        Struct(
            "author" / Bytes(KEY),
            "epoch" / Int32ub,
            "static" / Bytes(KEY),
            "prekey" / Bytes(KEY),
            "flags" / Int8ub,
        ),
        tail="nickname",
        tail_max=NICKNAME_MAX,
        trailer=Struct("signature" / Bytes(SIGNATURE)),
    )
)
@dataclass(frozen=True)
class Profile(Frame):
    """Who somebody is: keys, the epoch of the prekey, and the name they give themselves."""

    author: bytes
    epoch: int
    static: bytes
    prekey: bytes
    flags: int
    nickname: bytes
    signature: bytes

    def check(self) -> None:
        """Bit 1 of the flags is zero; a name holds no NUL."""
        if self.flags & 2:
            raise WireError("reserved", f"profile flags {self.flags:02x}")
        if b"\0" in self.nickname:
            raise WireError("text", "a NUL in the nickname")


@frame(
    Layout(
        "post",
        Struct(
            "type" / Int8ub,
            "channel" / Bytes(3),
            "author" / Bytes(8),
            "seq" / Int32ub,
            "lamport" / Int32ub,
        ),
        tail="text",
        tail_min=1,
        tail_max=POST_TEXT_MAX,
        trailer=Struct("signature" / Bytes(SIGNATURE)),
    )
)
@dataclass(frozen=True)
class Post(Frame):
    """A public post: `channel` and `author` are prefixes for look-up; the signature covers both in full."""

    type: int
    channel: bytes
    author: bytes
    seq: int
    lamport: int
    text: bytes
    signature: bytes

    def check(self) -> None:
        """Type and number begin with 1, 255 is no type, the text of a note holds no NUL.

        Types to come pass, so that old devices can check, count and carry what they cannot show.
        """
        if not 0 < self.type < 255:
            raise WireError("enum", f"post type {self.type}")
        if self.seq == 0:
            raise WireError("reserved", "post number 0")
        if self.type == PostType.NOTE and b"\0" in self.text:
            raise WireError("text", "a NUL in the text")


@frame(
    Layout(
        "private",
        Struct("ephemeral" / Bytes(KEY), "hint" / Bytes(4), "commitment" / Bytes(8)),
        tail="sealed",
        tail_min=SEALED_SIZES[0],
        tail_max=SEALED_SIZES[-1],
        trailer=Struct("tag" / Bytes(TAG)),
    )
)
@dataclass(frozen=True)
class Private(Frame):
    """A sealed message: nobody but its reader can tell sender, reader, kind or exact length."""

    ephemeral: bytes
    hint: bytes
    commitment: bytes
    sealed: bytes
    tag: bytes

    def check(self) -> None:
        """Only three sizes exist."""
        if len(self.sealed) not in SEALED_SIZES:
            raise WireError("size", f"{len(self.sealed)} sealed bytes")


@frame(
    Layout(
        "session",
        Struct("label" / Bytes(8), "commitment" / Bytes(8)),
        tail="sealed",
        tail_min=SESSION_SIZES[0],
        tail_max=SESSION_SIZES[-1],
        trailer=Struct("tag" / Bytes(TAG)),
    )
)
@dataclass(frozen=True)
class Session(Frame):
    """A private message in short form: both ends know the key by its label, and nobody else does."""

    label: bytes
    commitment: bytes
    sealed: bytes
    tag: bytes

    def check(self) -> None:
        """Only three sizes exist."""
        if len(self.sealed) not in SESSION_SIZES:
            raise WireError("size", f"{len(self.sealed)} sealed bytes")


@frame(Layout("ack", Struct("preimage" / Bytes(8))))
@dataclass(frozen=True)
class Ack(Frame):
    """The preimage of a private message's commitment: any carrier can check it."""

    preimage: bytes


@frame(
    Layout(
        "here",
        Struct("author" / Bytes(8), "counter" / Int16ub),
        tail="names",
        tail_max=HERE_NAMES_MAX,
    )
)
@dataclass(frozen=True)
class Here(Frame):
    """Somebody is here: whoever hears it learns the way back. `names`: whom its first radio hears.

    Nothing in it is signed: a made-up one costs whoever believes it a message that goes astray once.
    """

    author: bytes
    counter: int
    names: bytes

    def check(self) -> None:
        """No radio is called 0."""
        if b"\0" in self.names:
            raise WireError("reserved", f"a name of zero in {self.names.hex()}")


@frame(
    Layout(
        "extension",
        Struct("type" / Int8ub),
        tail="content",
        tail_min=1,
        tail_max=AIR_FRAME_MAX - PATH_HEADER - 1,
    )
)
@dataclass(frozen=True)
class Extension(Frame):
    """A body of kind EXTENSION: `type` says what it is, an ExtensionType or one to come."""

    type: int
    content: bytes

    def check(self) -> None:
        """Types begin with 1."""
        if self.type == 0:
            raise WireError("reserved", "extension type 0")


FURTHER_HEAD = 3
"""Bytes that the rest of a way takes in a frame, beside its names: type, count, byte 0."""


def further(names: bytes, first: int, body: bytes) -> bytes:
    """The body of an extension by way: its last radio sends on a frame of this byte 0 and body by `names`."""
    return encode(Extension(ExtensionType.FURTHER, bytes([len(names)]) + names + bytes([first]) + body))


@frame(
    Layout(
        "letter",
        Struct("kind" / Int8ub, "seq" / Int32ub, "lamport" / Int32ub),
        tail="text",
        tail_max=SEALED_SIZES[-1] - LETTER_HEAD,
    )
)
@dataclass(frozen=True)
class Letter(Frame):
    """The plaintext of a private message, padding included: `text` is followed by zero bytes.

    In other kinds than TEXT one byte END stands before the zeros, so that any bytes may come before it.
    """

    kind: int
    seq: int
    lamport: int
    text: bytes

    def check(self) -> None:
        """Kind and number begin with 1, 255 is no kind, the size is a padded one, the padding is well made.

        Kinds to come pass, so that old devices can acknowledge what they cannot show.
        """
        if not 0 < self.kind < 255:
            raise WireError("enum", f"letter kind {self.kind}")
        if self.seq == 0:
            raise WireError("reserved", "letter number 0")
        if LETTER_HEAD + len(self.text) not in LETTER_SIZES:
            raise WireError("size", f"letter of {LETTER_HEAD + len(self.text)} bytes")
        written = self.text.rstrip(b"\0")
        if self.kind == LetterKind.TEXT and (not written or b"\0" in written):
            raise WireError("text", "no text, or a NUL in it")
        if self.kind != LetterKind.TEXT and not written.endswith(END):
            raise WireError("text", "no end of the body")

    @property
    def size(self) -> int:
        """Bytes of this letter, which is not padded yet, before any zeros."""
        return LETTER_HEAD + len(self.text) + (0 if self.kind == LetterKind.TEXT else len(END))

    @property
    def bare(self) -> "Letter":
        """This letter, which is padded, without its padding: what was written."""
        written = self.text.rstrip(b"\0")
        return replace(self, text=written if self.kind == LetterKind.TEXT else written.removesuffix(END))

    def padded(self, sizes: tuple[int, ...]) -> "Letter":
        """This letter, which is not padded yet, filled to the smallest of `sizes` that holds it.

        LocalError when none does, or a text holds a zero byte.
        """
        written = self.text if self.kind == LetterKind.TEXT else self.text + END
        size = padded_size(self.size, sizes)
        if not size or (self.kind == LetterKind.TEXT and b"\0" in written):
            raise LocalError(f"a letter of {len(written)} bytes, too long or with a NUL in it")
        return replace(self, text=written.ljust(size - LETTER_HEAD, b"\0"))


def padded_size(length: int, sizes: tuple[int, ...] = SEALED_SIZES) -> int:
    """The smallest of `sizes` that holds a letter of `length` bytes; 0 if none does."""
    return next((size for size in sizes if length <= size), 0)


LETTER_TEXT_MAX = SEALED_SIZES[-1] - LETTER_HEAD
LETTER_BODY_MAX = LETTER_TEXT_MAX - len(END)
"""Bytes in a letter of any kind but TEXT."""
