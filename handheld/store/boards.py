"""Public boards that are followed."""

import sqlite3


def add(connection: sqlite3.Connection, name: str) -> bool:
    """Follow a board; whether that is new."""
    cursor = connection.execute("INSERT INTO boards (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
    return cursor.rowcount == 1


def all(connection: sqlite3.Connection) -> list[str]:  # noqa: A001 - read as boards.all
    """Every board, the longest followed first."""
    return [name for (name,) in connection.execute("SELECT name FROM boards ORDER BY rowid")]
