"""Public posts, posts in rooms and private messages, own ones and others', under one row of ids.

A row is a public post when `peer` is empty, a post in a room when it is the room's number (8 bytes), else a
private message to or from the person with that key.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

from handheld.commands import READ_LIMIT
from handheld.crypto.vault import OVERHEAD
from handheld.store import meta, sealed
from handheld.store.ranks import HIDDEN, REST, make_room
from handheld.store.sealed import hide, show, taken_away
from handheld.wire.constants import QUIET_LETTERS, SHOWN_POSTS, LetterKind, PostType

OTHERS_MAX = 2_000
"""Rows of other people's public posts, and as many of each room. In public those of the worst rank go first,
and of one rank those stored longest ago; in a room those stored longest ago.

A box has meta.BOX times as many. Own and private ones are never dropped.
"""

LAMPORT_LEAP = 1 << 16
"""How far one message of a peer moves the clock, as in the running node."""

RECEIVED, QUEUED, AIRED, DELIVERED, FAILED = "received", "queued", "aired", "delivered", "failed"
DISMISSED = "dismissed"
"""State of somebody's alert that the owner put away."""

READ = "read"
GONE = "gone"
"""A public post that keeps nothing but its number: see posts.py."""
OLD_KEY = "old key"
"""Received in a room, under a key that held no more."""

PUBLIC = b""
PERSON = 32
"""Bytes of a peer that is somebody's key."""

_SEALED_PERSON = PERSON + OVERHEAD
LETTER, _SHORT = f"length(peer) = {_SEALED_PERSON}", f"length(peer) < {_SEALED_PERSON}"
"""Conditions of SQL, as the indexes have them: a private message; a post, in public or in a room."""

LETTERS_MAX = 20_000
"""Private messages kept of one person to whom the owner gave a name."""

STRANGER_LETTERS_MAX, STRANGERS_LETTERS_MAX = 500, 4_000
"""The same of one person without such a name, and of all of them together."""


class Taken(Enum):
    """Why a private message of somebody else was not stored."""

    SAME = "it is stored already"
    DIFFERS = "another one has its number"
    FULL = "there are enough of this person"


STATES = {
    RECEIVED: 0,
    OLD_KEY: 0,
    DISMISSED: 0,
    QUEUED: 0,
    "waiting": 0,
    AIRED: 1,
    "unheard": 1,
    "unanswered": 1,
    "carried": 1,
    FAILED: 2,
    DELIVERED: 3,
    READ: 4,
    GONE: 5,
}
"""How far a message in each state has come; a greater number is the later state."""

LEAP, LEAPS = 1 << 16, 1 << 12
"""Where it is lost which numbers were used, they go on this far above all that is seen, times a number drawn
below LEAPS: whoever holds an old number would take the new message for a known one."""

_FOLLOWED = "EXISTS (SELECT 1 FROM boards WHERE name = board AND followed = 1)"
SAYS = (
    f"CASE length(peer) WHEN 0 THEN kind IN ({', '.join(map(str, map(int, SHOWN_POSTS)))})"
    f" WHEN {_SEALED_PERSON} THEN kind NOT IN ({', '.join(map(str, map(int, QUIET_LETTERS)))}) ELSE 1 END"
    f" AND state != '{GONE}'"
)
"""The condition of SQL for rows that say something to people."""

LISTED = f"{SAYS} AND rank < {HIDDEN} AND (peer != x'' OR kind = {int(PostType.ALERT)} OR {_FOLLOWED})"
"""The condition of SQL for rows that a screen lists."""

ALIVE = "(expires IS NULL OR age + ? - powered < expires)"
"""The condition of SQL for what has not lived long enough yet; its parameter is the odometer."""

_LAST_ID = (1 << 63) - 1


class MessageRow(NamedTuple):
    """One message; fields as in schema/0001_first.sql. `id` is given by `add`."""

    peer: bytes
    author: bytes
    seq: int
    lamport: int
    board: str
    text: bytes
    raw: bytes
    own: bool
    hops: int | None
    rssi: int | None
    at: int | None
    state: str = RECEIVED
    kind: int = LetterKind.TEXT
    powered: int | None = None
    age: int = 0
    expires: int | None = None
    rank: int = REST
    id: int = 0


