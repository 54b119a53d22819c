"""The node's rows and the store's: what it wants kept goes in, what it starts with comes out.

For whoever carries out effects, be it the running node or a simulated one.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from handheld.node.effects import (
    CheckOwn,
    DropCarried,
    Ended,
    Expire,
    FindAgain,
    FindGaps,
    ForgetFile,
    ForgetRoom,
    Keep,
    KeepBoard,
    KeepCarried,
    KeepCopy,
    KeepFile,
    KeepHeardBoard,
    KeepIntroduction,
    KeepKeys,
    KeepLetter,
    KeepMet,
    KeepOdometer,
    KeepPetname,
    KeepPost,
    KeepProfile,
    KeepRank,
    KeepRead,
    KeepReceipt,
    KeepRelation,
    KeepRoom,
    KeepRoomPost,
    KeepSealing,
    KeepState,
    KeepSymbols,
    LoadFile,
    Rewrite,
    Serve,
)
from handheld.node.entry import Entry, Sealing, State
from handheld.node.prekeys import LIFE_S
from handheld.node.repair import Found, Held
from handheld.node.saved import Saved
from handheld.store import (
    acquaintances,
    answered,
    boards,
    boards_heard,
    carried,
    files,
    finding,
    letters,
    messages,
    meta,
    outgoing,
    people,
    petnames,
    posts,
    ranks,
    relations,
    rooms,
    sealed,
    twins,
    window,
)
from handheld.store.database import Connection
from handheld.store.messages import Taken
from handheld.sync.mailbag import BOX_TIMES


class Gone(NamedTuple):
    """How many posts have gone."""

    posts: int


Stored = int | Taken | Gone | list[Any] | None
"""What became of a row: its id, why a letter was not stored, how many posts went, what was looked for, or
nothing to tell."""

REFUSED = {Taken.DIFFERS: "number used twice", Taken.FULL: "too many of one person"}


def save_all(connection: Connection, keeps: Iterable[Keep]) -> list[Stored]:
    """Store what the node wants kept, within one transaction of the caller's: what became of each."""
    return [_save(connection, keep) for keep in keeps]


def save_and_tell(
    connection: Connection, keeps: Iterable[Keep]
) -> tuple[list[Stored], list[tuple[bytes, int]]]:
    """As `save_all`; and which posts, by author and number, had to go for it."""
    sealed.take_notes(connection)  # of a transaction that failed
    stored = save_all(connection, keeps)
    return stored, sealed.take_notes(connection)


def _save(connection: Connection, keep: Keep) -> Stored:
    if isinstance(keep, KeepLetter) and not keep.own:
        return _take(connection, keep)
    if isinstance(keep, KeepPost):
        return posts.add(connection, _row(keep))
    if isinstance(keep, KeepLetter | KeepRoomPost):
        return messages.add(connection, _row(keep))
    if type(keep) in _FINDERS:
        return _FINDERS[type(keep)](connection, keep)
    if not isinstance(keep, KeepKeys):  # they are in a file of their own
        _SAVERS[type(keep)](connection, keep)
    return None


def _take(connection: Connection, keep: KeepLetter) -> Stored:
    taken = messages.take(connection, _row(keep))
    if taken not in REFUSED and keep.commitment:
        answered.note(connection, keep.commitment, keep.powered)
    return taken


def _notice(connection: Connection, keep: KeepCopy) -> None:
    meta.raise_to(connection, meta.COPIED, keep.powered)
    messages.leap(connection, keep.floor)


def _run(connection: Connection, keep: KeepOdometer) -> None:
    meta.raise_to(connection, meta.ODOMETER, keep.seconds)
    answered.forget(connection, keep.seconds - LIFE_S)
    carried.forget(connection, keep.seconds)


def _expire(connection: Connection, powered: int) -> Gone:
    gone = posts.expire(connection, powered)
    finding.gather(connection)
    return Gone(gone)


def _values(keep: KeepFile) -> list[Any]:
    return [getattr(keep, name) for name in files.FileRow._fields[:-1]]


