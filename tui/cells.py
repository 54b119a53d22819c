"""Text in the cells of a terminal: how wide it is, cut to fit, wrapped into lines. Pure.

What others wrote is cleaned once more here, at the edge; what takes no cell of its own never stands alone.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from rich.cells import get_character_cell_size

from handheld.text import clean_line, clean_message

Span = tuple[str, str]
"""Text and the name of its look: see `looks.LOOKS`."""

Line = tuple[Span, ...]

CUT = ".."
"""Shows that something was cut off. ASCII: few console fonts have the ellipsis."""

# Variation selectors make some terminals draw a character wider than others do.
_VARIATIONS = {code: None for block in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in block}

_WORD = re.compile(r" *[^ ]+| +")


def safe(text: str) -> str:
    """One line that others wrote, as it may be drawn."""
    return text if text.isascii() and text.isprintable() else clean_line(text.translate(_VARIATIONS))


def safe_lines(text: str) -> list[str]:
    """A text of several lines that others wrote, as it may be drawn."""
    if text.isascii() and text.isprintable():
        return [text]
    return clean_message(text.translate(_VARIATIONS)).split("\n")


@lru_cache(2048)
def clusters(text: str) -> tuple[tuple[str, int], ...]:
    """(what shares a place, its cells) from left to right; marks go with the character before them."""
    if text.isascii():
        return tuple((character, 1) for character in text if character.isprintable())
    found: list[tuple[str, int]] = []
    for character in text:
        size = get_character_cell_size(character)
        if size:
            found.append((character, size))
        elif found and character.isprintable():
            found[-1] = (found[-1][0] + character, found[-1][1])
    return tuple(found)


def width(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else sum(size for _, size in clusters(text))


def fit(text: str, limit: int) -> str:
    """The text in at most `limit` cells; a cut is shown where there is room for it."""
    if width(text) <= limit:
        return text
    room = limit - len(CUT)
    if room < 1:
        return _head(text, limit)
    return _head(text, room) + CUT


def pad(text: str, size: int, *, right: bool = False) -> str:
    """The text in exactly `size` cells, on the left or the right."""
    used = width(text)
    if used > size:
        text = fit(text, size)
        used = width(text)
    gap = " " * (size - used)
    return gap + text if right else text + gap


def _head(text: str, limit: int) -> str:
    kept, used = [], 0
    for cluster, size in clusters(text):
        if used + size > limit:
            break
        kept.append(cluster)
        used += size
    return "".join(kept)


def wrap(text: str, limit: int, first: int | None = None) -> list[str]:
    """The text in lines of at most `limit` cells, broken between words; the first one has `first` cells."""
    limit = max(limit, 2)  # a wide character has to fit
    text = "".join(cluster for cluster, _ in clusters(text))
    lines: list[str] = []
    line, room = "", limit if first is None else first
    for word in _WORD.findall(text):
        used = width(word)
        if used <= room:
            line += word
            room -= used
            continue
        bare = word.lstrip(" ")
        if line or width(bare) <= limit:
            lines.append(line)
            line, room = "", limit
        while width(bare) > room:
            head = _head(bare, room)
            lines.append(head)
            bare, room = bare[len(head) :], limit
        line, room = line + bare, room - width(bare)
    lines.append(line)
    return lines


def line_width(line: Iterable[Span]) -> int:
    """Cells that the spans of a line take."""
    return sum(width(text) for text, _ in line)


def between(left: Line, right: Line, size: int, look: str = "") -> Line:
    """One line of `size` cells with something at both ends; the left gives way first."""
    kept, room = _cut(right, size)
    begun, room = _cut(left, room)
    return (*begun, (" " * room, look), *kept)


def _cut(line: Line, room: int) -> tuple[list[Span], int]:
    """The spans in `room` cells, and how many of those are left."""
    spans: list[Span] = []
    for text, look in line:
        shown = fit(text, room)
        room -= width(shown)
        spans.append((shown, look))
    return spans, room


def filled(line: Line, size: int, look: str = "") -> Line:
    """The line in exactly `size` cells."""
    return between(line, (), size, look)


def plain(line: Line) -> str:
    """What a line says."""
    return "".join(text for text, _ in line)