_COLUMNS = ", ".join(MessageRow._fields)
_WRITTEN = ", ".join(MessageRow._fields[:-1])
_VALUES = ", ".join(f":{name}" for name in MessageRow._fields[:-1])


def add(connection: sqlite3.Connection, row: MessageRow) -> int | None:
    """Store a message and return its id, greater than any before; None when it is stored already.

    None as well for a public post where all that is kept counts for more than its author. The same: author,
    peer and seq agree. An own one takes its numbers for ever, whatever becomes of the row, and is queued
    until `advance`.
    """
    cursor = connection.execute(
        f"INSERT INTO messages ({_WRITTEN}) VALUES ({_VALUES})"  # noqa: S608 - our own words
        " ON CONFLICT (author, peer, seq) DO NOTHING",
        _cells(connection, row),
    )
    if cursor.rowcount == 0:
        return None
    if row.own:
        meta.raise_to(connection, _number_of(row.peer), row.seq, row.peer)
        meta.raise_to(connection, meta.OWN_LAMPORT, row.lamport)
    elif row.peer == PUBLIC:
        return make_room(connection, cursor.lastrowid, _window(connection))
    elif len(row.peer) < PERSON:
        _forget_others(connection, row.peer)
    return cursor.lastrowid


def take(connection: sqlite3.Connection, row: MessageRow) -> Taken | int:
    """Store a private message of somebody else: its id, or why it was not stored, see Taken."""
    cells = _cells(connection, row)
    held = connection.execute(
        "SELECT text, lamport, kind FROM messages WHERE author = :author AND peer = :peer AND seq = :seq",
        cells,
    ).fetchone()
    if held is not None:
        # Boxes of one row are equal when their texts are.
        return Taken.SAME if held == (cells["text"], row.lamport, row.kind) else Taken.DIFFERS
    if not _has_room(connection, row.peer):
        return Taken.FULL
    stored = add(connection, row)
    return Taken.SAME if stored is None else stored


def compare(connection: sqlite3.Connection, author: bytes, seq: int, raw: bytes) -> Taken:
    """Whether this own post, which came from the air, is the SAME that is stored; where none is, DIFFERS.

    A post from before the first that is stored is no sign of anything: it may be older than this database.
    """
    mine = hide(connection, author)
    which = "author = ? AND peer = x'' AND seq <= ? ORDER BY seq DESC LIMIT 1"
    before = next(iter(_select(connection, which, mine, seq)), None)
    same = before is None or (before.seq, before.raw or raw) == (seq, raw)
    return Taken.SAME if same else Taken.DIFFERS


def _has_room(connection: sqlite3.Connection, peer: bytes) -> bool:
    """Whether one more letter of this person may be kept: a stranger may not fill the card."""
    hidden = hide(connection, peer)
    theirs = "SELECT count(*) FROM messages WHERE peer = ? AND own = 0"
    count = _number(connection, theirs, hidden) or 0
    if connection.execute("SELECT 1 FROM petnames WHERE key = ?", (hidden,)).fetchone():
        return count < LETTERS_MAX
    strangers = (
        f"SELECT count(*) FROM messages WHERE {LETTER} AND own = 0"  # noqa: S608 - our own words
        " AND peer NOT IN (SELECT key FROM petnames)"
    )
    return count < STRANGER_LETTERS_MAX and (_number(connection, strangers) or 0) < STRANGERS_LETTERS_MAX


def advance(connection: sqlite3.Connection, message: int, state: str) -> None:
    """An own message got this far. What was delivered stays delivered, what was read stays read."""
    connection.execute(
        "UPDATE messages SET state = ?1 WHERE id = ?2 AND own = 1"
        " AND state NOT IN (?3, ?5) AND (state != ?4 OR ?1 = ?3)",
        (state, message, READ, DELIVERED, GONE),
    )
    if state == DELIVERED:
        connection.execute("DELETE FROM sealings WHERE message = ?", (message,))
    if state in (DELIVERED, FAILED):
        _drop_room_key(connection, message)


