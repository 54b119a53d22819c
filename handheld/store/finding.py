"""What a search reads: texts in batches, and the rows of what was found."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from handheld.store import sealed
from handheld.store.messages import ALIVE, LISTED, PUBLIC, MessageRow, select
from handheld.store.sealed import hide, text
from handheld.wire.constants import PostType

_READ = ("id", "peer", "author", "board", "seq", "lamport", "own", "kind", "text")
_PART = f"(peer = x'' AND kind = {int(PostType.MORE)} AND state != 'gone')"
_WANTED = f"({LISTED} OR {_PART})"


class TextRow(NamedTuple):
    """One message, or one part of a long post, as far as it is searched."""

    id: int
    peer: bytes
    author: bytes
    board: str
    kind: int
    text: bytes


def below(connection: sqlite3.Connection, before: int, limit: int) -> list[TextRow]:
    """So many with ids below this one, the newest first."""
    return _texts(connection, f"id < ? AND {_WANTED} ORDER BY id DESC LIMIT ?", before, limit)


def above(connection: sqlite3.Connection, after: int, limit: int) -> list[TextRow]:
    """So many with ids above this one, the oldest first."""
    return _texts(connection, f"id > ? AND {_WANTED} ORDER BY id LIMIT ?", after, limit)


def rows(connection: sqlite3.Connection, ids: Iterable[int], powered: int) -> list[MessageRow]:
    """These messages, the oldest first, as far as they are shown; for a part of a long post the whole."""
    found: dict[int, MessageRow] = {}
    for one in ids:
        for row in select(connection, f"id = ? AND {_WANTED} AND {ALIVE}", one, powered):
            whole = _head(connection, row, powered) if _is_part(row) else [row]
            found.update((head.id, head) for head in whole)
    return [found[number] for number in sorted(found)]


def _is_part(row: MessageRow) -> bool:
    return row.peer == PUBLIC and row.kind == PostType.MORE


def _head(connection: sqlite3.Connection, row: MessageRow, powered: int) -> list[MessageRow]:
    # The first byte of a part says which it is.
    seq = row.seq - row.text[0] + 1
    which = f"author = ? AND peer = x'' AND seq = ? AND {LISTED} AND {ALIVE}"
    found = select(connection, which, hide(connection, row.author), seq, powered)
    return [head for head in found if head.board == row.board]


def _texts(connection: sqlite3.Connection, which: str, *values: int) -> list[TextRow]:
    # The signatures are left sealed: opening is what a search costs.
    cells = connection.execute(f"SELECT {', '.join(_READ)} FROM messages WHERE {which}", values).fetchall()  # noqa: S608
    opened = (sealed.opened(connection, "messages", dict(zip(_READ, row, strict=True))) for row in cells)
    return [
        TextRow(row["id"], row["peer"], row["author"], text(row["board"]), row["kind"], row["text"])
        for row in opened
    ]
