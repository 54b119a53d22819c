"""`pocketmesh decode`: any frame field by field, and what is wrong with a bad one. Needs no node."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from handheld.cli import show
from handheld.errors import UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from typing import Any

    from handheld.wire.explain import Field, Part

AUTO = "auto"
FILE_MAX = 1 << 20
"""Bytes of a file that are read."""
PER_LINE = 32

DESCRIPTION = """\
Show what the bytes of a frame say: each field with its offset, its size and its value, for a frame of the
cable (with or without its framing), of the air, or any record by its name with --as. What is wrong with a bad
one is said with the place. GIVEN is hex, with or without spaces; or a file that holds hex, a frame a line
("#" begins a comment), or the raw bytes of a cable; or "-" for standard input. --dissector writes the Lua
file that lets Wireshark and tshark read what "pocketmesh capture" writes."""
EXAMPLES = """\
pocketmesh decode 50 20 00000000 0123456789abcdef
pocketmesh decode --as post frame.hex
pocketmesh decode --json 5020000000000123456789abcdef
pocketmesh decode --dissector ~/.local/lib/wireshark/plugins/pocketmesh.lua"""


class Piece(NamedTuple):
    """Something to decode: a frame's bytes, or text between frames (`text` is not empty then)."""

    data: bytes
    text: str = ""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `decode`."""
    parser.add_argument("given", metavar="GIVEN", nargs="*", help='hex, a file, or "-"')
    parser.add_argument(
        "--as",
        dest="layout",
        metavar="LAYOUT",
        default=AUTO,
        help="what it is: link, air, profile, post, ...",
    )
    parser.add_argument("--dissector", metavar="FILE", help="write the dissector for Wireshark")
    parser.add_argument("--json", action="store_true", help="a JSON list of frames")


def run(args: Namespace) -> int:
    """Print what was asked for."""
    if bool(args.dissector) == bool(args.given):
        raise UsageError(
            "Give the bytes of a frame, or --dissector and a file. Try: pocketmesh decode --help"
        )
    if args.dissector:
        write_dissector(args.dissector)
        return 0
    pieces = list(_pieces(args.given))
    if not pieces:
        raise UsageError("There is nothing to decode in that.")
    decoded = [_decoded(piece, args.layout) for piece in pieces]
    if args.json:
        show.as_json([_as_json(piece, parts) for piece, parts in decoded])
    else:
        show.out("\n\n".join(_as_text(piece, parts) for piece, parts in decoded))
    return 0


def write_dissector(path: str) -> None:
    """Write the shipped dissector to this path."""
    from pathlib import Path

    from handheld import wire

    try:
        Path(path).write_bytes((Path(str(wire.__file__)).parent / "pocketmesh.lua").read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from None
    show.out(f"Written: {path}\nWireshark finds it there at its next start, or: tshark -X lua_script:{path}")


def _pieces(given: list[str]) -> Iterator[Piece]:
    """What there is to decode, in its order."""
    if given == ["-"]:
        yield from _in_file(_read(0))
    elif len(given) == 1 and os.path.exists(given[0]):  # noqa: PTH110 - pathlib is slow to load
        yield from _in_file(_read(given[0]))
    else:
        yield _of_hex(" ".join(given))


def _read(path: str | int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(FILE_MAX)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None


def _in_file(content: bytes) -> Iterator[Piece]:
    from handheld.link.framing import FRAME, NONE, Deframer, Loops
    from handheld.text import clean_line
    from handheld.wire.constants import LINK_FRAME_MAX

    if b"\0" not in content and content.isascii():
        for written in content.decode("ascii").splitlines():
            if bare := written.partition("#")[0].strip():
                yield _of_hex(bare)
        return
    if b"\0" not in content:
        yield Piece(content)
        return
    deframer = Deframer(Loops, LINK_FRAME_MAX)
    deframer.feed(content, len(content))
    while (found := deframer.next() or deframer.flush()) != NONE:
        if found == FRAME:
            yield Piece(bytes(deframer.frame[: deframer.length]))
        else:
            text = bytes(deframer.text[: deframer.length])
            yield Piece(text, clean_line(text) or "(no text)")


def _of_hex(written: str) -> Piece:
    from handheld.link.framing import CRC, FRAME, Deframer, Loops
    from handheld.wire.constants import LINK_FRAME_MAX

    digits = re.sub(r"0x|[\s:,]", "", written)
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise UsageError(f"{show.fit(written, 40)!r} is no hex, and no file of that name is there.") from None
    if data[:1] == b"\0" and data[-1:] == b"\0" and len(data) > CRC:
        deframer = Deframer(Loops, LINK_FRAME_MAX)
        deframer.feed(data, len(data))
        if deframer.next() == FRAME:
            return Piece(bytes(deframer.frame[: deframer.length]))
        raise UsageError("Between the zeros is no frame of the cable: its COBS or its CRC is wrong.")
    return Piece(data)


def _decoded(piece: Piece, layout: str) -> tuple[Piece, list[Part]]:
    from handheld.wire import explain
    from handheld.wire.layout import LAYOUTS

    if piece.text:
        return piece, []
    names = {"link": explain.LINK, explain.AIR: explain.AIR, AUTO: explain.guess(piece.data)}
    name = names.get(layout, layout)
    if not name:
        could = ", ".join(explain.fitting(piece.data)) or "none"
        raise UsageError(
            f"These {len(piece.data)} bytes begin like no frame of the air or the cable. Records that "
            f"would take them: {could}. Name one with --as."
        )
    if name != explain.AIR and name not in LAYOUTS:
        raise UsageError(f"There is no layout {layout!r}. There are: link, air, {', '.join(LAYOUTS)}")
    return piece, explain.explain(piece.data, name)


def _as_json(piece: Piece, parts: list[Part]) -> dict[str, Any]:
    return {
        "hex": piece.data.hex(),
        "text": piece.text,
        "parts": [
            {
                "layout": part.layout,
                "offset": part.offset,
                "size": part.size,
                "fault": part.fault,
                "fault_at": part.fault_at if part.fault else None,
                "fields": [
                    {
                        "name": field.name,
                        "offset": field.offset,
                        "size": field.size,
                        "value": field.value.hex() if isinstance(field.value, bytes) else field.value,
                        "note": field.note,
                    }
                    for field in part.fields
                ],
            }
            for part in parts
        ],
    }


def _as_text(piece: Piece, parts: list[Part]) -> str:
    if piece.text:
        return f"text, {len(piece.data)} bytes: {piece.text}"
    blocks = []
    for part in parts:
        rows = [row for field in part.fields for row in _rows(field)]
        lines = [f"{part.layout}, {show.count(part.size, 'byte')} at {part.offset}"]
        lines += show.table(rows, right={1, 2}).splitlines() if rows else []
        if part.fault:
            lines.append(f"  WRONG at {part.fault_at}: {part.fault}")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def _rows(field: Field) -> Iterator[tuple[str, ...]]:
    at, size = str(field.offset), str(field.size)
    if isinstance(field.value, int):
        yield "", at, size, field.name, f"{field.value}  {field.note}".rstrip()
        return
    pieces = [field.value[start : start + PER_LINE].hex() for start in range(0, field.size, PER_LINE)] or [
        "(nothing)"
    ]
    if field.name in {"air", "body"}:
        # What it holds follows, field by field.
        pieces = pieces[:1] if len(pieces) == 1 else [f"{pieces[0]}..."]
    yield "", at, size, field.name, pieces[0]
    for more in pieces[1:]:
        yield "", "", "", "", more
    if field.note:
        yield "", "", "", "", field.note