def rewrite(connection: sqlite3.Connection, message: int, seq: int, lamport: int, text: bytes) -> int | None:
    """Another text and number for an own message of which nothing has left: its id, or None if something has.

    The row, its id and its place in the conversation stay.
    """
    unsent = (
        "id = ? AND own = 1 AND state IN ('queued', 'waiting')"
        " AND NOT EXISTS (SELECT 1 FROM sealings WHERE message = messages.id)"
    )
    row = next(iter(_select(connection, unsent, message)), None)
    if row is None:
        return None
    fields = row._replace(seq=seq, lamport=lamport, text=text)
    written = ", ".join(f"{name} = :{name}" for name in MessageRow._fields[:-1])
    cells = _cells(connection, fields)
    connection.execute(f"UPDATE messages SET {written} WHERE id = :id", cells)  # noqa: S608 - our own words
    meta.raise_to(connection, _number_of(row.peer), seq, row.peer)
    meta.raise_to(connection, meta.OWN_LAMPORT, lamport)
    return message


def _drop_room_key(connection: sqlite3.Connection, message: int) -> None:
    """What lets somebody into a room is kept in no letter that has left."""
    for row in _select(connection, f"id = ? AND kind = ? AND {LETTER}", message, LetterKind.ROOM_KEY):
        emptied = _cells(connection, row._replace(text=b""))["text"]
        connection.execute("UPDATE messages SET text = ? WHERE id = ?", (emptied, message))


