"""The node's rows and the store's: what it wants kept goes in, what it starts with comes out.

For whoever carries out effects, be it the running node or a simulated one.
"""

from collections.abc import Iterable

from handheld.node.effects import (
    Keep,
    KeepBoard,
    KeepLetter,
    KeepPetname,
    KeepPost,
    KeepProfile,
    KeepSealing,
    KeepState,
)
from handheld.node.node import Saved
from handheld.node.outbox import Entry, State
from handheld.store import boards, messages, people, petnames
from handheld.store.database import Connection
from handheld.store.messages import Taken

Stored = int | Taken | None
"""What became of a row: its id, why a letter was not stored, or nothing to tell."""


def save_all(connection: Connection, keeps: Iterable[Keep]) -> list[Stored]:
    """Store what the node wants kept, within one transaction of the caller's: what became of each."""
    return [_save(connection, keep) for keep in keeps]


def _save(connection: Connection, keep: Keep) -> Stored:
    match keep:
        case KeepLetter(own=False):
            return messages.take(connection, _row(keep))
        case KeepPost() | KeepLetter():
            return messages.add(connection, _row(keep))
        case KeepProfile(key, epoch, raw, at):
            people.save(connection, people.PersonRow(key, epoch, raw, at, at))
        case KeepBoard(name):
            boards.add(connection, name)
        case KeepSealing(message, commitment):
            messages.add_sealing(connection, message, commitment)
        case KeepState(message, state):
            messages.advance(connection, message, state)
        case KeepPetname(key, petname):
            petnames.save(connection, key, petname)
    return None


def _row(keep: KeepPost | KeepLetter) -> messages.MessageRow:
    post = keep if isinstance(keep, KeepPost) else None
    return messages.MessageRow(
        peer=keep.peer if isinstance(keep, KeepLetter) else messages.PUBLIC,
        author=keep.author,
        seq=keep.seq,
        lamport=keep.lamport,
        board=post.board if post else "",
        text=keep.text,
        raw=post.raw if post else b"",
        own=keep.own,
        hops=post.hops if post else None,
        rssi=post.rssi if post else None,
        at=keep.at,
        state=messages.QUEUED if keep.own else messages.RECEIVED,
    )


def load(connection: Connection, followed: Iterable[str], leap: int) -> Saved:
    """What a node starts with. `followed` boards are kept; a database that counts no numbers yet leaps."""
    # Asked of the database, not of the files: the start before may have been cut off after making it.
    if not messages.counted(connection):
        messages.leap(connection, leap)
    for name in followed:
        boards.add(connection, name)
    return Saved(
        profiles=[row.profile for row in reversed(people.all(connection))],
        boards=boards.all(connection),
        petnames=petnames.all(connection),
        seq=messages.own_seq(connection),
        lamport=messages.max_lamport(connection),
        unaired=messages.unaired(connection),
        letters=[_entry(row) for row in messages.on_their_way(connection)],
        letter_seqs=messages.own_seqs(connection),
        letter_floor=messages.seq_floor(connection),
        known_to=messages.answered_by(connection),
    )


def _entry(row: messages.OpenRow) -> Entry:
    return Entry(row.id, row.peer, row.seq, row.lamport, row.text, State(row.state), row.sealings)
