"""Rooms by their number: what the node packed, and the posts that go with them."""

import sqlite3

from handheld.store import meta


def save(connection: sqlite3.Connection, number: bytes, name: str, content: bytes) -> None:
    """Keep a room as it is now."""
    connection.execute(
        "INSERT INTO rooms (id, name, content) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, content = excluded.content",
        (number, name, content),
    )


def forget(connection: sqlite3.Connection, number: bytes) -> None:
    """Take a room away, with all that was written in it; its numbers stay used."""
    connection.execute("DELETE FROM rooms WHERE id = ?", (number,))
    connection.execute("DELETE FROM messages WHERE peer = ?", (number,))
    connection.execute("DELETE FROM meta WHERE key = ?", (meta.SEEN + number.hex(),))


def all(connection: sqlite3.Connection) -> list[tuple[bytes, str, bytes]]:  # noqa: A001 - read as rooms.all
    """Number, name and content of each, the one kept first at the front."""
    return connection.execute("SELECT id, name, content FROM rooms ORDER BY rowid").fetchall()