def unaired(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    """Own posts that were saved and never went on the air: id and raw, the oldest first."""
    rows = _select(connection, f"{_SHORT} AND state = 'queued' AND own = 1 AND peer = x'' ORDER BY id")
    return [(row.id, row.raw) for row in rows]


def unaired_in_rooms(connection: sqlite3.Connection) -> list[MessageRow]:
    """Own posts in rooms that were saved and never went on the air, the oldest first."""
    return _select(connection, f"{_SHORT} AND state = 'queued' AND own = 1 AND peer != x'' ORDER BY id")


def own_seqs(connection: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """The highest number ever given to a private message to each person."""
    return meta.about(connection, meta.LETTER_SEQ)


def room_seqs(connection: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """The highest number ever given to an own post in each room."""
    return meta.about(connection, meta.ROOM_SEQ)


def seq_floor(connection: sqlite3.Connection) -> int:
    """No private message to anybody, and no post in a room, may be given this number or a smaller one.

    0 unless rows were lost.
    """
    return meta.get(connection, meta.LETTER_FLOOR)


def highest(connection: sqlite3.Connection) -> int:
    """The highest number that any own message is known to have been given."""
    last = [last for _, last in (*own_seqs(connection), *room_seqs(connection))]
    return max(own_seq(connection), seq_floor(connection), *last)


def counted(connection: sqlite3.Connection) -> bool:
    """Whether it is known which numbers were used, be it none; not so before the first `leap`."""
    return meta.has(connection, meta.OWN_SEQ)


def leap(connection: sqlite3.Connection, number: int) -> None:
    """Give no own message, to anybody, this number or a smaller one: smaller ones may have been used."""
    meta.raise_to(connection, meta.OWN_SEQ, number)
    meta.raise_to(connection, meta.LETTER_FLOOR, number)


def answered_by(connection: sqlite3.Connection) -> list[bytes]:
    """Everybody who wrote to us privately or acknowledged what we wrote: they hold our profile."""
    rows = connection.execute(
        f"SELECT DISTINCT peer FROM messages WHERE {LETTER} AND (own = 0 OR state IN ('delivered', 'read'))"  # noqa: S608
    )
    return [show(connection, peer) for (peer,) in rows]


def get(connection: sqlite3.Connection, message: int) -> MessageRow | None:
    """One message by its id."""
    return next(iter(_select(connection, "id = ?", message)), None)


def page(
    connection: sqlite3.Connection, board: str, peer: bytes, before: int, limit: int, powered: int = 0
) -> list[MessageRow]:
    """The newest messages, oldest first, at most READ_LIMIT: of a board, of a room or person, or of all.

    `before`: only smaller ids; 0: from the newest. Both numbers may be anything. `powered`: the odometer, by
    which posts expire.
    """
    last = before if 0 < before < _LAST_ID else _LAST_ID
    only, values = "", list[bytes]()
    if peer:
        only, values = "peer = ? AND ", [hide(connection, peer)]
    elif board:
        only, values = "board = ? AND peer = x'' AND ", [hide(connection, board.encode())]
    ordered = f"{only}{LISTED} AND {ALIVE} AND id < ? ORDER BY id DESC LIMIT ?"
    return _select(connection, ordered, *values, powered, last, max(0, min(limit, READ_LIMIT)))[::-1]


def public_after(connection: sqlite3.Connection, after: int, limit: int) -> list[MessageRow]:
    """At most so many public posts with a greater id than this, in the order of their ids."""
    return _select(connection, "peer = x'' AND id > ? ORDER BY id LIMIT ?", after, limit)


def own_seq(connection: sqlite3.Connection) -> int:
    """The highest sequence number ever given to an own post; 0 before the first."""
    return meta.get(connection, meta.OWN_SEQ)


def max_lamport(connection: sqlite3.Connection, leap: int = LAMPORT_LEAP) -> int:
    """The Lamport clock after all that is held, never below an own message's; 0 before the first.

    A peer's message moves it by `leap` at the most: one lie must not use the 32 bits up at the next start.
    """
    clock = meta.get(connection, meta.OWN_LAMPORT)
    for (heard,) in connection.execute("SELECT lamport FROM messages WHERE own = 0 ORDER BY id"):
        clock = max(clock, min(heard, clock + leap))
    return clock


def count(connection: sqlite3.Connection) -> int:
    """Messages that are stored."""
    return _number(connection, "SELECT count(*) FROM messages") or 0


def _number_of(peer: bytes) -> str:
    if peer == PUBLIC:
        return meta.OWN_SEQ
    return meta.LETTER_SEQ if len(peer) == PERSON else meta.ROOM_SEQ


def _stored(row: MessageRow) -> bytes:
    """A room's key that somebody wrote to us is kept with the room alone; here, what tells it again."""
    if row.kind != LetterKind.ROOM_KEY or row.own or len(row.peer) != PERSON:
        return row.text
    return hashlib.blake2b(row.text, digest_size=16).digest()


def _cells(connection: sqlite3.Connection, row: MessageRow) -> dict[str, Any]:
    """The row as it lies on the disk, by column."""
    plain = {**row._asdict(), "board": row.board.encode(), "text": _stored(row)}
    return sealed.closed(connection, "messages", plain)


def _select(connection: sqlite3.Connection, which: str, *values: bytes | int) -> list[MessageRow]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM messages WHERE {which}", values)  # noqa: S608 - our own words
    opened = [sealed.opened(connection, "messages", MessageRow(*row)._asdict()) for row in rows.fetchall()]
    return [
        MessageRow(**{**row, "board": sealed.text(row["board"]), "own": bool(row["own"])}) for row in opened
    ]


select, cells = _select, _cells
"""Rows under a condition of SQL, opened; a row as it lies on the disk."""


def blank(connection: sqlite3.Connection, rows: Iterable[MessageRow]) -> None:
    """Take text and signature from these posts; their numbers stay."""
    for row in rows:
        emptied = _cells(connection, row._replace(text=b"", raw=b""))
        connection.execute(
            "UPDATE messages SET text = ?, raw = ?, state = ? WHERE id = ?",
            (emptied["text"], emptied["raw"], GONE, row.id),
        )
        taken_away(connection, row.author, row.seq)


def _number(connection: sqlite3.Connection, query: str, *values: bytes) -> int | None:
    found: int | None = connection.execute(query, values).fetchone()[0]
    return found


def _window(connection: sqlite3.Connection) -> int:
    return OTHERS_MAX * max(1, meta.get(connection, meta.BOX))


def _forget_others(connection: sqlite3.Connection, room: bytes) -> None:
    hidden = hide(connection, room)
    connection.execute(
        "DELETE FROM messages WHERE own = 0 AND peer = ? AND id <="
        " (SELECT id FROM messages WHERE own = 0 AND peer = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (hidden, hidden, _window(connection)),
    )
