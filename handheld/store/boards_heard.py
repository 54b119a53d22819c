"""Names of boards that are not followed: who knows one can check its posts, and carry them."""

import sqlite3

from handheld.store.sealed import hide, show, text

HEARD_MAX = 256
"""Names that are kept; whichever was heard first goes first."""


def add(connection: sqlite3.Connection, name: str) -> None:
    """Keep a board's name."""
    connection.execute(
        "INSERT INTO boards_heard (name) VALUES (?) ON CONFLICT DO NOTHING",
        (hide(connection, name.encode()),),
    )
    connection.execute(
        "DELETE FROM boards_heard WHERE id <="
        " (SELECT id FROM boards_heard ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (HEARD_MAX,),
    )


def all(connection: sqlite3.Connection) -> list[str]:  # noqa: A001 - read as boards_heard.all
    """Every name, the one heard first first."""
    rows = connection.execute("SELECT name FROM boards_heard ORDER BY id")
    return [text(show(connection, name)) for (name,) in rows]
