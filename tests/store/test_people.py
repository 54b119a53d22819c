"""People: the newest profile of each, the latest heard first, strangers within bounds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import people
from tests.support.store import empty_store, key, person


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        yield connection


def test_a_person_is_new_once(connection: sqlite3.Connection) -> None:
    assert people.save(connection, person(1)) is True
    assert people.save(connection, person(1)) is False
    assert people.save(connection, person(1, epoch=2)) is False
    assert people.save(connection, person(2)) is True


def test_bytes_come_back_exactly(connection: sqlite3.Connection) -> None:
    row = person(1, profile=bytes(range(256)), epoch=0xFFFF_FFFF, heard_at=None, first_at=None)
    people.save(connection, row)

    assert people.all(connection) == [row]


def test_a_newer_epoch_replaces_an_equal_one_refreshes_an_older_one_does_nothing(
    connection: sqlite3.Connection,
) -> None:
    people.save(connection, person(1, epoch=5, heard_at=100, first_at=100))

    people.save(connection, person(1, epoch=6, heard_at=200, first_at=200))
    assert people.all(connection) == [person(1, epoch=6, heard_at=200, first_at=100)]

    people.save(connection, person(1, epoch=6, profile=b"renamed", heard_at=50, first_at=50))
    assert people.all(connection) == [person(1, epoch=6, profile=b"renamed", heard_at=50, first_at=100)]

    people.save(connection, person(1, epoch=5, heard_at=300, first_at=300))
    assert people.all(connection) == [person(1, epoch=6, profile=b"renamed", heard_at=50, first_at=100)]


def test_the_latest_heard_comes_first_whatever_the_calendar_says(connection: sqlite3.Connection) -> None:
    people.save(connection, person(1, heard_at=9_000_000_000))
    people.save(connection, person(2, heard_at=None))
    people.save(connection, person(3, heard_at=0))
    people.save(connection, person(2, heard_at=-1))
    people.save(connection, person(1, epoch=0))  # an old profile is no sign of life

    assert [row.key for row in people.all(connection)] == [key(2), key(3), key(1)]


def test_an_own_level_is_not_changed_by_what_is_heard(connection: sqlite3.Connection) -> None:
    people.save(connection, person(1, level="met"))
    people.save(connection, person(1, epoch=2, level="unknown"))

    assert people.all(connection)[0].level == "met"


def test_strangers_are_bounded_and_nobody_else_is_dropped(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "STRANGERS_MAX", 10)
    people.save(connection, person(1000, level="met"))
    people.save(connection, person(1001, level="self"))
    for number in range(10):
        people.save(connection, person(number))
    people.save(connection, person(0))  # heard again, so the longest unheard is 1

    people.save(connection, person(50))
    people.save(connection, person(51))

    left = {int.from_bytes(row.key) for row in people.all(connection)}
    assert left == {1000, 1001, 0, 3, 4, 5, 6, 7, 8, 9, 50, 51}


def test_a_key_of_another_length_is_our_mistake(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        people.save(connection, person(1, key=b"prefix"))
