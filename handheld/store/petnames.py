"""The owner's own names for people, by their full key; a person need not have been heard."""

import sqlite3


def save(connection: sqlite3.Connection, key: bytes, petname: str) -> None:
    """Call the holder of this key so from now on; "" takes the name away."""
    if petname:
        connection.execute(
            "INSERT INTO petnames (key, petname) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET petname = excluded.petname",
            (key, petname),
        )
    else:
        connection.execute("DELETE FROM petnames WHERE key = ?", (key,))


def all(connection: sqlite3.Connection) -> list[tuple[bytes, str]]:  # noqa: A001 - read as petnames.all
    """Every name given, with its key."""
    return connection.execute("SELECT key, petname FROM petnames ORDER BY key").fetchall()
