"""Public posts by what they are: how long they live, how many of each author, what was taken back.

What goes before its time (taken back, or one of too many) loses text and signature and keeps its number: so
it is neither asked for nor taken anew. What has lived its life goes whole; of our own the numbers stay, so
that an echo of one is no sign of a second device.
"""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from handheld.store import boards, messages, meta, twins
from handheld.store.messages import ALIVE, DISMISSED, GONE, LISTED, PUBLIC, MessageRow, Taken, blank, select
from handheld.store.sealed import hide
from handheld.wire.age import AGE_MAX_S
from handheld.wire.codec import decode
from handheld.wire.constants import PARTS_MAX, POST_LIFE_S, AlertStep, PostType
from handheld.wire.notices import Alert, Deleted

LIVE_MAX = 5
"""Needs, offers, events and alerts that are kept of one author on one board: the newest by their numbers."""

_TIMED = (PostType.NEED, PostType.OFFER, PostType.EVENT, PostType.ALERT)
_TIMED_SQL = ", ".join(map(str, map(int, _TIMED)))
_PLAIN = PostType.NOTE


class BoardRow(NamedTuple):
    """One followed board: fields as in events.Board, `kinds` by PostType."""

    name: str
    posts: int
    unread: int
    kinds: dict[int, int]
    next_s: int | None


def add(connection: sqlite3.Connection, row: MessageRow) -> int | Taken | None:
    """Store a post as `messages.add` does; None also for one that gives way to others at once.

    A tombstone takes effect with it. DIFFERS when its author signed another one under this number.
    """
    life = POST_LIFE_S if row.expires is None else row.expires
    if row.age >= life:
        return None
    row = row._replace(expires=life, powered=row.powered or 0)
    stored = messages.add(connection, row)
    if stored is None:
        return Taken.DIFFERS if _is_twin(connection, row) else None
    if row.kind == PostType.DELETED:
        _take_back(connection, row)
    if row.kind == PostType.LEAP and row.own:
        meta.put(connection, meta.RESTORED, 0)
    if row.kind in _TIMED and stored in _give_way(connection, row):
        return None
    return stored


def _is_twin(connection: sqlite3.Connection, row: MessageRow) -> bool:
    held = next(iter(_one_of(connection, row, row.seq)), None)
    if row.own or held is None or not held.raw or held.raw == row.raw:
        return False
    twins.add(connection, row.author, row.seq, row.raw)
    return True


def _take_back(connection: sqlite3.Connection, row: MessageRow) -> None:
    fields = decode(Deleted, row.text)
    for seq in range(fields.seq, fields.seq + fields.count):
        place = row._replace(seq=seq, lamport=0, text=b"", raw=b"", state=GONE)
        # Its number is taken, so that it is not new when it comes.
        messages.add(connection, place)
        blank(connection, _one_of(connection, row, seq))


def _one_of(connection: sqlite3.Connection, row: MessageRow, *seqs: int) -> list[MessageRow]:
    """The posts of this one's author under these numbers."""
    author, which = hide(connection, row.author), "author = ? AND peer = x'' AND seq = ?"
    return [found for seq in seqs for found in select(connection, which, author, seq)]


def _give_way(connection: sqlite3.Connection, row: MessageRow) -> list[int]:
    """The ids of those that have to go, now that this one is there too."""
    which = f"peer = x'' AND author = ? AND board = ? AND kind IN ({_TIMED_SQL}) AND state != '{GONE}'"
    values = hide(connection, row.author), hide(connection, row.board.encode())
    live = [one for one in select(connection, f"{which} ORDER BY seq DESC", *values) if _counts(one)]
    old = live[LIVE_MAX:]
    for one in old:
        blank(connection, [one, *_parts(connection, one)])
    return [one.id for one in old]


def _counts(row: MessageRow) -> bool:
    """Answers to alerts are no alerts."""
    return row.kind != PostType.ALERT or decode(Alert, row.text).step == AlertStep.HELP


def _parts(connection: sqlite3.Connection, row: MessageRow) -> list[MessageRow]:
    found = _one_of(connection, row, *range(row.seq + 1, row.seq + PARTS_MAX))
    return [one for one in found if one.kind == PostType.MORE and one.board == row.board]


def following(connection: sqlite3.Connection, row: MessageRow) -> list[MessageRow]:
    """The MORE posts that may belong to this one, in their order; those that are there."""
    # A part says which it is: behind a gap there may be another post's.
    parts = _parts(connection, row)
    return [one for one in parts if one.raw and one.text[0] == one.seq - row.seq + 1]


