"""Finds messages by their words, the newest first.

Rows lie sealed one by one, and to open a hundred thousand of them takes seconds. So for each 512 of them,
by number, their words lie together in one sealed cell (the table `words`), and only where that holds what
is looked for are the rows opened. The newest rows, not yet 512, are opened each time.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from handheld.store import sealed
from handheld.store.messages import ALIVE, LISTED, PUBLIC, SAYS, MessageRow, select
from handheld.store.sealed import hide, text
from handheld.text import clean_message
from handheld.wire.constants import PostType
from handheld.wire.notices import FIELDS

BLOCK = 512
"""Messages whose words lie together. The schema's triggers have the number too."""

GATHERED = 2
"""Blocks whose words are gathered at once: each takes a hundredth of a second, on a Pi Zero some tenths."""

LOOKED_AT = 64
"""Blocks that are looked at in one turn at the disk."""

_READ = ("id", "peer", "author", "board", "seq", "lamport", "own", "kind", "text")
_PART = f"(peer = x'' AND kind = {int(PostType.MORE)} AND state != 'gone')"
_WANTED = f"({LISTED} OR {_PART})"
_KEPT = f"({SAYS} OR {_PART})"
"""Also of boards that are not followed yet, and of people who are blocked now."""

_HEADS: dict[int, int] = {kind: layout.LAYOUT.head_size for kind, layout in FIELDS.items()}


class Where(NamedTuple):
    """On one board, or by or with one person; empty: everywhere."""

    board: str = ""
    who: bytes = b""


class Look(NamedTuple):
    """What one turn found, the newest first, and the block above which all was looked at; 0: that was all."""

    ids: list[int]
    above: int


class _Text(NamedTuple):
    """A message, or a part of a long post, as far as it is searched; its text as it is compared."""

    id: int
    peer: bytes
    author: bytes
    board: str
    text: str


def look(
    connection: sqlite3.Connection, words: Sequence[str], where: Where, limit: int, above: int | None = None
) -> Look:
    """Up to `limit` ids of messages that hold all words, in any case; one turn, then call again with `above`.

    Rows of one block are opened in a turn at the most. FolderDamaged where a row was not sealed there.
    """
    lowest, newest = _blocks(connection)
    marks = [word.casefold() for word in words]
    first = newest if above is None else above - 1
    for block in range(first, max(lowest, first - LOOKED_AT + 1) - 1, -1):
        if _may_hold(connection, block, marks, where):
            found = _matching(_texts(connection, block, _WANTED), marks, where)
            return Look(found[:limit], block if block > lowest else 0)
    end = max(lowest, first - LOOKED_AT + 1)
    return Look([], end if lowest < end <= first else 0)


def gather(connection: sqlite3.Connection, most: int = GATHERED) -> int:
    """Put together the words of up to so many blocks that are full, the newest first; how many it were."""
    lowest, newest = _blocks(connection)
    done = {block for (block,) in connection.execute("SELECT block FROM words")}
    lacking = [block for block in range(newest - 1, lowest - 1, -1) if block not in done][:most]
    for block in lacking:
        row = sealed.closed(connection, "words", {"block": block, "words": _words(connection, block)})
        connection.execute("INSERT INTO words (block, words) VALUES (:block, :words)", row)
    return len(lacking)


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


def _blocks(connection: sqlite3.Connection) -> tuple[int, int]:
    """The lowest block and the newest, which is not full."""
    lowest, newest = connection.execute(
        "SELECT (SELECT min(id) FROM messages), (SELECT max(id) FROM messages)"
    ).fetchone()
    return (lowest or 0) // BLOCK, (newest or 0) // BLOCK


def _may_hold(connection: sqlite3.Connection, block: int, words: Sequence[str], where: Where) -> bool:
    row = connection.execute("SELECT block, words FROM words WHERE block = ?", (block,)).fetchone()
    if row is None:
        return True
    cell = sealed.opened(connection, "words", {"block": row[0], "words": row[1]})["words"]
    held = zlib.decompress(cell)
    names = [_board(where.board)] * bool(where.board) + [_person(where.who)] * bool(where.who)
    if not all(f"\n{name}\n".encode() in held for name in names):
        return False
    return all(word.encode() in held for word in words)


def _words(connection: sqlite3.Connection, block: int) -> bytes:
    """All different words of a block, and of whom and on which boards: one a line, packed."""
    held: set[str] = set()
    for one in _texts(connection, block, _KEPT):
        held |= {*one.text.split(), _board(one.board), _person(one.peer), _person(one.author)}
    return zlib.compress("\n".join(["", *sorted(held), ""]).encode(), 1)


def _board(name: str) -> str:
    # No word of a text begins so: it was cleaned.
    return f"\0{name}"


def _person(key: bytes) -> str:
    return f"\0\0{key.hex()}"


def _texts(connection: sqlite3.Connection, block: int, which: str) -> Iterator[_Text]:
    # The signatures are left sealed: opening is what a search costs.
    cells = connection.execute(
        f"SELECT {', '.join(_READ)} FROM messages WHERE id BETWEEN ? AND ? AND {which} ORDER BY id DESC",  # noqa: S608
        (block * BLOCK, block * BLOCK + BLOCK - 1),
    ).fetchall()
    for row in (sealed.opened(connection, "messages", dict(zip(_READ, row, strict=True))) for row in cells):
        written = row["text"] if row["peer"] else row["text"][_HEADS.get(row["kind"], 0) :]
        plain = clean_message(written).casefold()
        yield _Text(row["id"], row["peer"], row["author"], text(row["board"]), plain)


def _matching(texts: Iterable[_Text], words: Sequence[str], where: Where) -> list[int]:
    return [
        one.id
        for one in texts
        if all(word in one.text for word in words)
        and (not where.board or one.board == where.board)
        and (not where.who or where.who in (one.peer, one.author))
    ]
