"""Numbers that outlive the rows they count."""

import sqlite3

OWN_SEQ = "own_seq"
"""The highest sequence number ever given to an own post; none is ever given twice."""

OWN_LAMPORT = "own_lamport"
"""The highest Lamport time ever given to an own post."""

LETTER_FLOOR = "letter_floor"
"""No private message to anybody is given this number or a smaller one: what was lost may have used them."""

ODOMETER = "odometer"
"""Seconds that this device has been running in all."""

LETTER_SEQ = "letter_seq "
"""With a full key in hex behind it: the highest number ever given to a private message to that person."""

ROOM_SEQ = "room_seq "
"""With a room's number in hex behind it: the highest sequence number ever given to an own post in it."""

SEEN = "seen "
"""With "#" and a board, or the number of a room or the key of a person in hex: the last id that was read."""


def under(connection: sqlite3.Connection, prefix: str) -> list[tuple[str, int]]:
    """All numbers whose key begins so: what follows the prefix, and the number."""
    rows = connection.execute(
        "SELECT substr(key, ?), value FROM meta WHERE key >= ? AND key < ? ORDER BY key",
        (len(prefix) + 1, prefix, prefix + "\U0010ffff"),
    )
    return rows.fetchall()


def get(connection: sqlite3.Connection, key: str) -> int:
    """The number kept under `key`; 0 if there is none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def has(connection: sqlite3.Connection, key: str) -> bool:
    """Whether anything, be it 0, is kept under `key`."""
    return connection.execute("SELECT 1 FROM meta WHERE key = ?", (key,)).fetchone() is not None


def raise_to(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Keep `value` under `key` unless what is there is greater."""
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)",
        (key, value),
    )