def more(
    connection: sqlite3.Connection, rows: Iterable[MessageRow], ending: bytes
) -> dict[int, tuple[bytes, ...]]:
    """By the id of each post whose text ends so: the texts that follow it, b"" where one is missing."""
    found: dict[int, tuple[bytes, ...]] = {}
    for row in rows:
        if row.peer == PUBLIC and row.text.endswith(ending):
            parts = {one.seq - row.seq: one.text for one in following(connection, row)}
            found[row.id] = tuple(parts.get(number, b"") for number in range(1, max(parts, default=0) + 1))
    return found


def expire(connection: sqlite3.Connection, powered: int) -> int:
    """Take away what has lived long enough when the odometer says `powered`; how many posts that were."""
    dead = f"peer = x'' AND NOT {ALIVE}"
    mine = select(connection, f"own = 1 AND state != '{GONE}' AND {dead}", powered)
    blank(connection, mine)
    others = connection.execute(f"DELETE FROM messages WHERE own = 0 AND {dead}", (powered,))  # noqa: S608
    old = "own = 1 AND peer = x'' AND expires IS NOT NULL AND age + ? - powered >= ?"
    connection.execute(f"DELETE FROM messages WHERE {old}", (powered, AGE_MAX_S))  # noqa: S608 - our own words
    return len(mine) + others.rowcount


def alerts(connection: sqlite3.Connection) -> list[MessageRow]:
    """Everything of type ALERT and DELETED that lives, in the order of ids."""
    return select(
        connection, f"peer = x'' AND kind = {int(PostType.ALERT)} AND state != '{GONE}' ORDER BY id"
    )


def dismiss(connection: sqlite3.Connection, message: int) -> None:
    """Somebody's alert is not to stand on top any more, also after a restart."""
    connection.execute(
        f"UPDATE messages SET state = '{DISMISSED}' WHERE id = ? AND own = 0 AND state != '{GONE}'"  # noqa: S608
        f" AND peer = x'' AND kind = {int(PostType.ALERT)}",
        (message,),
    )


def lists(connection: sqlite3.Connection, author: bytes) -> list[tuple[int, bytes]]:
    """What somebody published of whom he follows or blocks: number and body of each record held."""
    which = f"kind = {int(PostType.FOLLOWS)} AND peer = x'' AND author = ? ORDER BY seq"
    return [(row.seq, row.text) for row in select(connection, which, hide(connection, author))]


def summaries(connection: sqlite3.Connection, powered: int) -> list[BoardRow]:
    """Every followed board, the longest followed first."""
    counts: dict[bytes, dict[int, int]] = {}
    ends: dict[bytes, int] = {}
    for board, kind, count, left in connection.execute(
        f"SELECT board, kind, count(*), min(expires - age - ? + powered) FROM messages"  # noqa: S608 - our own
        f" WHERE peer = x'' AND {LISTED} AND {ALIVE} GROUP BY board, kind",
        (powered, powered),
    ):
        counts.setdefault(board, {})[kind] = count
        if kind != _PLAIN and left is not None:
            ends[board] = min(left, ends.get(board, left))
    for board, kinds in counts.items():
        if PostType.ALERT in kinds:
            which = f"peer = x'' AND board = ? AND kind = {int(PostType.ALERT)} AND {LISTED} AND {ALIVE}"
            answers = sum(not _counts(row) for row in select(connection, which, board, powered))
            kinds.update(
                {PostType.ALERT: kinds[PostType.ALERT] - answers, _PLAIN: kinds.get(_PLAIN, 0) + answers}
            )
    return [_summary(connection, name, counts, ends, powered) for name in boards.all(connection)]


def _summary(
    connection: sqlite3.Connection,
    name: str,
    counts: dict[bytes, dict[int, int]],
    ends: dict[bytes, int],
    powered: int,
) -> BoardRow:
    hidden = hide(connection, name.encode())
    kinds = counts.get(hidden, {})
    posts = sum(kinds.values())
    kinds = {kind: count for kind, count in kinds.items() if count and kind != _PLAIN}
    read = meta.get(connection, meta.SEEN, b"#" + name.encode())
    (unread,) = connection.execute(
        f"SELECT count(*) FROM messages WHERE peer = x'' AND board = ? AND {LISTED} AND {ALIVE}"  # noqa: S608 - our own
        " AND id > ? AND own = 0",
        (hidden, powered, read),
    ).fetchone()
    return BoardRow(name, posts, unread, kinds, ends.get(hidden))
