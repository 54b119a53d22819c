"""What PROTOCOL.md shows of the declarations: tables of layouts and numbers, and vectors as examples."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from struct import calcsize
from typing import Any, NamedTuple

from handheld.errors import LocalError
from handheld.wire import constants
from handheld.wire.layout import Layout
from handheld.wire.schema import layouts, row

_MARK = re.compile(r"(<!-- generated: (\w+)(?: ([\w-]+))? -->\n).*?(<!-- end -->)", re.DOTALL)

_NUMBERS: dict[str, type[IntEnum]] = {
    kind.__name__: kind
    for kind in (
        constants.LinkKind,
        constants.RadioKind,
        constants.SentResult,
        constants.Setting,
        constants.SetResult,
        constants.Region,
        constants.Preset,
        constants.Listen,
        constants.AirKind,
        constants.ExtensionType,
        constants.AirMode,
        constants.AirFlag,
        constants.ExtensionType,
        constants.ProfileFlag,
        constants.PostType,
        constants.AlertStep,
        constants.LetterKind,
        constants.RoomType,
        constants.MeetStep,
    )
}

_LIMITS = (
    "PROTOCOL_VERSION",
    "LINK_FRAME_MAX",
    "LINK_NUMBERED",
    "LINE_MAX",
    "PROBES_MAX",
    "AIR_VERSION",
    "AIR_FRAME_MAX",
    "PLAIN_HEADER",
    "PATH_HEADER",
    "PATH_NAMES",
    "QUALITY_MAX",
    "HERE_NAMES_MAX",
    "LAN_VERSION",
    "MAC_LENGTH",
    "ID_LENGTH",
    "PUBLIC_START_TTL",
    "PRIVATE_START_TTLS",
    "NICKNAME_MAX",
    "POST_TEXT_MAX",
    "SEALED_SIZES",
    "FIRST_CONTACT_SIZES",
    "ROOM_TEXT_SIZES",
    "SESSION_SIZES",
)

Vectors = Mapping[str, Mapping[str, Any]]
"""Cases of tests/vectors by their id."""


class _Field(NamedTuple):
    name: str
    size: int
    type: str


def fill(text: str, vectors: Vectors) -> str:
    """PROTOCOL.md with everything between its marks made anew.

    LocalError if a layout, numbers or the limits are missing, or a mark asks for what does not exist.
    """
    found = {(kind, name) for _, kind, name, _ in _MARK.findall(text)}
    wanted = {("layout", name) for name in layouts()} | {("numbers", name) for name in _NUMBERS}
    if missing := (wanted | {("limits", "")}) - found:
        raise LocalError(f"PROTOCOL.md lacks: {', '.join(sorted(' '.join(mark) for mark in missing))}")
    makers: dict[str, Callable[[str], list[str]]] = {
        "layout": lambda name: _layout_table(layouts()[name]),
        "numbers": lambda name: _number_table(_NUMBERS[name]),
        "limits": lambda _: _limit_table(),
        "example": lambda name: _example(vectors[name]),
    }

    def make(mark: re.Match[str]) -> str:
        opening, kind, name, closing = mark.groups()
        try:
            lines = makers[kind](name)
        except KeyError:
            raise LocalError(f"PROTOCOL.md asks for what does not exist: {kind} {name}") from None
        return opening + "".join(f"{line}\n" for line in lines) + closing

    return _MARK.sub(make, text)


def _layout_table(layout: Layout) -> list[str]:
    head, trailer = _fields(layout)
    lines = ["| offset | bytes | field | type |", "|---|---|---|---|"]
    lines += _rows(head, 0)
    if layout.tail:
        lines.append(
            f"| {layout.head_size} | {layout.tail_min} to {layout.tail_max} | {layout.tail} | bytes |"
        )
    # What follows the variable field has a fixed place only as seen from the end.
    return lines + _rows(trailer, -layout.trailer_size)


def _rows(fields: list[_Field], offset: int) -> list[str]:
    lines = []
    for field in fields:
        lines.append(f"| {offset} | {field.size} | {field.name} | {field.type} |")
        offset += field.size
    return lines


def _fields(layout: Layout) -> tuple[list[_Field], list[_Field]]:
    cells = row(layout)
    return _parts(cells.head_format, cells.head_names), _parts(cells.trailer_format, cells.trailer_names)


def _parts(form: str, names: tuple[str, ...]) -> list[_Field]:
    letters = re.findall(r"\d*[A-Za-z]", form)
    return [
        _Field(name, calcsize(f">{letter}"), _type(letter))
        for name, letter in zip(names, letters, strict=True)
    ]


def _type(letter: str) -> str:
    if letter.endswith("s"):
        return "bytes"
    return "signed" if letter.islower() else "unsigned"


def _number_table(numbers: type[IntEnum]) -> list[str]:
    return ["| number | name |", "|---|---|", *(f"| {item.value} | {item.name} |" for item in numbers)]


def _limit_table() -> list[str]:
    lines = ["| name | value |", "|---|---|"]
    for name in _LIMITS:
        value = getattr(constants, name)
        lines.append(f"| {name} | {', '.join(map(str, value)) if isinstance(value, tuple) else value} |")
    return lines


_LINE = 32
"""Bytes of an example in one line."""


def _example(case: Mapping[str, Any]) -> list[str]:
    """A vector field by field: name, bytes, and the number if it is one."""
    layout = layouts()[case["layout"]]
    data = bytes.fromhex(case["hex"])
    head, trailer = _fields(layout)
    tail = (
        [_Field(layout.tail, len(data) - layout.head_size - layout.trailer_size, "bytes")]
        if layout.tail
        else []
    )
    width = max(len(name) for name in layout.fields)
    lines = [f"`{case['id']}`: {case['comment']}", "", "```"]
    at = 0
    for field in (*head, *tail, *trailer):
        value = data[at : at + field.size]
        at += field.size
        number = "" if field.type == "bytes" else f" = {case['fields'][field.name]}"
        blocks = [value[start : start + _LINE].hex() for start in range(0, len(value), _LINE)] or [
            "(nothing)"
        ]
        lines.append(f"{field.name:{width}}  {blocks[0]}{number}")
        lines += [" " * (width + 2) + block for block in blocks[1:]]
    return [*lines, "```"]
