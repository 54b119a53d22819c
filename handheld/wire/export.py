"""`python -m handheld.wire.export [--check]`: what is derived from the declarations of the wire.

Writes the radio's tables and its copies of the shared sources into firmware/lib/, and the tables inside
PROTOCOL.md. With --check nothing is written: exit code 1 and a line for each file that is not up to date.
"""

import re
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from struct import calcsize

from handheld.errors import LocalError
from handheld.wire import constants
from handheld.wire.layout import Layout
from handheld.wire.schema import CONSTANTS, layouts, radio_layouts, radio_row, row, schema

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("framing.py", "window.py")
"""Sources of handheld/link/ that the radio runs as they are."""

_MARK = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_NUMBERS: tuple[type[IntEnum], ...] = (
    constants.AirKind,
    constants.AirMode,
    constants.AirFlag,
    constants.PostType,
    constants.ProfileFlag,
    constants.LetterKind,
    constants.LinkKind,
    constants.RadioKind,
    constants.SentResult,
)

_LIMITS = (
    "PROTOCOL_VERSION",
    "AIR_VERSION",
    "AIR_FRAME_MAX",
    "PLAIN_HEADER",
    "PATH_HEADER",
    "PATH_NAMES",
    "MAC_LENGTH",
    "ID_LENGTH",
    "PUBLIC_START_TTL",
    "PRIVATE_START_TTLS",
    "NICKNAME_MAX",
    "POST_TEXT_MAX",
    "SEALED_SIZES",
    "FIRST_CONTACT_SIZES",
    "LINK_NUMBERED",
    "LINK_FRAME_MAX",
)


def wire_tables() -> str:
    """The text of firmware/lib/wire_tables.py; LocalError where a radio could not read a layout."""
    lines = [
        _banner("handheld/wire/"),
        '"""Numbers and layouts of the cable and the air."""\n',
        "from micropython import const\n",
        "# The four bytes by which host and radio know that they agree on all of this.",
        f"SCHEMA = {schema()!r}\n",
    ]
    lines += [f"{name} = {_constant(value)}" for name, value in CONSTANTS.items()]
    lines += [
        "",
        "# name: (format, names, name of the variable field, its least and most bytes, and what follows it)",
        "LAYOUTS = {",
    ]
    lines += [f"    {name!r}: {tuple(radio_row(layout))!r}," for name, layout in radio_layouts().items()]
    return "\n".join([*lines, "}\n"])


def protocol(text: str) -> str:
    """PROTOCOL.md with its tables made anew; LocalError if a table is missing or is not one of ours."""
    tables = _tables()
    missing = set(tables) - {name for _, name, _ in _MARK.findall(text)}
    if missing:
        raise LocalError(f"PROTOCOL.md has no table for: {', '.join(sorted(missing))}")

    def fill(mark: re.Match[str]) -> str:
        opening, name, closing = mark.groups()
        if name not in tables:
            raise LocalError(f"PROTOCOL.md asks for a table that does not exist: {name}")
        return f"{opening}{tables[name]}{closing}"

    return _MARK.sub(fill, text)


def outputs(root: Path) -> dict[Path, str]:
    """Every derived file below the checkout `root`, with the text it ought to have."""
    shared = {
        root / "firmware" / "lib" / name: _banner(f"handheld/link/{name}")
        + (root / "handheld" / "link" / name).read_text(encoding="utf-8")
        for name in SHARED
    }
    book = root / "PROTOCOL.md"
    return {
        root / "firmware" / "lib" / "wire_tables.py": wire_tables(),
        **shared,
        book: protocol(book.read_text(encoding="utf-8")),
    }


def stale(root: Path) -> dict[Path, str]:
    """The derived files that are missing or say something else, with the text they ought to have."""
    return {
        path: text
        for path, text in outputs(root).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write what is stale, or with --check only name it; returns the exit code."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m handheld.wire.export [--check]\n")
        return 2
    check = bool(arguments)
    old = stale(root)
    for path, text in old.items():
        name = path.relative_to(root)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        verdict = "is stale: run python -m handheld.wire.export" if check else "written"
        sys.stdout.write(f"{name} {verdict}\n")
    return 1 if check and old else 0


def _banner(source: str) -> str:
    return f"# GENERATED from {source} by python -m handheld.wire.export: change that, not this.\n"


def _constant(value: int | bytes) -> str:
    # Only numbers can be folded into the code by `const`.
    return f"const({value})" if isinstance(value, int) else repr(value)


def _tables() -> dict[str, str]:
    made = {f"layout {name}": _layout_table(layout) for name, layout in layouts().items()}
    made.update({f"numbers {numbers.__name__}": _number_table(numbers) for numbers in _NUMBERS})
    made["limits"] = _limit_table()
    return made


def _layout_table(layout: Layout) -> str:
    cells = row(layout)
    head = _fields(cells.head_format, cells.head_names)
    trailer = _fields(cells.trailer_format, cells.trailer_names)
    lines = ["| offset | bytes | field | type |", "|---|---|---|---|"]
    offset = 0
    for name, size, kind in head:
        lines.append(f"| {offset} | {size} | {name} | {kind} |")
        offset += size
    if cells.tail:
        lines.append(f"| {offset} | {cells.tail_min} to {cells.tail_max} | {cells.tail} | bytes |")
    # What follows the variable field has a fixed place only as seen from the end.
    offset = -sum(size for _, size, _ in trailer)
    for name, size, kind in trailer:
        lines.append(f"| {offset} | {size} | {name} | {kind} |")
        offset += size
    return "\n".join(lines) + "\n"


def _fields(form: str, names: tuple[str, ...]) -> list[tuple[str, int, str]]:
    letters = re.findall(r"\d*[A-Za-z]", form)
    return [
        (name, calcsize(f">{letter}"), _type(letter)) for name, letter in zip(names, letters, strict=True)
    ]


def _type(letter: str) -> str:
    if letter.endswith("s"):
        return "bytes"
    return "signed" if letter.islower() else "unsigned"


def _number_table(numbers: type[IntEnum]) -> str:
    lines = ["| number | name |", "|---|---|", *(f"| {item.value} | {item.name} |" for item in numbers)]
    return "\n".join(lines) + "\n"


def _limit_table() -> str:
    lines = ["| name | value |", "|---|---|"]
    for name in _LIMITS:
        value = getattr(constants, name)
        lines.append(f"| {name} | {', '.join(map(str, value)) if isinstance(value, tuple) else value} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
