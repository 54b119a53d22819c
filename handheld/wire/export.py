"""`python -m handheld.wire.export [--check]`: what is derived from the declarations of the wire.

Writes the radio's tables and its copies of the shared sources into firmware/lib/, the tables and examples
inside PROTOCOL.md, and the dissector for Wireshark. With --check nothing is written: a line for each file
that is not up to date.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from handheld.wire import book, meanings
from handheld.wire.constants import AirKind, AirMode
from handheld.wire.dissector import dissector
from handheld.wire.schema import CONSTANTS, radio_layouts, radio_row, row, schema

ROOT = Path(__file__).resolve().parents[2]

SHARED = ("framing.py", "window.py")
"""Sources of handheld/link/ that the radio runs as they are."""

VECTORS = (
    "link.json",
    "air.json",
    "records.json",
    "rooms.json",
    "meeting.json",
    "notices.json",
    "files.json",
    "lan.json",
    "stick.json",
    "sync.json",
    "follows.json",
    "letters.json",
    "notices.json",
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


def wire_kinds() -> str:
    """The text of firmware/lib/wire_kinds.py, which only the radio's printer loads."""
    lines = [
        _banner("handheld/wire/"),
        '"""What the bodies of air frames hold, for the printer: the radio itself never reads them."""\n',
        f"MODES = {tuple(mode.name for mode in AirMode)!r}",
        f"TEXTS = {tuple(sorted(meanings.TEXTS))!r}",
        "",
        "# kind: (name, layouts of the body), a layout: as in wire_tables, then names of numbers by field",
        "KINDS = {",
    ]
    for kind in AirKind:
        rows = [(*row(body), _called(body.name)) for body in meanings.air_bodies(kind)]
        lines.append(f"    {kind.value}: {(kind.name, tuple(rows))!r},")
    return "\n".join([*lines, "}\n"])


def _called(layout: str) -> dict[str, dict[int, str]]:
    return {
        field: {item.value: item.name for item in numbers}
        for (name, field), numbers in meanings.NUMBERS.items()
        if name == layout
    }


def stale(root: Path) -> dict[Path, str]:
    """The derived files of the checkout `root` that are missing or old, with the text they ought to have."""
    return {path: text for path, text in _outputs(root).items() if not path.is_file() or _read(path) != text}


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write what is stale, or with --check only name it; returns the exit code."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m handheld.wire.export [--check]\n")
        return 2
    check = bool(arguments)
    old = stale(root)
    for path, text in old.items():
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        verdict = "is stale: run python -m handheld.wire.export" if check else "written"
        sys.stdout.write(f"{path.relative_to(root)} {verdict}\n")
    return 1 if check and old else 0


def _outputs(root: Path) -> dict[Path, str]:
    lib, link, protocol = root / "firmware" / "lib", root / "handheld" / "link", root / "PROTOCOL.md"
    vectors = [json.loads(_read(root / "tests" / "vectors" / name))["cases"] for name in VECTORS]
    cases = {case["id"]: case for file in vectors for case in file}
    return {
        lib / "wire_tables.py": wire_tables(),
        lib / "wire_kinds.py": wire_kinds(),
        **{lib / name: _banner(f"handheld/link/{name}") + _read(link / name) for name in SHARED},
        root / "handheld" / "wire" / "pocketmesh.lua": dissector(),
        protocol: book.fill(_read(protocol), cases),
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _banner(source: str) -> str:
    return f"# GENERATED from {source} by python -m handheld.wire.export: change that, not this.\n"


def _constant(value: int | bytes) -> str:
    # Only numbers can be folded into the code by `const`.
    return f"const({value})" if isinstance(value, int) else repr(value)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
