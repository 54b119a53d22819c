"""Public posts, own ones and others'."""

import sqlite3
from typing import NamedTuple

from handheld.commands import READ_LIMIT
from handheld.store import meta

OTHERS_MAX = 2_000
"""Rows of other people's posts; those stored longest ago go first. Own posts are never dropped."""

LAMPORT_LEAP = 1 << 16
"""How far one post of a peer moves the clock, as in the running node."""

_LAST_ID = (1 << 63) - 1


class PostRow(NamedTuple):
    """One post; fields as in schema/0001_first.sql. `id` is given by `add`."""

    author: bytes
    seq: int
    lamport: int
    board: str
    text: bytes
    raw: bytes
    own: bool
    hops: int | None
    rssi: int | None
    at: int | None
    id: int = 0


_COLUMNS = ", ".join(PostRow._fields)


def add(connection: sqlite3.Connection, row: PostRow) -> int | None:
    """Store a post and return its id, greater than any before; None when (author, seq) is stored already.

    An own post takes its numbers for ever: `own_seq` never falls, whatever becomes of the row. It waits
    for the air until `mark_aired`.
    """
    cursor = connection.execute(
        "INSERT INTO posts (author, seq, lamport, board, text, raw, own, hops, rssi, at, aired)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (author, seq) DO NOTHING",
        (*row[:-1], not row.own),
    )
    if cursor.rowcount == 0:
        return None
    if row.own:
        meta.raise_to(connection, meta.OWN_SEQ, row.seq)
        meta.raise_to(connection, meta.OWN_LAMPORT, row.lamport)
    else:
        _forget_others(connection)
    return cursor.lastrowid


def mark_aired(connection: sqlite3.Connection, post: int) -> None:
    """The own post with this id went on the air."""
    connection.execute("UPDATE posts SET aired = 1 WHERE id = ?", (post,))


def unaired(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    """Own posts that were saved and never went on the air: id and raw, the oldest first."""
    return connection.execute("SELECT id, raw FROM posts WHERE aired = 0 ORDER BY id").fetchall()


def page(connection: sqlite3.Connection, board: str, before: int, limit: int) -> list[PostRow]:
    """The newest posts of a board, or of all boards (""), oldest first; at most READ_LIMIT.

    `before`: only smaller ids; 0: from the newest. Both numbers may be anything.
    """
    last = before if 0 < before < _LAST_ID else _LAST_ID
    only, values = ("board = ? AND ", (board,)) if board else ("", ())
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM posts WHERE {only}id < ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - our own words
        (*values, last, max(0, min(limit, READ_LIMIT))),
    ).fetchall()
    return [PostRow(*row)._replace(own=bool(row[6])) for row in reversed(rows)]


def last_seq(connection: sqlite3.Connection, author: bytes) -> int | None:
    """The highest sequence number held of an author; None if no post of his is."""
    return _number(connection, "SELECT max(seq) FROM posts WHERE author = ?", author)


def own_seq(connection: sqlite3.Connection) -> int:
    """The highest sequence number ever given to an own post; 0 before the first."""
    return meta.get(connection, meta.OWN_SEQ)


def max_lamport(connection: sqlite3.Connection, leap: int = LAMPORT_LEAP) -> int:
    """The Lamport clock after all that is held, never below an own post's; 0 before the first post.

    A peer's post moves it by `leap` at the most: one lie must not use the 32 bits up at the next start.
    """
    clock = meta.get(connection, meta.OWN_LAMPORT)
    for (heard,) in connection.execute("SELECT lamport FROM posts WHERE own = 0 ORDER BY id"):
        clock = max(clock, min(heard, clock + leap))
    return clock


def count(connection: sqlite3.Connection) -> int:
    """Posts that are stored."""
    return _number(connection, "SELECT count(*) FROM posts") or 0


def _number(connection: sqlite3.Connection, query: str, *values: bytes) -> int | None:
    found: int | None = connection.execute(query, values).fetchone()[0]
    return found


def _forget_others(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM posts WHERE own = 0 AND id <="
        " (SELECT id FROM posts WHERE own = 0 ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (OTHERS_MAX,),
    )
