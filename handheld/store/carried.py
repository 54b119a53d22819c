"""What we carry for others, whose receipts we hold, and what had to go: ids are those of frames.

How much is carried, and what gives way, is for `sync.mailbag` to say; the limits here keep a card from
filling up where that has failed.
"""

import sqlite3
from typing import NamedTuple

from handheld.store import sealed
from handheld.store.sealed import hide, show

RECEIPTS_MAX = 8_000
RECEIPT_LIFE_S = 14 * 24 * 3600
"""Powered seconds: seven days longer than the mail that a receipt answers."""

DROPPED_MAX = 4_000
DROPPED_LIFE_S = 7 * 24 * 3600


class Item(NamedTuple):
    """A carried frame; fields as in schema/0001_first.sql."""

    id: bytes
    raw: bytes
    age: int
    powered: int
    rank: int
    message: int


class Receipt(NamedTuple):
    """The ack of the frame `id`."""

    commitment: bytes
    preimage: bytes
    id: bytes
    powered: int


def save(connection: sqlite3.Connection, item: Item) -> None:
    """Keep a frame; one that is kept already stays."""
    connection.execute(
        "INSERT INTO carried (id, raw, age, powered, rank, message)"
        " VALUES (:id, :raw, :age, :powered, :rank, :message) ON CONFLICT DO NOTHING",
        sealed.closed(connection, "carried", item._asdict()),
    )


def drop(connection: sqlite3.Connection, id8: bytes, powered: int | None) -> None:
    """Keep it no more; `powered`: remember that it was dropped, at this reading of the odometer."""
    hidden = hide(connection, id8)
    connection.execute("DELETE FROM carried WHERE id = ?", (hidden,))
    if powered is None:
        return
    connection.execute(
        "INSERT INTO dropped (id, powered) VALUES (?, ?) ON CONFLICT DO NOTHING", (hidden, powered)
    )
    connection.execute(
        "DELETE FROM dropped WHERE place <= (SELECT max(place) FROM dropped) - ?", (DROPPED_MAX,)
    )


def receive(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep the ack of a frame, and the frame no more."""
    cells = sealed.closed(connection, "receipts", receipt._asdict())
    connection.execute("DELETE FROM carried WHERE id = :id", cells)
    # Of an own message it delivers nothing any more: we may have released it ourselves.
    connection.execute("DELETE FROM sealings WHERE commitment = :commitment", cells)
    connection.execute(
        "INSERT INTO receipts (commitment, preimage, id, powered)"
        " VALUES (:commitment, :preimage, :id, :powered) ON CONFLICT DO NOTHING",
        cells,
    )


def forget(connection: sqlite3.Connection, powered: int) -> None:
    """Drop the receipts, and what is remembered, that are too old at this reading of the odometer."""
    connection.execute(
        "DELETE FROM receipts WHERE powered < max(?, coalesce("
        "(SELECT powered FROM receipts ORDER BY powered DESC LIMIT 1 OFFSET ?), 0))",
        (powered - RECEIPT_LIFE_S, RECEIPTS_MAX),
    )
    connection.execute("DELETE FROM dropped WHERE powered < ?", (powered - DROPPED_LIFE_S,))


def all(connection: sqlite3.Connection) -> list[Item]:  # noqa: A001 - read as carried.all
    """Every frame that is kept, in the order of storing."""
    rows = connection.execute(f"SELECT {', '.join(Item._fields)} FROM carried ORDER BY place")  # noqa: S608
    return [Item(**sealed.opened(connection, "carried", Item(*row)._asdict())) for row in rows.fetchall()]


def receipts(connection: sqlite3.Connection) -> list[Receipt]:
    """Every receipt, the oldest first."""
    rows = connection.execute(f"SELECT {', '.join(Receipt._fields)} FROM receipts ORDER BY powered")  # noqa: S608
    found = [sealed.opened(connection, "receipts", Receipt(*row)._asdict()) for row in rows.fetchall()]
    return [Receipt(**row) for row in found]


def dropped(connection: sqlite3.Connection) -> list[bytes]:
    """The ids that were dropped, the oldest first."""
    return [show(connection, id8) for (id8,) in connection.execute("SELECT id FROM dropped ORDER BY place")]
