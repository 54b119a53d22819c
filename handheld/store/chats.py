"""Boards, rooms and private conversations: the newest message of each, and how many were not read."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from handheld.store import boards, messages, meta, rooms
from handheld.store.messages import ALIVE, LISTED, PUBLIC, MessageRow
from handheld.store.sealed import hide, show, text


class ChatRow(NamedTuple):
    """A board (`peer` empty), a room (its number) or the messages with one person.

    `last`: None where there is none yet.
    """

    board: str
    peer: bytes
    unread: int
    last: MessageRow | None


def all(  # noqa: A001 - read as chats.all
    connection: sqlite3.Connection, powered: int = 0, muted: Sequence[bytes] = ()
) -> list[ChatRow]:
    """Every followed board, room and person written with, the one with the newest message first.

    `powered`: the odometer, by which posts expire. What the `muted` wrote is not counted as unread.
    """
    newest: dict[tuple[str, bytes], int] = {(board, PUBLIC): 0 for board in boards.all(connection)}
    newest |= {("", number): 0 for number, _, _ in rooms.all(connection)}
    for board, last in connection.execute(
        f"SELECT board, max(id) FROM messages WHERE peer = x'' AND {LISTED} AND {ALIVE} GROUP BY board",  # noqa: S608
        (powered,),
    ):
        newest[text(show(connection, board)), PUBLIC] = last
    for peer, last in connection.execute(
        f"SELECT peer, max(id) FROM messages WHERE peer != x'' AND {LISTED} GROUP BY peer"  # noqa: S608
    ):
        newest["", show(connection, peer)] = last
    ordered = sorted(newest.items(), key=lambda item: -item[1])
    return [
        ChatRow(*chat, _unread(connection, *chat, powered, muted), messages.get(connection, last))
        for chat, last in ordered
    ]


def seen(connection: sqlite3.Connection, board: str, peer: bytes, message: int) -> None:
    """What is there up to this id was read; never takes anything back."""
    last = connection.execute("SELECT max(id) FROM messages").fetchone()[0] or 0
    # An id from the future would hide messages that are still to come.
    meta.raise_to(connection, meta.SEEN, min(message, last), _who(board, peer))


def _unread(
    connection: sqlite3.Connection, board: str, peer: bytes, powered: int, muted: Sequence[bytes]
) -> int:
    which, value = ("peer = ?", peer) if peer else ("peer = x'' AND board = ?", board.encode())
    heard = f"own = 0 AND author NOT IN ({', '.join('?' * len(muted))})"
    count: int = connection.execute(
        f"SELECT count(*) FROM messages WHERE {which} AND {LISTED} AND {ALIVE} AND id > ? AND {heard}",  # noqa: S608
        (
            hide(connection, value),
            powered,
            meta.get(connection, meta.SEEN, _who(board, peer)),
            *(hide(connection, key) for key in muted),
        ),
    ).fetchone()[0]
    return count


def _who(board: str, peer: bytes) -> bytes:
    return peer or b"#" + board.encode()
