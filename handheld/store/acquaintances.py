"""Whom the owner met, and what contacts called those whom they introduced; all by full keys."""

import sqlite3


def save_met(connection: sqlite3.Connection, key: bytes, *, met: bool) -> None:
    """The owner met the holder of this key; or he did not, after all."""
    if met:
        connection.execute("INSERT INTO met (key) VALUES (?) ON CONFLICT (key) DO NOTHING", (key,))
    else:
        connection.execute("DELETE FROM met WHERE key = ?", (key,))


def save_introduction(connection: sqlite3.Connection, key: bytes, introducer: bytes, name: str) -> None:
    """One contact calls the holder of this key so from now on."""
    connection.execute(
        "INSERT INTO introductions (key, introducer, name) VALUES (?, ?, ?)"
        " ON CONFLICT (key, introducer) DO UPDATE SET name = excluded.name",
        (key, introducer, name),
    )


def met(connection: sqlite3.Connection) -> list[bytes]:
    """Everybody who was met."""
    return [key for (key,) in connection.execute("SELECT key FROM met ORDER BY key")]


def introductions(connection: sqlite3.Connection) -> list[tuple[bytes, bytes, str]]:
    """(key, introducer, name), the first introducer of each first."""
    return connection.execute("SELECT key, introducer, name FROM introductions ORDER BY id").fetchall()
