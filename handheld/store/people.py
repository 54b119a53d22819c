"""People whose signed profile is held, by their full key."""

import sqlite3
from typing import NamedTuple

from handheld.store import sealed

STRANGERS_MAX = 2_000
"""Rows of level "unknown"; whoever was heard longest ago goes first. Other levels are never dropped."""

UNKNOWN = "unknown"


class PersonRow(NamedTuple):
    """One person; fields as in schema/0001_first.sql."""

    key: bytes
    epoch: int
    profile: bytes
    heard_at: int | None
    first_at: int | None
    level: str = UNKNOWN


_COLUMNS = ", ".join(PersonRow._fields)


def save(connection: sqlite3.Connection, row: PersonRow) -> bool:
    """Keep a profile that was heard; whether its person is new.

    A newer epoch replaces, the same epoch refreshes, an older one changes nothing. `level` and `first_at`
    count for new people only.
    """
    cells = sealed.values(sealed.closed(connection, "people", row._asdict()), PersonRow._fields)
    new = connection.execute("SELECT 1 FROM people WHERE key = ?", cells[:1]).fetchone() is None
    connection.execute(
        f"INSERT INTO people ({_COLUMNS}, heard_order)"  # noqa: S608 - our own column names
        " VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(heard_order), 0) + 1 FROM people))"
        " ON CONFLICT (key) DO UPDATE SET epoch = excluded.epoch, profile = excluded.profile,"
        " heard_at = excluded.heard_at, heard_order = excluded.heard_order"
        " WHERE excluded.epoch >= people.epoch",
        cells,
    )
    if new and row.level == UNKNOWN:
        _forget_strangers(connection)
    return new


def all(connection: sqlite3.Connection) -> list[PersonRow]:  # noqa: A001 - read as people.all
    """Everybody, the latest heard first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people ORDER BY heard_order DESC"  # noqa: S608 - our own column names
    )
    return [PersonRow(**sealed.opened(connection, "people", PersonRow(*row)._asdict())) for row in rows]


def _forget_strangers(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM people WHERE level = 'unknown'"
        # Whoever we named, met, follow, mute, block or were introduced to, or wrote to us or we to him, is no
        # stranger to forget.
        " AND key NOT IN (SELECT key FROM petnames) AND key NOT IN (SELECT peer FROM messages)"
        " AND key NOT IN (SELECT key FROM met) AND key NOT IN (SELECT key FROM introductions)"
        " AND key NOT IN (SELECT key FROM relations)"
        " AND heard_order <= (SELECT heard_order FROM people WHERE level = 'unknown'"
        " ORDER BY heard_order DESC LIMIT 1 OFFSET ?)",
        (STRANGERS_MAX,),
    )
