"""What travels for rooms: the sealed frame, the signed post inside it, and the letter that brings a key.

The radio never reads these. What is sealed and signed besides the bytes here: see `crypto.rooms`.
"""

from construct import Bytes, Int8ub, Int16ub, Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.constants import NICKNAME_MAX, ROOM_TEXT_SIZES, RoomType
from handheld.wire.layout import Frame, Layout, frame
from handheld.wire.records import KEY, SIGNATURE, TAG

ROOM = 8
"""Bytes of a room's number, which only its members know."""

PREFIX = 3
GONE_MAX = 4
_NAME = 8
_POST_FIXED = 12 + SIGNATURE


@frame(
    Layout(
        "room",
        Struct("salt" / Bytes(12)),
        tail="sealed",
        tail_min=_POST_FIXED + ROOM_TEXT_SIZES[0],
        tail_max=_POST_FIXED + ROOM_TEXT_SIZES[-1],
        trailer=Struct("tag" / Bytes(TAG)),
    )
)
@dataclass(frozen=True)
class RoomFrame(Frame):
    """A post in some room: without a key of that room nobody can tell which, or whose."""

    salt: bytes
    sealed: bytes
    tag: bytes

    def check(self) -> None:
        """Only three sizes exist."""
        if len(self.sealed) - _POST_FIXED not in ROOM_TEXT_SIZES:
            raise WireError("size", f"{len(self.sealed)} sealed bytes")


@frame(
    Layout(
        "room_post",
        Struct("type" / Int8ub, "author" / Bytes(PREFIX), "seq" / Int32ub, "lamport" / Int32ub),
        tail="text",
        tail_min=ROOM_TEXT_SIZES[0],
        tail_max=ROOM_TEXT_SIZES[-1],
        trailer=Struct("signature" / Bytes(SIGNATURE)),
    )
)
@dataclass(frozen=True)
class RoomPost(Frame):
    """The plaintext of a room frame, padding included: text is followed by zero bytes."""

    type: int
    author: bytes
    seq: int
    lamport: int
    text: bytes
    signature: bytes

    def check(self) -> None:
        """Type and number begin with 1, 255 is no type, the size is a padded one, zero bytes only pad.

        Types to come pass, so that old devices can count what they cannot show.
        """
        if not 0 < self.type < 255:
            raise WireError("enum", f"room post type {self.type}")
        if self.seq == 0:
            raise WireError("reserved", "room post number 0")
        if len(self.text) not in ROOM_TEXT_SIZES:
            raise WireError("size", f"room post of {len(self.text)} bytes of text")
        written = self.text.rstrip(b"\0")
        if self.type == RoomType.NOTE and (not written or b"\0" in written):
            raise WireError("text", "no text, or a NUL in it")
        if self.type == RoomType.JOINED and written:
            raise WireError("text", "coming in takes no text")


@frame(
    Layout(
        "room_key",
        Struct(
            "room" / Bytes(ROOM),
            "epoch" / Int16ub,
            "key" / Bytes(KEY),
            "maker" / Bytes(_NAME),
            "gone" / Bytes(GONE_MAX * _NAME),
        ),
        tail="name",
        tail_max=NICKNAME_MAX,
    )
)
@dataclass(frozen=True)
class RoomKeyLetter(Frame):
    """A key of a room, for one person: an invitation to who has not got the room, a new epoch to a member.

    `maker`: the first eight bytes of whoever made it. `gone`: of the latest four to whom it was not given;
    unused places are zero. Who stands after an unused place was gone, and is in again.
    """

    room: bytes
    epoch: int
    key: bytes
    maker: bytes
    gone: bytes
    name: bytes

    def check(self) -> None:
        """Epochs begin with 1; a name holds no NUL."""
        if self.epoch == 0:
            raise WireError("reserved", "room epoch 0")
        if b"\0" in self.name:
            raise WireError("text", "a NUL in the room's name")

    @property
    def without(self) -> tuple[bytes, ...]:
        """Who is gone, as prefixes."""
        return self._places[0]

    @property
    def back(self) -> tuple[bytes, ...]:
        """Who is in again, as prefixes."""
        return self._places[1]

    @property
    def _places(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        places = [self.gone[at : at + _NAME] for at in range(0, len(self.gone), _NAME)]
        empty = bytes(_NAME)
        end = places.index(empty) if empty in places else len(places)
        return tuple(places[:end]), tuple(place for place in places[end:] if place != empty)


ROOM_TEXT_MAX = ROOM_TEXT_SIZES[-1]


def padded_text(text: bytes) -> bytes:
    """A text filled with zero bytes to the smallest size that holds it; ValueError if none does."""
    size = next((size for size in ROOM_TEXT_SIZES if len(text) <= size), 0)
    if not size:
        raise ValueError(len(text))
    return text.ljust(size, b"\0")
