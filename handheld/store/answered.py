"""Others' sealings that were acknowledged, so that a recorded one gets no ack after a restart either."""

import sqlite3

from handheld.store.sealed import hide, show

REMEMBERED = 20_000


def note(connection: sqlite3.Connection, commitment: bytes, powered: int) -> None:
    """One more ack of this sealing goes out, at this many seconds of the odometer."""
    connection.execute(
        "INSERT INTO answered (commitment, count, powered) VALUES (?, 1, ?)"
        " ON CONFLICT (commitment) DO UPDATE SET count = count + 1",
        (hide(connection, commitment), powered),
    )


def all(connection: sqlite3.Connection) -> list[tuple[bytes, int, int]]:  # noqa: A001 - read as answered.all
    """Every one with how often and when it was first acknowledged, the oldest first."""
    rows = connection.execute("SELECT commitment, count, powered FROM answered ORDER BY powered")
    return [(show(connection, commitment), count, powered) for commitment, count, powered in rows]


def forget(connection: sqlite3.Connection, powered: int) -> None:
    """Drop those first acknowledged before this reading of the odometer, and what is over the limit."""
    connection.execute(
        "DELETE FROM answered WHERE powered < max(?, coalesce("
        "(SELECT powered FROM answered ORDER BY powered DESC LIMIT 1 OFFSET ?), 0))",
        (powered, REMEMBERED),
    )
