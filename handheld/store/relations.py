"""Whom the owner follows, mutes or blocks, by full key; all of it sealed."""

import sqlite3

from handheld.store import sealed


def save(connection: sqlite3.Connection, key: bytes, relation: int) -> None:
    """The owner's relation to the holder of this key from now on, as bits; 0: none."""
    row = sealed.closed(connection, "relations", {"key": key, "relation": bytes([relation])})
    if relation:
        connection.execute(
            "INSERT INTO relations (key, relation) VALUES (:key, :relation)"
            " ON CONFLICT (key) DO UPDATE SET relation = excluded.relation",
            row,
        )
    else:
        connection.execute("DELETE FROM relations WHERE key = :key", row)


def all(connection: sqlite3.Connection) -> list[tuple[bytes, int]]:  # noqa: A001 - read as relations.all
    """Everybody to whom the owner has a relation, and which."""
    rows = [
        sealed.opened(connection, "relations", {"key": key, "relation": relation})
        for key, relation in connection.execute("SELECT key, relation FROM relations")
    ]
    return sorted((row["key"], row["relation"][0]) for row in rows)
