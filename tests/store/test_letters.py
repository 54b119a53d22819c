"""Which letters are missing, asked for again, or seen."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import letters, messages
from handheld.wire.constants import LetterKind
from tests.support.store import empty_store, key, letter


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        yield connection


def heard(connection: sqlite3.Connection, *numbers: int, kind: int = LetterKind.TEXT) -> list[int]:
    rows = [letter(seq, peer=2, author=key(2), own=False, state="received", kind=kind) for seq in numbers]
    return [messages.add(connection, row) or 0 for row in rows]


def test_gaps_are_told_the_newest_first_and_leaps_are_none(connection: sqlite3.Connection) -> None:
    heard(connection, 3, 4, 8, 10, 10 + (1 << 16), 13 + (1 << 16))
    assert letters.missing(connection, key(2)) == [(65_547, 65_548), (9, 9), (5, 7), (1, 2)]
    assert letters.missing(connection, key(2), most=1) == [(65_547, 65_548)]
    assert letters.missing(connection, key(3)) == []


def test_who_begins_late_is_known_since_later(connection: sqlite3.Connection) -> None:
    heard(connection, letters.FIRST_MAX + 1, letters.FIRST_MAX + 2)
    assert letters.missing(connection, key(2)) == []


def test_only_what_is_asked_for_and_still_there_is_sealed_again(connection: sqlite3.Connection) -> None:
    for seq in range(1, 9):
        kind = LetterKind.ROOM_KEY if seq == 3 else LetterKind.TEXT
        messages.add(connection, letter(seq, kind=kind))
    messages.add(connection, letter(2, peer=5))
    found = letters.again(connection, key(2), [(2, 4), (7, 900)], 3)
    assert [(row.peer, row.seq) for row in found] == [(key(2), seq) for seq in (2, 4, 7)]


def test_what_was_delivered_is_seen_and_nothing_else(connection: sqlite3.Connection) -> None:
    ids = [messages.add(connection, letter(seq)) or 0 for seq in range(1, 5)]
    for number in (ids[0], ids[1], ids[3]):
        messages.advance(connection, number, "delivered")
    assert letters.seen_by(connection, key(2), 3) == ids[:2]
    assert letters.seen_by(connection, key(2), 3) == []
    states = [row.state for row in messages.page(connection, "", key(2), 0, 9)]
    assert states == ["read", "read", "queued", "delivered"]


def test_each_number_is_told_to_be_seen_once(connection: sqlite3.Connection) -> None:
    ids = heard(connection, 1, 2, 5)
    assert letters.newly_read(connection, key(2), ids[1]) == 2
    assert letters.newly_read(connection, key(2), ids[1]) is None
    assert letters.newly_read(connection, key(2), ids[2]) == 5
    assert letters.newly_read(connection, key(3), ids[2]) is None