_SAVERS: dict[type[Keep], Callable[[Connection, Any], object]] = {
    KeepProfile: lambda connection, keep: people.save(
        connection, people.PersonRow(keep.key, keep.epoch, keep.raw, keep.at, keep.at)
    ),
    KeepBoard: lambda connection, keep: boards.save(connection, keep.name, followed=keep.followed),
    KeepHeardBoard: lambda connection, keep: boards_heard.add(connection, keep.name),
    KeepRoom: lambda connection, keep: rooms.save(connection, keep.id, keep.name, keep.content),
    ForgetRoom: lambda connection, keep: rooms.forget(connection, keep.id),
    KeepSealing: lambda connection, keep: outgoing.add_sealing(
        connection, keep.message, keep.commitment, keep.preimage
    ),
    KeepCarried: lambda connection, keep: carried.save(
        connection, carried.Item(keep.id, keep.raw, keep.age, keep.powered, keep.rank, keep.message)
    ),
    DropCarried: lambda connection, keep: carried.drop(connection, keep.id, keep.powered),
    KeepReceipt: lambda connection, keep: carried.receive(
        connection, carried.Receipt(keep.commitment, keep.preimage, keep.id, keep.powered)
    ),
    KeepState: lambda connection, keep: messages.advance(connection, keep.message, keep.state),
    KeepPetname: lambda connection, keep: petnames.save(connection, keep.key, keep.petname),
    KeepMet: lambda connection, keep: acquaintances.save_met(connection, keep.key, met=keep.met),
    KeepIntroduction: lambda connection, keep: acquaintances.save_introduction(
        connection, keep.key, keep.introducer, keep.name
    ),
    KeepRelation: lambda connection, keep: relations.save(connection, keep.key, keep.relation),
    KeepRank: lambda connection, keep: ranks.change(connection, keep.key, keep.rank),
    KeepOdometer: _run,
    KeepFile: lambda connection, keep: files.save(connection, files.FileRow(*_values(keep))),
    KeepSymbols: lambda connection, keep: files.add(connection, keep.tag, keep.symbols, instead=keep.instead),
    ForgetFile: lambda connection, keep: files.forget(connection, keep.tag),
    KeepCopy: _notice,
    Ended: lambda connection, _keep: meta.put(connection, meta.CLEAN, 1),
}
"""What is done in the database for each effect that is no message."""


_FINDERS: dict[type[Keep], Callable[[Connection, Any], Stored]] = {
    Rewrite: lambda connection, one: messages.rewrite(
        connection, one.message, one.keep.seq, one.keep.lamport, one.keep.text
    ),
    CheckOwn: lambda connection, keep: messages.compare(connection, keep.author, keep.seq, keep.raw),
    Expire: lambda connection, keep: _expire(connection, keep.powered),
    LoadFile: lambda connection, keep: files.load(connection, keep.tag),
    FindGaps: lambda connection, keep: letters.missing(connection, keep.writer),
    FindAgain: lambda connection, keep: [
        _again(row) for row in letters.again(connection, keep.reader, keep.numbers, keep.most)
    ],
    KeepRead: lambda connection, keep: letters.seen_by(connection, keep.reader, keep.upto),
}
"""What is looked for, or changed and told, in the database for each effect that asks."""


def _again(row: outgoing.OpenRow) -> Entry:
    entry = _entry(row)
    entry.again = entry.state in (State.DELIVERED, State.READ)
    entry.state = State.AIRED
    entry.left = True
    return entry


def _row(keep: KeepPost | KeepLetter | KeepRoomPost) -> messages.MessageRow:
    if isinstance(keep, KeepRoomPost):
        return _room_row(keep)
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
        kind=keep.kind,
        powered=keep.powered,
        age=post.age if post else 0,
        expires=post.expires if post else None,
        rank=keep.rank,
    )


def _room_row(keep: KeepRoomPost) -> messages.MessageRow:
    received = messages.OLD_KEY if keep.old else messages.RECEIVED
    return messages.MessageRow(
        peer=keep.room,
        author=keep.author,
        seq=keep.seq,
        lamport=keep.lamport,
        board="",
        text=keep.text,
        raw=b"",
        own=keep.own,
        hops=None,
        rssi=None,
        at=keep.at,
        state=messages.QUEUED if keep.own else received,
        kind=keep.kind,
        rank=keep.rank,
    )


