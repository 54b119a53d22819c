"""Plain text for screens of 40 columns and more, and JSON: what every verb prints goes through here."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence

from handheld.errors import UserError
from handheld.text import ago, cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COLUMNS = "POCKETMESH_COLUMNS"

NAME_MIN = 6
"""Columns that are left to a name, whatever stands beside it."""


def out(text: str) -> None:
    """One or more lines on standard output. UserError if they cannot be written."""
    try:
        print(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise cannot_write(error) from None


def as_json(value: object) -> None:
    """One JSON document, for people and programs."""
    out(json.dumps(value, indent=2, ensure_ascii=False))


def as_json_line(value: object) -> None:
    """One JSON object on one line, seen at once by whoever reads the pipe."""
    out(json.dumps(value, ensure_ascii=False))
    flush()


def flush() -> None:
    """Hand over what was printed. UserError if it cannot be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise cannot_write(error) from None


def cannot_write(error: OSError) -> UserError:
    """The sentence for an output that takes no more."""
    return UserError(f"The output cannot be written: {error.strerror}.")


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = (), flexible: int | None = None) -> str:
    """Aligned columns, those in `right` to the right; `flexible` gives way to a narrow screen."""
    widths = [max(cells(cell) for cell in column) for column in zip(*rows, strict=True)]
    if flexible is not None and (screen := columns()) is not None:
        others = sum(widths) - widths[flexible] + 2 * (len(widths) - 1)
        widths[flexible] = min(widths[flexible], max(8, screen - others))
    return "\n".join(
        "  ".join(
            pad(fit(cell, widths[column]), widths[column], column in right) for column, cell in enumerate(row)
        ).rstrip()
        for row in rows
    )


def on_terminal() -> bool:
    """Whether a screen can be shown: a terminal to read from and to draw on."""
    return has_person() and os.environ.get("TERM") != "dumb"


def has_person() -> bool:
    """Whether somebody is at a terminal, if only at one that shows line after line."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def columns() -> int | None:
    """The width of the screen; None when the output goes elsewhere.

    A screen that shows the output of a command says in the environment how many it has.
    """
    if not sys.stdout.isatty():
        said = os.environ.get(COLUMNS, "")
        return int(said) if said.isascii() and said.isdigit() and said != "0" else None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except OSError:  # it says that it is one, and has no descriptor: that of a screen
        return None


def called(person: Mapping[str, Any], limit: int | None = None) -> str:
    """A Person, or the author of a Message, as he is named, and what stands beside that, in `limit` columns.

    What somebody calls himself stands in quotes. Where there is little room the name is cut, for what stands
    beside it says whose it is.
    """
    name, beside = person["name"], person["beside"]
    if not name:
        name, beside = beside or str(person.get("author", "") or person["key"])[:8], ""
    elif not person["named"]:
        name = f'"{name.replace(chr(34), chr(39))}"'
    if limit is not None:
        name = fit(name, max(NAME_MIN, limit - cells(beside) - 1)) if beside else fit(name, limit)
    whole = f"{name} {beside}".rstrip()
    return whole if limit is None else fit(whole, limit)


def reader(message: Mapping[str, Any]) -> str:
    """Whom a private message is to, or from, besides its author."""
    name, named = message["peer_name"], message["peer_named"]
    return called({"key": message["peer"], "name": name, "named": named, "beside": ""})


def fit(text: str, limit: int) -> str:
    """The text, cut to `limit` columns; a cut is shown."""
    if cells(text) <= limit:
        return text
    while text and cells(text) > limit - 1:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, indent: str) -> list[str]:
    """The text in pieces that fit the screen behind `indent`; one piece when the output goes elsewhere."""
    screen = columns()
    if screen is None:
        return [text]
    limit = max(8, screen - cells(indent))
    pieces = [""]
    for word in text.split():
        for part in _chopped(word, limit):
            joined = f"{pieces[-1]} {part}" if pieces[-1] else part
            if cells(joined) <= limit:
                pieces[-1] = joined
            else:
                pieces.append(part)
    return pieces


def _chopped(word: str, limit: int) -> list[str]:
    parts = [""]
    for letter in word:
        if cells(parts[-1] + letter) > limit:
            parts.append("")
        parts[-1] += letter
    return parts


def pad(text: str, size: int, right: bool = False) -> str:
    """The text in `size` columns, on the left or the right."""
    gap = " " * (size - cells(text))
    return gap + text if right else text + gap


def quoted(text: str) -> str:
    """The text as one word of a command line."""
    return shlex.quote(text)


def past(seconds: int) -> str:
    """How long ago, in words: "4s ago", "now"."""
    return f"{ago(seconds)} ago" if seconds > 0 else "now"


def left(seconds: int) -> str:
    """How long something is still there, rounded: "3 d", "5 h", "20 min"."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        # Two days are clearer as 48 h than as 2 d.
        if seconds >= (2 if unit != "min" else 1) * size - size // 2:
            return f"{(seconds + size // 2) // size} {unit}"
    return "less than a minute"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 hop", "2 hops"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
