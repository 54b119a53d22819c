"""Numbers that outlive the rows they count."""

import sqlite3

from handheld.store.sealed import hide, show

OWN_SEQ = "own_seq"
"""The highest sequence number ever given to an own post; none is ever given twice."""

OWN_LAMPORT = "own_lamport"
"""The highest Lamport time ever given to an own post."""

LETTER_FLOOR = "letter_floor"
"""No private message to anybody is given this number or a smaller one: what was lost may have used them."""

COPIED = "copied"
"""What the odometer said when another device with this identity was last noticed."""

ODOMETER = "odometer"
"""Seconds that this device has been running in all."""

STICK = "stick"
"""The number by which our file on a stick is known again: drawn once, and says nothing of who we are."""

LETTER_SEQ = "letter_seq"
"""About a person: the highest number ever given to a private message to him."""

ROOM_SEQ = "room_seq"
"""About a room: the highest sequence number ever given to an own post in it."""

BOX = "box"
"""How many times as much as usual is held: more than once in a box."""

NOTICE = "notice"
"""About the hash of a box's notice: what the odometer said when it was posted last."""

READ_TOLD = "read_told"
"""About a person: the greatest number of his letters that he was told to be seen."""

SEEN = "seen"
"""About a person, a room, or a board with a "#" before it: the last message that was read."""


CLEAN = "clean"
"""1 after a node has ended in good order, until the next one starts."""

RESTORED = "restored"
"""After a restore, until it was told to others: 1 above the last own post that the backup knew."""


def about(connection: sqlite3.Connection, key: str) -> list[tuple[bytes, int]]:
    """All numbers of this key that are about somebody: who, and the number."""
    rows = connection.execute("SELECT who, value FROM meta WHERE key = ? AND who != x''", (key,))
    return sorted((show(connection, who), value) for who, value in rows)


def get(connection: sqlite3.Connection, key: str, who: bytes = b"") -> int:
    """The number kept under `key`; 0 if there is none."""
    found = connection.execute(
        "SELECT value FROM meta WHERE key = ? AND who = ?", (key, hide(connection, who))
    ).fetchone()
    return int(found[0]) if found else 0


def has(connection: sqlite3.Connection, key: str) -> bool:
    """Whether anything, be it 0, is kept under `key`."""
    return connection.execute("SELECT 1 FROM meta WHERE key = ?", (key,)).fetchone() is not None


def put(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Keep `value` under `key`, whatever was there."""
    connection.execute(
        "INSERT INTO meta (key, who, value) VALUES (?, x'', ?)"
        " ON CONFLICT (key, who) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def raise_to(connection: sqlite3.Connection, key: str, value: int, who: bytes = b"") -> None:
    """Keep `value` under `key` unless what is there is greater."""
    connection.execute(
        "INSERT INTO meta (key, who, value) VALUES (?, ?, ?)"
        " ON CONFLICT (key, who) DO UPDATE SET value = max(value, excluded.value)",
        (key, hide(connection, who), value),
    )