def room_post(row: messages.MessageRow) -> KeepRoomPost:
    """A post in a room as the node has it."""
    old = row.state == messages.OLD_KEY
    return KeepRoomPost(row.peer, row.author, row.seq, row.lamport, row.text, row.own, row.at, row.kind, old)


def shown_post(row: messages.MessageRow, more: tuple[bytes, ...] = ()) -> KeepPost:
    """A public post as the node has it, with the texts that follow."""
    return KeepPost(
        author=row.author,
        seq=row.seq,
        lamport=row.lamport,
        board=row.board,
        text=row.text,
        raw=row.raw,
        own=row.own,
        hops=row.hops,
        rssi=row.rssi,
        at=row.at,
        kind=row.kind,
        age=row.age,
        powered=row.powered or 0,
        expires=row.expires,
        more=more,
    )


def find(connection: Connection, serve: Serve) -> list[Found]:
    """What is there of what is to be served."""
    return [Found(row.raw, row.author, row.seq, row.board) for row in window.raws(connection, serve.posts)]


def load(connection: Connection, followed: Iterable[str], leap: int, *, box: bool = False) -> Saved:
    """What a node starts with. `followed` boards are kept; a database that counts no numbers yet leaps.

    A `box` holds more from now on.
    """
    meta.put(connection, meta.BOX, BOX_TIMES if box else 1)
    # Asked of the database, not of the files: the start before may have been cut off after making it.
    if not messages.counted(connection):
        messages.leap(connection, leap)
    for name in followed:
        boards.add(connection, name)
    related, alerts = relations.all(connection), posts.alerts(connection)
    clean = _was_clean(connection)
    return Saved(
        profiles=[row.profile for row in reversed(people.all(connection))],
        boards=boards.all(connection),
        boards_heard=[*boards_heard.all(connection), *boards.all(connection, followed=False)],
        relations=related,
        lists=[(key, *record) for key, _ in related for record in posts.lists(connection, key)],
        held=[Held(*row) for row in window.index(connection)],
        petnames=petnames.all(connection),
        met=acquaintances.met(connection),
        introductions=acquaintances.introductions(connection),
        seq=messages.own_seq(connection),
        lamport=messages.max_lamport(connection),
        unaired=messages.unaired(connection),
        letters=[
            _entry(row, clean=clean)
            for row in (*outgoing.on_their_way(connection), *outgoing.given_up(connection))
        ],
        letter_seqs=messages.own_seqs(connection),
        letter_floor=messages.seq_floor(connection),
        known_to=messages.answered_by(connection),
        rooms=rooms.all(connection),
        room_seqs=messages.room_seqs(connection),
        room_posts=[(row.id, room_post(row)) for row in messages.unaired_in_rooms(connection)],
        odometer=meta.get(connection, meta.ODOMETER),
        copied=meta.get(connection, meta.COPIED),
        restored=meta.get(connection, meta.RESTORED),
        twins=twins.authors(connection),
        alerts=[(row.id, shown_post(row)) for row in alerts],
        dismissed=[row.id for row in alerts if row.state == messages.DISMISSED],
        answered=answered.all(connection),
        files=[(KeepFile(*row[:-1]), row.held) for row in files.all(connection)],
        carried=carried.all(connection),
        receipts=carried.receipts(connection),
        gone=carried.dropped(connection),
        clean=clean,
    )


def _was_clean(connection: Connection) -> bool:
    """Whether all that left before is known to have left; the node that starts now has to end well, too.

    Not so of a backup: what it holds as unsent may have gone out since it was made.
    """
    clean = bool(meta.get(connection, meta.CLEAN)) and not meta.get(connection, meta.RESTORED)
    meta.put(connection, meta.CLEAN, 0)
    return clean


def _entry(row: outgoing.OpenRow, *, clean: bool = False) -> Entry:
    state = State(row.state)
    entry = Entry(row.id, row.peer, row.seq, row.lamport, row.text, state, row.sealings)
    entry.kind, entry.powered = row.kind, row.powered or 0
    entry.left = bool(row.sealings) or not clean
    pairs = zip(row.sealings, row.preimages, strict=True)
    entry.kept = {commitment: Sealing(preimage, 0) for commitment, preimage in pairs if preimage}
    return entry
