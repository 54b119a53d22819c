"""Own private messages on their way, with what an ack of each sealing must hash to."""

import sqlite3
from typing import NamedTuple

from handheld.store import sealed
from handheld.store.messages import LETTER, select

SEALINGS_MAX = 64
"""Commitments kept of one message; those before are too old to be answered."""


class OpenRow(NamedTuple):
    """An own private message, with the commitments that deliver it.

    `preimages`: what these hash, one for each, empty where it is not kept.
    """

    id: int
    peer: bytes
    seq: int
    lamport: int
    text: bytes
    kind: int
    powered: int | None
    state: str
    sealings: list[bytes]
    preimages: list[bytes]


def add_sealing(
    connection: sqlite3.Connection, message: int, commitment: bytes, preimage: bytes = b""
) -> None:
    """An ack of this commitment delivers this message."""
    row = {"commitment": commitment, "message": message, "preimage": preimage}
    connection.execute(
        "INSERT INTO sealings (commitment, message, preimage) VALUES (:commitment, :message, :preimage)"
        " ON CONFLICT DO NOTHING",
        sealed.closed(connection, "sealings", row),
    )
    connection.execute(
        "DELETE FROM sealings WHERE message = ? AND rowid <="
        " (SELECT rowid FROM sealings WHERE message = ? ORDER BY rowid DESC LIMIT 1 OFFSET ?)",
        (message, message, SEALINGS_MAX),
    )


def on_their_way(connection: sqlite3.Connection) -> list[OpenRow]:
    """Own private messages that were neither delivered nor given up, the oldest first."""
    return open_rows(
        connection, f"own = 1 AND {LETTER} AND state NOT IN ('delivered', 'read', 'failed') ORDER BY id"
    )


def given_up(connection: sqlite3.Connection) -> list[OpenRow]:
    """Own private messages that failed and that a late ack would still deliver: the newest 512."""
    return open_rows(
        connection, "state = 'failed' AND id IN (SELECT message FROM sealings) ORDER BY id DESC LIMIT 512"
    )


def open_rows(connection: sqlite3.Connection, which: str, *values: bytes | int) -> list[OpenRow]:
    """Own letters, chosen by a condition of SQL in our own words."""
    rows = [{**row._asdict(), **_sealings(connection, row.id)} for row in select(connection, which, *values)]
    return [OpenRow._make(sealed.values(row, OpenRow._fields)) for row in rows]


def _sealings(connection: sqlite3.Connection, message: int) -> dict[str, list[bytes]]:
    rows = connection.execute(
        "SELECT commitment, preimage FROM sealings WHERE message = ? ORDER BY rowid", (message,)
    )
    opened = [
        sealed.opened(connection, "sealings", {"commitment": commitment, "preimage": preimage})
        for commitment, preimage in rows
    ]
    return {
        "sealings": [row["commitment"] for row in opened],
        "preimages": [row["preimage"] for row in opened],
    }
