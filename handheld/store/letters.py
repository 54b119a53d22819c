"""Letters that are missing, asked for, or seen: by the numbers of each pair."""

import sqlite3
from collections.abc import Iterable

from handheld.store import meta
from handheld.store.messages import DELIVERED, READ
from handheld.store.outgoing import OpenRow, open_rows
from handheld.store.sealed import hide
from handheld.wire.constants import QUIET_LETTERS

GAP_MAX = 4_096
"""More numbers than this are no gap: a device that was restored leaves out 65,536."""

FIRST_MAX = 64
"""Who begins with a greater number is known to us since later."""

GAPS_MAX = 20

_TOLD = f"kind NOT IN ({', '.join(map(str, map(int, QUIET_LETTERS)))})"


def missing(connection: sqlite3.Connection, writer: bytes, most: int = GAPS_MAX) -> list[tuple[int, int]]:
    """First and last numbers of this person's letters to us that are not here, the newest first."""
    hidden = hide(connection, writer)
    rows = connection.execute(
        "SELECT before + 1, seq - 1 FROM (SELECT seq, coalesce(lag(seq) OVER (ORDER BY seq),"
        " iif(seq <= ?, 0, seq - 1)) AS before FROM messages WHERE author = ? AND peer = ?)"
        " WHERE seq - before BETWEEN 2 AND ? ORDER BY seq DESC LIMIT ?",
        (FIRST_MAX, hidden, hidden, GAP_MAX, most),
    )
    return [(first, last) for first, last in rows]


def again(
    connection: sqlite3.Connection, reader: bytes, numbers: Iterable[tuple[int, int]], most: int
) -> list[OpenRow]:
    """Own letters to this reader under these numbers, the oldest of each range first, at most so many."""
    found: list[OpenRow] = []
    for first, last in numbers:
        left = most - len(found)
        which = f"own = 1 AND peer = ? AND seq BETWEEN ? AND ? AND {_TOLD} ORDER BY seq LIMIT {left}"
        found += open_rows(connection, which, hide(connection, reader), first, last)
    return found


def seen_by(connection: sqlite3.Connection, reader: bytes, upto: int) -> list[int]:
    """This reader has seen our letters up to this number, as far as he has them: the ids of those."""
    rows = connection.execute(
        "UPDATE messages SET state = ? WHERE own = 1 AND peer = ? AND seq <= ? AND state = ? RETURNING id",
        (READ, hide(connection, reader), upto, DELIVERED),
    )
    return sorted(number for (number,) in rows.fetchall())


def newly_read(connection: sqlite3.Connection, writer: bytes, message: int) -> int | None:
    """The greatest number of this writer's letters up to this message's id; None if it was told before."""
    hidden = hide(connection, writer)
    (upto,) = connection.execute(
        f"SELECT max(seq) FROM messages WHERE author = ? AND peer = ? AND id <= ? AND {_TOLD}",  # noqa: S608
        (hidden, hidden, message),
    ).fetchone()
    if upto is None or upto <= meta.get(connection, meta.READ_TOLD, writer):
        return None
    meta.raise_to(connection, meta.READ_TOLD, upto, writer)
    return int(upto)
