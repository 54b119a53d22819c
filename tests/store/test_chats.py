"""The list of conversations: what is newest in each, and what was not read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import boards, chats, messages
from handheld.wire.constants import LetterKind
from tests.support.store import empty_store, key, letter, own_post, post


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        boards.add(connection, "here")
        yield connection


def names(connection: sqlite3.Connection) -> list[str]:
    return [row.board or f"person {row.peer[-1]}" for row in chats.all(connection)]


def heard(seq: int) -> messages.MessageRow:
    return messages.MessageRow(key(7), key(7), seq, seq, "", b"body", b"", False, None, None, None)


def unread(connection: sqlite3.Connection) -> list[int]:
    return [row.unread for row in chats.all(connection)]


def test_a_board_without_a_message_is_on_the_list(connection: sqlite3.Connection) -> None:
    boards.add(connection, "here")

    assert chats.all(connection) == [chats.ChatRow("here", b"", 0, None)]


def test_the_one_with_the_newest_message_comes_first(connection: sqlite3.Connection) -> None:
    for board in ("empty", "market"):
        boards.add(connection, board)
    messages.add(connection, post(1))
    messages.add(connection, letter(1, peer=7))
    messages.add(connection, post(2, board="market"))
    assert names(connection) == ["market", "person 7", "here", "empty"]

    messages.add(connection, post(3))
    assert names(connection) == ["here", "market", "person 7", "empty"]
    last = chats.all(connection)[0].last
    assert last is not None
    assert (last.text, last.own) == (b"post 3", False)


def test_others_messages_are_unread_until_they_were_seen(connection: sqlite3.Connection) -> None:
    first = messages.add(connection, post(1)) or 0
    messages.add(connection, post(2))
    messages.add(connection, own_post(1, author=3))
    assert unread(connection) == [2]

    chats.seen(connection, "here", b"", first)
    assert unread(connection) == [1]
    chats.seen(connection, "here", b"", 0)
    assert unread(connection) == [1]


def test_what_devices_write_to_each_other_is_neither_listed_nor_unread(
    connection: sqlite3.Connection,
) -> None:
    messages.take(connection, heard(1)._replace(kind=LetterKind.TEXT))
    messages.take(connection, heard(2)._replace(kind=LetterKind.ROOM_KEY))
    messages.take(connection, heard(3)._replace(kind=200))
    assert unread(connection) == [2, 0]
    assert [row.seq for row in messages.page(connection, "", key(7), 0, 50)] == [1, 3]

    messages.take(connection, heard(4)._replace(kind=LetterKind.ROOM_KEY))
    last = chats.all(connection)[0].last
    assert last is not None
    assert last.seq == 3


def test_a_person_and_a_board_are_read_apart(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1))
    last = messages.add(connection, letter(1, peer=7, author=key(7), own=False, state="received")) or 0
    assert unread(connection) == [1, 1]

    chats.seen(connection, "", key(7), last)
    assert names(connection) == ["person 7", "here"]
    assert unread(connection) == [0, 1]


def test_what_is_still_to_come_cannot_be_seen(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1))
    chats.seen(connection, "here", b"", 1 << 50)
    messages.add(connection, post(2))

    assert unread(connection) == [1]
