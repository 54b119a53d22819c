"""Rooms in the database: their posts stand with all messages, and go with the room."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import boards, chats, messages, meta, outgoing, rooms
from handheld.store.messages import MessageRow
from handheld.wire.constants import LetterKind
from tests.support.store import empty_store, key, own_post, post

ROOM, OTHER = b"kitchen!", b"cellar!!"
NEW_KEY = LetterKind.ROOM_KEY


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as opened:
        yield opened


def said(seq: int, room: bytes = ROOM, **changes: object) -> MessageRow:
    return post(seq, peer=room, board="", raw=b"", hops=None, rssi=None, **changes)


def own(seq: int, room: bytes = ROOM) -> MessageRow:
    return own_post(seq, peer=room, board="", raw=b"")


def test_a_room_is_kept_changed_and_forgotten_with_all_that_was_said_in_it(
    connection: sqlite3.Connection,
) -> None:
    rooms.save(connection, ROOM, "kitchen", b"{1}")
    rooms.save(connection, OTHER, "cellar", b"{2}")
    rooms.save(connection, ROOM, "Küche", b"{3}")
    messages.add(connection, own(7))
    kept = messages.add(connection, said(1, OTHER))
    chats.seen(connection, "", ROOM, 1)
    assert rooms.all(connection) == [(ROOM, "Küche", b"{3}"), (OTHER, "cellar", b"{2}")]

    rooms.forget(connection, ROOM)
    assert rooms.all(connection) == [(OTHER, "cellar", b"{2}")]
    assert [row.id for row in messages.page(connection, "", b"", 0, 50)] == [kept]
    assert not meta.has(connection, meta.SEEN)
    # Who comes in again must not use a number twice.
    assert messages.room_seqs(connection) == [(ROOM, 7)]


def test_a_number_counts_in_its_room_alone(connection: sqlite3.Connection) -> None:
    rows = [said(1), said(1, OTHER), post(1)]
    assert None not in [messages.add(connection, row) for row in rows]
    assert [messages.add(connection, row) for row in rows] == [None] * 3
    assert [row.peer for row in messages.page(connection, "", ROOM, 0, 50)] == [ROOM]


def test_what_was_not_sent_is_found_again_by_its_kind(connection: sqlite3.Connection) -> None:
    for row in (own(1), own(2, OTHER), own_post(1), own_post(1, peer=key(9), board="", raw=b"")):
        messages.add(connection, row)
    assert [(row.peer, row.seq) for row in messages.unaired_in_rooms(connection)] == [(ROOM, 1), (OTHER, 2)]
    assert len(messages.unaired(connection)) == 1
    assert [row.peer for row in outgoing.on_their_way(connection)] == [key(9)]
    assert messages.own_seqs(connection) == [(key(9), 1)]


def test_posts_in_a_room_make_nobody_a_correspondent_and_fill_no_letter_box(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "STRANGERS_LETTERS_MAX", 3)
    for seq in range(1, 6):
        messages.add(connection, said(seq))
    assert messages.answered_by(connection) == []
    assert isinstance(messages.take(connection, post(1, peer=key(1), board="", raw=b"")), int)


def test_each_room_keeps_so_many_of_others_and_all_of_ours(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards.add(connection, "here")
    monkeypatch.setattr(messages, "OTHERS_MAX", 3)
    messages.add(connection, own(1))
    for seq in range(2, 8):
        messages.add(connection, said(seq))
        messages.add(connection, said(seq, OTHER))
        messages.add(connection, post(seq))
    for peer, numbers in ((ROOM, [1, 5, 6, 7]), (OTHER, [5, 6, 7])):
        assert [row.seq for row in messages.page(connection, "", peer, 0, 50)] == numbers
    assert [row.seq for row in messages.page(connection, "here", b"", 0, 50)] == [5, 6, 7]


def test_rooms_are_chats_also_before_anything_was_said(connection: sqlite3.Connection) -> None:
    rooms.save(connection, ROOM, "kitchen", b"{}")
    rooms.save(connection, OTHER, "cellar", b"{}")
    messages.add(connection, said(1))
    messages.add(connection, said(2, state=messages.OLD_KEY))
    first, second = chats.all(connection)
    assert (first.peer, first.unread, first.last and first.last.state) == (ROOM, 2, "old key")
    assert (second.peer, second.unread, second.last) == (OTHER, 0, None)


def test_a_key_of_a_room_stays_in_no_letter(connection: sqlite3.Connection) -> None:
    secret = b"the key of a room, 32 bytes long"
    theirs = post(1, peer=key(1), board="", raw=b"", text=secret, kind=NEW_KEY)
    assert isinstance(messages.take(connection, theirs), int)
    assert messages.take(connection, theirs) is messages.Taken.SAME
    assert messages.take(connection, theirs._replace(text=b"another")) is messages.Taken.DIFFERS
    ours = own_post(1, 2, peer=key(1), board="", raw=b"", text=secret, kind=NEW_KEY)
    message = messages.add(connection, ours)
    assert message is not None
    assert [row.text for row in outgoing.on_their_way(connection)] == [secret]
    messages.advance(connection, message, messages.DELIVERED)
    kept = [row and row.text for row in (messages.get(connection, number) for number in (1, message))]
    assert kept == [hashlib.blake2b(secret, digest_size=16).digest(), b""]
    spoken = messages.add(connection, own_post(2, 2, peer=key(1), board="", raw=b""))
    assert spoken is not None
    messages.advance(connection, spoken, messages.DELIVERED)
    assert (delivered := messages.get(connection, spoken)) is not None
    assert delivered.text == b"post 2"


def test_a_leap_goes_above_what_was_said_in_rooms(connection: sqlite3.Connection) -> None:
    messages.add(connection, own_post(3))
    messages.add(connection, own(70_000))
    assert messages.highest(connection) == 70_000
