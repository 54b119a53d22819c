"""Whom the owner met, and what contacts called those whom they introduced; all by full keys."""

import sqlite3

from handheld.store import sealed

_SIGN = b"met"
"""Sealed in its row: the box of a key alone stands in other tables, too, and could be copied from there."""


def save_met(connection: sqlite3.Connection, key: bytes, *, met: bool) -> None:
    """The owner met the holder of this key; or he did not, after all."""
    row = sealed.closed(connection, "met", {"key": key, "sign": _SIGN})
    if met:
        connection.execute(
            "INSERT INTO met (key, sign) VALUES (:key, :sign) ON CONFLICT (key) DO NOTHING", row
        )
    else:
        connection.execute("DELETE FROM met WHERE key = :key", row)


def save_introduction(connection: sqlite3.Connection, key: bytes, introducer: bytes, name: str) -> None:
    """One contact calls the holder of this key so from now on."""
    row = {"key": key, "introducer": introducer, "name": name.encode()}
    connection.execute(
        "INSERT INTO introductions (key, introducer, name) VALUES (:key, :introducer, :name)"
        " ON CONFLICT (key, introducer) DO UPDATE SET name = excluded.name",
        sealed.closed(connection, "introductions", row),
    )


def met(connection: sqlite3.Connection) -> list[bytes]:
    """Everybody who was met."""
    rows = connection.execute("SELECT key, sign FROM met").fetchall()
    return sorted(sealed.opened(connection, "met", {"key": key, "sign": sign})["key"] for key, sign in rows)


def introductions(connection: sqlite3.Connection) -> list[tuple[bytes, bytes, str]]:
    """(key, introducer, name), the first introducer of each first."""
    found = connection.execute("SELECT key, introducer, name FROM introductions ORDER BY id").fetchall()
    rows = [
        sealed.opened(connection, "introductions", {"key": key, "introducer": introducer, "name": name})
        for key, introducer, name in found
    ]
    return [(row["key"], row["introducer"], sealed.text(row["name"])) for row in rows]
