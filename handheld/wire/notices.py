"""What public posts hold before their text: how long they live, where help is wanted, what is taken back.

The whole struct stands in the `text` of a post whose type is not NOTE, so the post's signature covers it.
Expiry is an age, and ages travel as in `age`: what has been around for so long goes, everywhere.
"""

from construct import Bytes, Int8ub, Int32sb, Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.age import pack, unpack
from handheld.wire.codec import decode
from handheld.wire.constants import ALERT_TEXT_MAX, PARTS_MAX, POST_LIFE_S, POST_TEXT_MAX, AlertStep, PostType
from handheld.wire.files import Manifest
from handheld.wire.layout import Frame, Layout, frame
from handheld.wire.sync import Leap

LATITUDE_MAX, LONGITUDE_MAX = 900_000_000, 1_800_000_000
"""Ten-millionths of a degree: 90 and 180 degrees."""

NOWHERE = -(1 << 31)
"""Stands for both coordinates where no place is told."""

NOBODY = bytes(8)

EXPIRY_MAX = pack(POST_LIFE_S)


def _check_expiry(expiry: int) -> None:
    if expiry > EXPIRY_MAX:
        raise WireError("range", f"expiry after {unpack(expiry)} s")


def _check_text(text: bytes) -> None:
    if b"\0" in text:
        raise WireError("text", "a NUL in the text")


@frame(Layout("notice", Struct("expiry" / Int8ub), tail="text", tail_min=1, tail_max=POST_TEXT_MAX - 1))
@dataclass(frozen=True)
class Notice(Frame):
    """A need, an offer or an event: it goes at the age `expiry`."""

    expiry: int
    text: bytes

    def check(self) -> None:
        """Nothing lives longer than 7 days; the text holds no NUL."""
        _check_expiry(self.expiry)
        _check_text(self.text)


@frame(
    Layout(
        "alert",
        Struct(
            "step" / Int8ub,
            "expiry" / Int8ub,
            "latitude" / Int32sb,
            "longitude" / Int32sb,
            "author" / Bytes(8),
            "seq" / Int32ub,
        ),
        tail="text",
        tail_max=ALERT_TEXT_MAX,
    )
)
@dataclass(frozen=True)
class Alert(Frame):
    """Somebody is in distress, somebody saw that, or it is over; `author` and `seq` say which alert is meant.

    `latitude` and `longitude` in ten-millionths of a degree (WGS 84), both NOWHERE where no place is told.
    """

    step: int
    expiry: int
    latitude: int
    longitude: int
    author: bytes
    seq: int
    text: bytes

    def check(self) -> None:
        """A known step; a place on Earth; a call for help says something and means itself, others another."""
        if self.step not in AlertStep.__members__.values():
            raise WireError("enum", f"alert step {self.step}")
        _check_expiry(self.expiry)
        _check_text(self.text)
        if not self.has_place and (self.latitude, self.longitude) != (NOWHERE, NOWHERE):
            raise WireError("range", f"place {self.latitude}, {self.longitude}")
        calls = self.step == AlertStep.HELP
        if calls != (self.seq == 0) or calls != (self.author == NOBODY) or (calls and not self.text):
            raise WireError("reserved", f"step {self.step} about post {self.seq}")

    @property
    def has_place(self) -> bool:
        """Whether it tells a place."""
        return abs(self.latitude) <= LATITUDE_MAX and abs(self.longitude) <= LONGITUDE_MAX


@frame(Layout("deleted", Struct("seq" / Int32ub, "count" / Int8ub)))
@dataclass(frozen=True)
class Deleted(Frame):
    """Its author takes back `count` of his posts, from number `seq` on: a long post is several."""

    seq: int
    count: int

    def check(self) -> None:
        """There is something to take back, and no more than one post can be."""
        if self.seq == 0 or not 1 <= self.count <= PARTS_MAX:
            raise WireError("range", f"{self.count} posts from {self.seq}")


@frame(
    Layout(
        "more",
        Struct("part" / Int8ub, "parts" / Int8ub, "expiry" / Int8ub),
        tail="text",
        tail_min=1,
        tail_max=POST_TEXT_MAX - 3,
    )
)
@dataclass(frozen=True)
class More(Frame):
    """Part `part` of `parts` of the post that stands `part` - 1 numbers before this one."""

    part: int
    parts: int
    expiry: int
    text: bytes

    def check(self) -> None:
        """The first part is the post itself; there are at most PARTS_MAX."""
        if not 2 <= self.part <= self.parts <= PARTS_MAX:
            raise WireError("range", f"part {self.part} of {self.parts}")
        _check_expiry(self.expiry)
        _check_text(self.text)


FIELDS: dict[int, type[Notice | Alert | Deleted | More | Leap | Manifest]] = {
    PostType.NEED: Notice,
    PostType.OFFER: Notice,
    PostType.EVENT: Notice,
    PostType.ALERT: Alert,
    PostType.DELETED: Deleted,
    PostType.MORE: More,
    PostType.LEAP: Leap,
    PostType.FILE: Manifest,
}
"""The struct by post type; a NOTE is text alone, and of other types nothing is known here."""


def fields_of(kind: int, text: bytes) -> Notice | Alert | Deleted | More | Leap | Manifest | None:
    """What stands in the `text` of a post of this type; None if it has no struct that is known here.

    WireError if it is not what its type says.
    """
    layout = FIELDS.get(kind)
    return decode(layout, text) if layout is not None else None
