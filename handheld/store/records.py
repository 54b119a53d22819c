"""What may be carried on: records as they were signed, page by page."""

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from handheld.crypto.vault import OVERHEAD
from handheld.store import messages, sealed
from handheld.store.ranks import HIDDEN
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind

PAGE = 100
"""Records in one page."""

_NOT_TYPED = b"~"
"""What the name of a board begins with that nobody can type, and that everybody knows."""


_Rows = tuple[list[tuple[bytes, int, int | None]], str]


class Page(NamedTuple):
    """Records as (byte 0 and body, age in seconds when it came, the odometer then).

    `after`: where to go on, "" at the end.
    """

    rows: list[tuple[bytes, int, int | None]]
    after: str


def page(connection: sqlite3.Connection, after: str) -> Page:
    """The records that follow those of the page that said `after`; "": from the first.

    Profiles come first, names of boards, then posts: whoever takes them in this order can check each by what
    came before it.
    ValueError if no page ever said that.
    """
    part, _, last = (after or "people:").partition(":")
    if part not in _PARTS:
        raise ValueError(part)
    read, following = _PARTS[part]
    rows, place = read(connection, last)
    # What was deleted has a row and no record.
    return Page(
        [row for row in rows if row[0]], f"{part}:{place}" if place and len(rows) == PAGE else following
    )


def _people(connection: sqlite3.Connection, last: str) -> _Rows:
    rows = connection.execute(
        "SELECT key, profile FROM people WHERE key > ? ORDER BY key LIMIT ?", (bytes.fromhex(last), PAGE)
    ).fetchall()
    opened = [sealed.opened(connection, "people", {"key": key, "profile": raw}) for key, raw in rows]
    # A profile is as good as its epoch, however old.
    return [(row["profile"], 0, None) for row in opened], rows[-1][0].hex() if rows else ""


def _boards(connection: sqlite3.Connection, _last: str) -> _Rows:
    """The names of the boards that posts are on: with them even those who do not follow one can check.

    All know the one of published lists.
    """
    kind = bytes([first_byte(AirKind.BOARD)])
    rows = connection.execute(
        "SELECT DISTINCT board FROM messages WHERE peer = x'' AND length(raw) > ? AND rank < ?",
        (OVERHEAD, HIDDEN),
    )
    names = [sealed.show(connection, name) for (name,) in rows.fetchall()]
    return [(kind + name, 0, None) for name in names if not name.startswith(_NOT_TYPED)], ""


def _posts(connection: sqlite3.Connection, last: str) -> _Rows:
    rows = messages.public_after(connection, int(last), PAGE)
    # What somebody blocked wrote is carried no further.
    found = [(row.raw if row.rank < HIDDEN else b"", row.age, row.powered) for row in rows]
    return found, str(rows[-1].id) if rows else ""


_PARTS: dict[str, tuple[Callable[[sqlite3.Connection, str], _Rows], str]] = {
    "people": (_people, "boards:"),
    "boards": (_boards, "posts:0"),
    "posts": (_posts, ""),
}
"""How each part is read, and where to go on after it."""
