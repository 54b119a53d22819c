"""The owner's own names for people, by their full key; a person need not have been heard."""

import sqlite3

from handheld.store import sealed


def save(connection: sqlite3.Connection, key: bytes, petname: str) -> None:
    """Call the holder of this key so from now on; "" takes the name away."""
    row = sealed.closed(connection, "petnames", {"key": key, "petname": petname.encode()})
    if petname:
        connection.execute(
            "INSERT INTO petnames (key, petname) VALUES (:key, :petname)"
            " ON CONFLICT (key) DO UPDATE SET petname = excluded.petname",
            row,
        )
    else:
        connection.execute("DELETE FROM petnames WHERE key = :key", row)


def all(connection: sqlite3.Connection) -> list[tuple[bytes, str]]:  # noqa: A001 - read as petnames.all
    """Every name given, with its key."""
    rows = [
        sealed.opened(connection, "petnames", {"key": key, "petname": petname})
        for key, petname in connection.execute("SELECT key, petname FROM petnames")
    ]
    return sorted((row["key"], sealed.text(row["petname"])) for row in rows)
