"""Public boards by their names: those that are followed, and those that were and are carried on."""

import sqlite3

from handheld.store.sealed import hide, show, text


def add(connection: sqlite3.Connection, name: str) -> bool:
    """Follow a board unless the owner has said already whether to; whether that is new."""
    cursor = connection.execute(
        "INSERT INTO boards (name, followed) VALUES (?, 1) ON CONFLICT DO NOTHING",
        (hide(connection, name.encode()),),
    )
    return cursor.rowcount == 1


def save(connection: sqlite3.Connection, name: str, *, followed: bool) -> None:
    """Follow a board from now on, or no more."""
    connection.execute(
        "INSERT INTO boards (name, followed) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET followed = excluded.followed",
        (hide(connection, name.encode()), followed),
    )


def all(connection: sqlite3.Connection, *, followed: bool = True) -> list[str]:  # noqa: A001 - read as boards.all
    """Every board that is followed, or (`followed` false) was, the longest known first."""
    rows = connection.execute("SELECT name FROM boards WHERE followed = ? ORDER BY rowid", (followed,))
    return [text(show(connection, name)) for (name,) in rows]
