"""What is kept of carried mail, of its receipts, and of what had to go."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import carried, messages, outgoing
from handheld.store.carried import Item, Receipt
from tests.support.store import empty_store, letter


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        yield connection


def item(number: int) -> Item:
    id8 = number.to_bytes(8, "big")
    return Item(id8, b"\x4c" + id8 * 20, 3, 100 + number, 2, 0)


def receipt(number: int, powered: int = 500) -> Receipt:
    id8 = number.to_bytes(8, "big")
    return Receipt(b"commit%02d" % (number % 100), b"preimage", id8, powered)


def test_frames_come_back_as_they_were_in_the_order_of_storing(connection: sqlite3.Connection) -> None:
    for number in (2, 1, 2):
        carried.save(connection, item(number))
    assert carried.all(connection) == [item(2), item(1)]
    carried.drop(connection, item(2).id, None)
    assert carried.all(connection) == [item(1)]
    assert carried.dropped(connection) == []


def test_a_receipt_ends_the_carrying_and_delivers_nothing_of_ours_any_more(
    connection: sqlite3.Connection,
) -> None:
    number = messages.add(connection, letter(1)) or 0
    outgoing.add_sealing(connection, number, receipt(1).commitment, b"preimage")
    carried.save(connection, item(1))
    for _ in range(2):
        carried.receive(connection, receipt(1))
    assert carried.all(connection) == []
    assert carried.receipts(connection) == [receipt(1)]
    assert outgoing.on_their_way(connection)[0].sealings == []


def test_what_had_to_go_is_remembered_and_that_is_bounded(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "DROPPED_MAX", 3)
    for number in (1, 2, 2, 3, 4, 5):
        carried.save(connection, item(number))
        carried.drop(connection, item(number).id, number)
    assert carried.all(connection) == []
    assert carried.dropped(connection) == [item(number).id for number in (3, 4, 5)]
    carried.forget(connection, carried.DROPPED_LIFE_S + 5)
    assert carried.dropped(connection) == [item(5).id]


def test_receipts_outlive_the_mail_they_answer_by_a_week_and_are_bounded(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        carried.receive(connection, receipt(number, powered=number))
    carried.forget(connection, carried.RECEIPT_LIFE_S + 2)
    assert [one.powered for one in carried.receipts(connection)] == [2, 3, 4, 5]
    monkeypatch.setattr(carried, "RECEIPTS_MAX", 2)
    carried.forget(connection, 10)
    assert [one.powered for one in carried.receipts(connection)] == [3, 4, 5]
