"""Rooms by their number: what the node packed, and the posts that go with them."""

import sqlite3

from handheld.store import meta, sealed
from handheld.store.sealed import hide


def save(connection: sqlite3.Connection, number: bytes, name: str, content: bytes) -> None:
    """Keep a room as it is now."""
    connection.execute(
        "INSERT INTO rooms (id, name, content) VALUES (:id, :name, :content)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, content = excluded.content",
        sealed.closed(connection, "rooms", {"id": number, "name": name.encode(), "content": content}),
    )


def forget(connection: sqlite3.Connection, number: bytes) -> None:
    """Take a room away, with all that was written in it; its numbers stay used."""
    hidden = hide(connection, number)
    connection.execute("DELETE FROM rooms WHERE id = ?", (hidden,))
    connection.execute("DELETE FROM messages WHERE peer = ?", (hidden,))
    connection.execute("DELETE FROM meta WHERE key = ? AND who = ?", (meta.SEEN, hidden))


def all(connection: sqlite3.Connection) -> list[tuple[bytes, str, bytes]]:  # noqa: A001 - read as rooms.all
    """Number, name and content of each, the one kept first at the front."""
    found = connection.execute("SELECT id, name, content FROM rooms ORDER BY rowid").fetchall()
    rows = [
        sealed.opened(connection, "rooms", {"id": number, "name": name, "content": content})
        for number, name, content in found
    ]
    return [(row["id"], sealed.text(row["name"]), row["content"]) for row in rows]
