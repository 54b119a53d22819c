"""Files: what is known of each, and as many of its symbols as came. All of it lies in the database.

So a symbol is safe when its commit is, a name that somebody gave his file never meets a file system, and
what is forgotten goes with its rows.
"""

import sqlite3
from typing import NamedTuple

from handheld.store import sealed
from handheld.store.sealed import hide

PAYLOAD = -1
"""The number under which the whole payload stands instead of its symbols."""


class FileRow(NamedTuple):
    """One file, and how many symbols of it are `held`. `peer` as in messages.

    `content`: the post (byte 0 and body), or the file's key and manifest. `born`: the reading of the odometer
    at which its age was 0, which may be before the first. `agreed`: it may take slow air, however large.
    """

    tag: bytes
    author: bytes
    peer: bytes
    board: str
    content: bytes
    own: bool
    wanted: bool
    pinned: bool
    whole: bool
    size: int
    born: int
    agreed: bool
    held: int = 0


_COLUMNS = FileRow._fields[:-1]
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "tag")


def save(connection: sqlite3.Connection, row: FileRow) -> None:
    """Keep what is known of a file as it is now."""
    plain = {**row._asdict(), "board": row.board.encode()}
    names = ", ".join(_COLUMNS)
    places = ", ".join(f":{name}" for name in _COLUMNS)
    connection.execute(
        f"INSERT INTO files ({names}) VALUES ({places}) ON CONFLICT (tag) DO UPDATE SET {_UPDATES}",  # noqa: S608
        sealed.closed(connection, "files", plain),
    )


def add(
    connection: sqlite3.Connection, tag: bytes, symbols: tuple[tuple[int, bytes], ...], *, instead: bool
) -> None:
    """Keep symbols of a file that is known; `instead`: of all those that were kept before."""
    if instead:
        connection.execute("DELETE FROM symbols WHERE tag = ?", (hide(connection, tag),))
    for number, data in symbols:
        row = sealed.closed(connection, "symbols", {"tag": tag, "number": number, "data": data})
        connection.execute(
            "INSERT INTO symbols (tag, number, data) SELECT :tag, :number, :data"
            " WHERE EXISTS (SELECT 1 FROM files WHERE tag = :tag) ON CONFLICT DO NOTHING",
            row,
        )


def load(connection: sqlite3.Connection, tag: bytes) -> list[tuple[int, bytes]]:
    """What is kept of a file, by number; PAYLOAD for all of it."""
    found = connection.execute(
        "SELECT tag, number, data FROM symbols WHERE tag = ? ORDER BY number", (hide(connection, tag),)
    )
    rows = (
        sealed.opened(connection, "symbols", {"tag": name, "number": number, "data": data})
        for name, number, data in found
    )
    return [(row["number"], row["data"]) for row in rows]


def forget(connection: sqlite3.Connection, tag: bytes) -> None:
    """Take a file away with all that came of it."""
    hidden = hide(connection, tag)
    connection.execute("DELETE FROM symbols WHERE tag = ?", (hidden,))
    connection.execute("DELETE FROM files WHERE tag = ?", (hidden,))


def all(connection: sqlite3.Connection) -> list[FileRow]:  # noqa: A001 - read as files.all
    """Every file, the one first heard of at the front."""
    found = connection.execute(
        f"SELECT {', '.join(_COLUMNS)},"  # noqa: S608 - our own names
        " (SELECT count(*) FROM symbols WHERE symbols.tag = files.tag) FROM files ORDER BY id"
    ).fetchall()
    return [_row(connection, cells) for cells in found]


def _row(connection: sqlite3.Connection, cells: tuple[object, ...]) -> FileRow:
    row = sealed.opened(connection, "files", dict(zip(_COLUMNS, cells, strict=False)))
    flags = {name: bool(row[name]) for name in ("own", "wanted", "pinned", "whole", "agreed")}
    row.update(flags, board=sealed.text(row["board"]), held=cells[-1])
    return FileRow(**row)
