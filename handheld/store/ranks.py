"""How much the author of each message counts: what has to go first, and what is not listed."""

import sqlite3

from handheld.store.sealed import hide, show, taken_away

REST, HIDDEN = 4, 5
"""Ranks of rows: of anybody, and of somebody blocked, whose rows are kept and not listed."""


def change(connection: sqlite3.Connection, key: bytes, rank: int) -> None:
    """How much the holder of this key counts from now on: what he wrote, and what was written to him."""
    named = {"key": hide(connection, key), "rank": rank}
    for whose in ("author", "peer"):
        connection.execute(
            f"UPDATE messages SET rank = :rank WHERE {whose} = :key AND rank != :rank",  # noqa: S608 - our own words
            named,
        )


def make_room(connection: sqlite3.Connection, message: int | None, most: int) -> int | None:
    """Keep at most so many public posts of others: `message`, which was just stored, unless it had to go.

    The worst rank goes first, and of one rank those stored longest ago.
    """
    others = "FROM messages WHERE own = 0 AND peer = x''"
    (held,) = connection.execute(f"SELECT count(*) {others}").fetchone()
    if held <= most:
        return message
    worst = connection.execute(
        f"SELECT id, author, seq {others} ORDER BY rank DESC, id LIMIT ?", (held - most,)
    ).fetchall()
    for number, author, seq in worst:
        connection.execute("DELETE FROM messages WHERE id = ?", (number,))
        taken_away(connection, show(connection, author), seq)
    return None if message in {number for number, _, _ in worst} else message
