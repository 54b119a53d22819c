"""Public boards that are followed."""

import sqlite3

from handheld.store.sealed import hide, show, text


def add(connection: sqlite3.Connection, name: str) -> bool:
    """Follow a board; whether that is new."""
    cursor = connection.execute(
        "INSERT INTO boards (name) VALUES (?) ON CONFLICT DO NOTHING", (hide(connection, name.encode()),)
    )
    return cursor.rowcount == 1


def all(connection: sqlite3.Connection) -> list[str]:  # noqa: A001 - read as boards.all
    """Every board, the longest followed first."""
    rows = connection.execute("SELECT name FROM boards ORDER BY rowid")
    return [text(show(connection, name)) for (name,) in rows]
