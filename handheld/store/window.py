"""The public window: which posts are held, for the index of repair, and their bytes, to be handed out."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from handheld.store.messages import GONE, select
from handheld.store.ranks import HIDDEN
from handheld.store.sealed import hide, show
from handheld.wire.constants import POST_LIFE_S


class HeldRow(NamedTuple):
    """One post of the window: seconds of the odometer at which it was 0 s old, and at which it goes."""

    author: bytes
    seq: int
    born: int
    dies: int
    gone: bool


class RawRow(NamedTuple):
    """The bytes of one post, byte 0 and body, and its board."""

    author: bytes
    seq: int
    raw: bytes
    board: str


def index(connection: sqlite3.Connection) -> list[HeldRow]:
    """All posts but of those who are blocked; those that lost their text are `gone`."""
    known: dict[bytes, bytes] = {}
    rows = connection.execute(
        "SELECT author, seq, age, powered, expires, state FROM messages"
        " WHERE peer = x'' AND rank < ? ORDER BY id",
        (HIDDEN,),
    )
    found = []
    for hidden, seq, age, powered, expires, state in rows:
        author = known.get(hidden)
        if author is None:
            author = known[hidden] = show(connection, hidden)
        born = (powered or 0) - age
        life = POST_LIFE_S if expires is None else expires
        found.append(HeldRow(author, seq, born, born + life, state == GONE))
    return found


def raws(connection: sqlite3.Connection, wanted: Iterable[tuple[bytes, int]]) -> list[RawRow]:
    """What is there of these posts, by author and number."""
    which = "author = ? AND peer = x'' AND seq = ?"
    rows = [row for author, seq in wanted for row in select(connection, which, hide(connection, author), seq)]
    return [RawRow(row.author, row.seq, row.raw, row.board) for row in rows if row.raw and row.rank < HIDDEN]
