"""Posts, boards and the numbers that are never used twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.commands import READ_LIMIT
from handheld.store import boards, meta, people, posts
from tests.support.store import empty_store, key, own_post, person, post


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        yield connection


def sequence(rows: list[posts.PostRow]) -> list[int]:
    return [row.seq for row in rows]


def test_a_post_is_stored_once_under_a_rising_id(connection: sqlite3.Connection) -> None:
    first = posts.add(connection, post(5))
    assert posts.add(connection, post(5, text=b"another text under the same number")) is None
    second = posts.add(connection, post(5, author=2))
    third = posts.add(connection, post(4))

    assert first
    assert second
    assert third
    assert first < second < third
    assert posts.count(connection) == 3


def test_an_id_is_not_given_again(connection: sqlite3.Connection) -> None:
    first = posts.add(connection, post(1))
    connection.execute("DELETE FROM posts")

    assert posts.add(connection, post(2)) == (first or 0) + 1


def test_bytes_and_empty_fields_come_back_exactly(connection: sqlite3.Connection) -> None:
    odd = bytes(range(256))
    rows = [
        post(0, text=odd, raw=odd, lamport=0xFFFF_FFFF, board="ärger", hops=9, rssi=-128, at=1 << 40),
        own_post(0xFFFF_FFFF, author=2, at=None),
    ]
    ids = [posts.add(connection, row) for row in rows]

    held = posts.page(connection, "", 0, 10)

    assert held == [row._replace(id=number or 0) for row, number in zip(rows, ids, strict=True)]
    assert [type(row.own) for row in held] == [bool, bool]


def test_a_page_is_the_newest_oldest_first(connection: sqlite3.Connection) -> None:
    for seq in range(1, 11):
        posts.add(connection, post(seq, board="here" if seq % 2 else "market"))

    newest = posts.page(connection, "", 0, 3)
    assert sequence(newest) == [8, 9, 10]
    assert sequence(posts.page(connection, "", newest[0].id, 3)) == [5, 6, 7]
    assert sequence(posts.page(connection, "here", 0, 3)) == [5, 7, 9]
    assert sequence(posts.page(connection, "here", 5, 3)) == [1, 3]
    assert sequence(posts.page(connection, "here", 1, 3)) == []
    assert sequence(posts.page(connection, "nowhere", 0, 3)) == []


@pytest.mark.parametrize("before", [-1, 0, 1 << 63, 10**30, -(10**30)])
@pytest.mark.parametrize("limit", [-1, 0, 1 << 63, 10**30, -(10**30)])
def test_a_page_can_be_asked_for_with_any_number(
    connection: sqlite3.Connection, before: int, limit: int
) -> None:
    for seq in range(READ_LIMIT + 5):
        posts.add(connection, post(seq))

    rows = posts.page(connection, "", before, limit)

    assert len(rows) == (READ_LIMIT if limit > 0 else 0)
    assert not rows or rows[-1].seq == READ_LIMIT + 4


def test_others_posts_are_bounded_and_own_ones_stay(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "OTHERS_MAX", 5)
    for seq in range(10):
        posts.add(connection, own_post(seq, author=9))
        posts.add(connection, post(seq))

    held = posts.page(connection, "", 0, 100)

    assert sequence([row for row in held if row.own]) == list(range(10))
    assert sequence([row for row in held if not row.own]) == [5, 6, 7, 8, 9]


def test_own_numbers_are_never_used_twice(connection: sqlite3.Connection) -> None:
    assert posts.own_seq(connection) == 0
    posts.add(connection, own_post(7, author=9, lamport=70))
    posts.add(connection, own_post(6, author=9, lamport=60))
    posts.add(connection, post(99, lamport=80))
    assert posts.own_seq(connection) == 7
    assert posts.max_lamport(connection) == 80

    connection.execute("DELETE FROM posts")

    assert posts.own_seq(connection) == 7
    assert posts.max_lamport(connection) == 70


def test_an_own_number_is_taken_with_its_row_or_not_at_all(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    posts.add(connection, own_post(7, author=9))
    connection.execute("ROLLBACK")

    assert posts.own_seq(connection) == 0
    assert posts.count(connection) == 0


def test_one_lie_does_not_use_up_the_lamport_clock(connection: sqlite3.Connection) -> None:
    posts.add(connection, own_post(1, author=9, lamport=10))
    posts.add(connection, post(1, lamport=12))
    posts.add(connection, post(2, lamport=0xFFFF_FFFF))
    posts.add(connection, post(3, lamport=13))

    assert posts.max_lamport(connection) == 12 + posts.LAMPORT_LEAP
    assert posts.max_lamport(connection, leap=5) == 17


def test_own_posts_wait_until_they_were_on_the_air(connection: sqlite3.Connection) -> None:
    posts.add(connection, post(1))
    first, second = (posts.add(connection, own_post(seq, author=9)) for seq in (1, 2))
    assert posts.unaired(connection) == [(first, own_post(1).raw), (second, own_post(2).raw)]

    posts.mark_aired(connection, first or 0)

    assert posts.unaired(connection) == [(second, own_post(2).raw)]


def test_the_last_number_of_an_author(connection: sqlite3.Connection) -> None:
    assert posts.last_seq(connection, key(1)) is None
    posts.add(connection, post(0))
    assert posts.last_seq(connection, key(1)) == 0
    posts.add(connection, post(8))
    posts.add(connection, post(3))
    posts.add(connection, post(50, author=2))

    assert posts.last_seq(connection, key(1)) == 8


def test_boards_are_followed_once_and_kept_in_order(connection: sqlite3.Connection) -> None:
    assert boards.all(connection) == []
    assert [boards.add(connection, name) for name in ("here", "market", "here")] == [True, True, False]

    assert boards.all(connection) == ["here", "market"]


def test_a_kept_number_only_rises(connection: sqlite3.Connection) -> None:
    assert meta.get(connection, "x") == 0
    for given, kept in ((5, 5), (3, 5), (9, 9)):
        meta.raise_to(connection, "x", given)
        assert meta.get(connection, "x") == kept


def test_what_is_done_for_every_frame_never_walks_a_table(connection: sqlite3.Connection) -> None:
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    posts.add(connection, post(1))
    posts.page(connection, "here", 0, 10)
    posts.unaired(connection)
    people.save(connection, person(1))
    connection.set_trace_callback(None)

    assert len(seen) >= 7
    for statement in seen:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        walks = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
        assert walks == [], statement
        assert "USE TEMP B-TREE" not in " ".join(plan), statement
