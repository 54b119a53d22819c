"""What stands in the fields of the wire's frames: bits, numbers with names, text, and other frames.

For those who show frames to a person: `explain`, the radio's printer, the dissector. A new layout appears
there by itself; only what its numbers are called has to be said here.
"""

from enum import IntEnum
from typing import NamedTuple

import handheld.wire.schema  # noqa: F401  declares every layout
from handheld.wire import constants
from handheld.wire.layout import LAYOUTS, Layout
from handheld.wire.link import LINK_BODIES


class Bits(NamedTuple):
    """Some bits of a byte: how far up they stand, how many there are, what their numbers are called."""

    name: str
    shift: int
    width: int
    names: type[IntEnum] | None = None

    def of(self, value: int) -> int:
        """Their number in such a byte."""
        return value >> self.shift & (1 << self.width) - 1


BITS: dict[str, tuple[Bits, ...]] = {
    "first": (
        Bits("version", 6, 2),
        Bits("kind", 2, 4, constants.AirKind),
        Bits("flags", 0, 2, constants.AirFlag),
    ),
    "hop": (Bits("mode", 6, 2, constants.AirMode), Bits("ttl", 2, 4), Bits("zero", 0, 2)),
}
"""The packed bytes of the two headers of the air, by field."""

NUMBERS: dict[tuple[str, str], type[IntEnum]] = {
    ("link_header", "kind"): constants.LinkKind,
    ("hello_radio", "radio"): constants.RadioKind,
    ("sent", "result"): constants.SentResult,
    ("set", "number"): constants.Setting,
    ("settings", "result"): constants.SetResult,
    ("settings", "region"): constants.Region,
    ("settings", "preset"): constants.Preset,
    ("post", "type"): constants.PostType,
    ("extension", "type"): constants.ExtensionType,
    ("letter", "kind"): constants.LetterKind,
    ("room_post", "type"): constants.RoomType,
    ("meet_commit", "step"): constants.MeetStep,
    ("meet_reveal", "step"): constants.MeetStep,
}
"""What a number is called, by layout and field."""

TEXTS = frozenset({"nickname", "text", "name", "board"})
"""Fields that hold UTF-8."""

_POSTS = {"NEED": "notice", "OFFER": "notice", "EVENT": "notice", "FILE": "manifest"}
"""Types of posts whose layout has another name than they."""

AIR_LAYOUTS = ("air_plain", "air_path")

AIR_FIELD = "air"
"""The field of a cable's frame that holds one of the air."""

BODY_FIELD = "body"


def link_body(kind: int) -> str:
    """The layout of what follows the four bytes of a cable's frame; "": nothing, or it is not known."""
    body = LINK_BODIES.get(kind)  # type: ignore[call-overload]  # any number may come
    return body.LAYOUT.name if body is not None else ""


def air_layout(data: bytes) -> str:
    """The layout of a frame of the air, by its mode."""
    mode = data[1] >> 6 if len(data) > 1 else constants.AirMode.FLOOD
    return AIR_LAYOUTS[mode in (constants.AirMode.COLLECT, constants.AirMode.WAY)]


def air_bodies(kind: int) -> list[Layout]:
    """What the body of an air frame of this kind may be: the layout of the kind's name, or one for each step.

    Several differ in length. Empty for a kind that is not known.
    """
    if kind not in constants.AirKind.__members__.values():
        return []
    name = constants.AirKind(kind).name.lower()
    if name in LAYOUTS:
        return [LAYOUTS[name].LAYOUT]
    # A step's layout is called kind_step, and one whose kind's name says too little part_kind.
    steps = [frame.LAYOUT for other, frame in LAYOUTS.items() if other.startswith(f"{name}_")]
    return steps or [frame.LAYOUT for other, frame in LAYOUTS.items() if other.endswith(f"_{name}")]


def post_body(number: int) -> str:
    """The layout of what stands in the text of a post of this type; "": text, or it is not known."""
    if number not in constants.PostType.__members__.values() or number == constants.PostType.NOTE:
        return ""
    name = constants.PostType(number).name
    wanted = _POSTS.get(name, name.lower())
    return wanted if wanted in LAYOUTS else ""


def air_body(kind: int, length: int) -> str:
    """The layout of a body of so many bytes; the first of its kind where none has room for it; "": none."""
    bodies = air_bodies(kind)
    fits = [body for body in bodies if body.size_min <= length <= body.size_max]
    return (fits or bodies)[0].name if bodies else ""
