"""Only what changed goes to the terminal: cell by cell, against what stands there already. Pure.

A serial line at 115200 baud takes 11 bytes in a millisecond, and Textual would send whole regions anew.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui.cells import clusters

Cell = tuple[str, str]
"""(what stands in it, its attributes as SGR parameters); "" behind a wide character."""

Row = tuple[list[Cell], bool]
"""Its cells, and whether each holds one character that takes one cell."""

BLANK: Cell = (" ", "")

GAP = 5
"""Unchanged cells that cost less to write again than to jump over."""


class Painter:
    """Knows what stands on the terminal."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour
        self._plainly = False
        self._rows: dict[int, Row] = {}
        self._codes: dict[Style | None, str] = {None: ""}
        self._cursor = (-1, -1)
        self.size = (0, 0)

    def plainly(self, plainly: bool) -> None:
        """Whether what is not ASCII is drawn as its base letter, or as "?" in each of its cells."""
        if plainly != self._plainly:
            self._plainly = plainly
            self._rows.clear()

    def forget(self, size: tuple[int, int]) -> None:
        """The terminal has so many columns and rows now, all of them empty."""
        self.size = size
        self._rows.clear()
        self._cursor = (-1, -1)

    def paint(self, rows: Iterable[tuple[int, Iterable[Segment]]], cursor: tuple[int, int]) -> str:
        """What to write so that these rows stand there and the cursor at (column, row)."""
        out = []
        for y, segments in rows:
            row = self._row(segments)
            if (before := self._rows.get(y)) != row:
                out.append(_difference(y, before, row))
                self._rows[y] = row
        changed = "".join(out)
        if not changed and cursor == self._cursor:
            return ""
        self._cursor = cursor
        return f"{changed}\x1b[{cursor[1] + 1};{cursor[0] + 1}H"

    def _row(self, segments: Iterable[Segment]) -> Row:
        row: list[Cell] = []
        simple = True
        for text, style, _ in segments:
            cells, each_one = _cells(text, self._code(style), self._plainly)
            row += cells
            simple = simple and each_one
        return row, simple

    def _code(self, style: Style | None) -> str:
        if (code := self._codes.get(style)) is None:
            drawn = style if self._colour or style is None else style.without_color
            rendered = (drawn or Style()).render("x", color_system=ColorSystem.STANDARD)
            code = self._codes[style] = rendered[2 : rendered.index("m")] if rendered != "x" else ""
        return code


@lru_cache(256)
def _cells(text: str, code: str, plainly: bool) -> Row:
    """Most of what is drawn was drawn before, somewhere."""
    row: list[Cell] = []
    for cluster, size in clusters(text):
        if plainly and not cluster.isascii():
            row += [(_plain(cluster), code)] * size
            continue
        row.append((cluster, code))
        if size > 1:
            row.append(("", code))
    return row, all(len(cell[0]) == 1 for cell in row)


@lru_cache(512)
def _plain(cluster: str) -> str:
    """A Latin letter without its marks; "?" for all else."""
    base = unicodedata.normalize("NFKD", cluster[0])[:1]
    return base if base.isascii() and base.isprintable() else "?"


def _difference(y: int, was: Row | None, will_be: Row) -> str:
    row, simple = will_be
    before, was_simple = was or ([], True)
    if len(before) != len(row):
        return f"\x1b[{y + 1};1H" + _run(row, y, 0)
    if not (simple and was_simple):
        first = next(x for x, (old, new) in enumerate(zip(before, row, strict=True)) if old != new)
        # Half of a wide character cannot be painted over: from the first change to the end.
        while first and (row[first][0] == "" or before[first][0] == ""):
            first -= 1
        return f"\x1b[{y + 1};{first + 1}H" + _run(row[first:], y, first)
    out = []
    for start, end in _changes(before, row):
        out.append(f"\x1b[{y + 1};{start + 1}H" + _run(row[start:end], y, start, whole=end == len(row)))
    return "".join(out)


def _changes(before: list[Cell], row: list[Cell]) -> list[tuple[int, int]]:
    """[start, end) of what has to be written, with small gaps closed."""
    spans: list[tuple[int, int]] = []
    for x, (old, new) in enumerate(zip(before, row, strict=True)):
        if old == new:
            continue
        if spans and x - spans[-1][1] <= GAP:
            spans[-1] = (spans[-1][0], x + 1)
        else:
            spans.append((x, x + 1))
    # A change that leaves nothing up to the end of the row is an erasure.
    if spans and row[spans[-1][1] - 1] == BLANK and all(cell == BLANK for cell in row[spans[-1][1] :]):
        spans[-1] = (spans[-1][0], len(row))
    return spans


def _run(cells: list[Cell], y: int, x: int, *, whole: bool = True) -> str:
    """Cells one after the other; blank ones up to the end of the row are erased instead."""
    used = len(cells)
    while whole and used and cells[used - 1] == BLANK:
        used -= 1
    erased = len(cells) - used > 3
    out = []
    for code, group in groupby(cells[: used if erased else len(cells)], key=lambda cell: cell[1]):
        out.append(f"\x1b[{code}m" if code else "")
        for text, _ in group:
            out.append(text)
            x += 1
            if len(text) > 1 or not text:
                # Terminals do not agree how wide this is: what follows stands in its own cell all the same.
                out.append(f"\x1b[{y + 1};{x + 1}H")
        out.append("\x1b[m" if code else "")
    return "".join(out) + ("\x1b[K" if erased else "")
