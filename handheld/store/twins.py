"""Posts that came under a number which another post of the same author has: somebody writes on two devices.

Both are signed, so both are kept: the first among the messages, the other here.
"""

import sqlite3

from handheld.store import sealed
from handheld.store.sealed import show

TWINS_MAX = 256
"""Rows; the oldest go first."""


def add(connection: sqlite3.Connection, author: bytes, seq: int, raw: bytes) -> None:
    """Keep byte 0 and body of a second post under a number; a third one is not kept."""
    row = sealed.closed(connection, "twins", {"author": author, "seq": seq, "raw": raw})
    connection.execute(
        "INSERT INTO twins (author, seq, raw) VALUES (:author, :seq, :raw) ON CONFLICT DO NOTHING", row
    )
    connection.execute(
        "DELETE FROM twins WHERE id <= (SELECT id FROM twins ORDER BY id DESC LIMIT 1 OFFSET ?)", (TWINS_MAX,)
    )


def authors(connection: sqlite3.Connection) -> list[bytes]:
    """Everybody of whom there is one."""
    return [show(connection, author) for (author,) in connection.execute("SELECT DISTINCT author FROM twins")]
