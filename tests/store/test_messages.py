"""Posts, boards and the numbers that are never used twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.commands import READ_LIMIT
from handheld.store import answered, boards, messages, meta, outgoing, people, petnames
from tests.support.store import empty_store, key, letter, own_post, person, post


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        boards.add(connection, "here")
        boards.add(connection, "market")
        yield connection


def sequence(rows: list[messages.MessageRow]) -> list[int]:
    return [row.seq for row in rows]


def test_a_post_is_stored_once_under_a_rising_id(connection: sqlite3.Connection) -> None:
    first = messages.add(connection, post(5))
    assert messages.add(connection, post(5, text=b"another text under the same number")) is None
    second = messages.add(connection, post(5, author=2))
    third = messages.add(connection, post(4))

    assert first
    assert second
    assert third
    assert first < second < third
    assert messages.count(connection) == 3


def test_an_id_is_not_given_again(connection: sqlite3.Connection) -> None:
    first = messages.add(connection, post(1))
    connection.execute("DELETE FROM messages")

    assert messages.add(connection, post(2)) == (first or 0) + 1


def test_bytes_and_empty_fields_come_back_exactly(connection: sqlite3.Connection) -> None:
    odd = bytes(range(256))
    rows = [
        post(0, text=odd, raw=odd, lamport=0xFFFF_FFFF, board="ärger", hops=9, rssi=-128, at=1 << 40),
        own_post(0xFFFF_FFFF, author=2, at=None),
    ]
    boards.add(connection, "ärger")
    ids = [messages.add(connection, row) for row in rows]

    held = messages.page(connection, "", b"", 0, 10)

    assert held == [row._replace(id=number or 0) for row, number in zip(rows, ids, strict=True)]
    assert [type(row.own) for row in held] == [bool, bool]


def test_a_page_is_the_newest_oldest_first(connection: sqlite3.Connection) -> None:
    for seq in range(1, 11):
        messages.add(connection, post(seq, board="here" if seq % 2 else "market"))

    newest = messages.page(connection, "", b"", 0, 3)
    assert sequence(newest) == [8, 9, 10]
    assert sequence(messages.page(connection, "", b"", newest[0].id, 3)) == [5, 6, 7]
    assert sequence(messages.page(connection, "here", b"", 0, 3)) == [5, 7, 9]
    assert sequence(messages.page(connection, "here", b"", 5, 3)) == [1, 3]
    assert sequence(messages.page(connection, "here", b"", 1, 3)) == []
    assert sequence(messages.page(connection, "nowhere", b"", 0, 3)) == []


@pytest.mark.parametrize("before", [-1, 0, 1 << 63, 10**30, -(10**30)])
@pytest.mark.parametrize("limit", [-1, 0, 1 << 63, 10**30, -(10**30)])
def test_a_page_can_be_asked_for_with_any_number(
    connection: sqlite3.Connection, before: int, limit: int
) -> None:
    for seq in range(READ_LIMIT + 5):
        messages.add(connection, post(seq))

    rows = messages.page(connection, "", b"", before, limit)

    assert len(rows) == (READ_LIMIT if limit > 0 else 0)
    assert not rows or rows[-1].seq == READ_LIMIT + 4


def test_others_posts_are_bounded_and_own_ones_stay(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 5)
    for seq in range(10):
        messages.add(connection, own_post(seq, author=9))
        messages.add(connection, post(seq))

    held = messages.page(connection, "", b"", 0, 100)

    assert sequence([row for row in held if row.own]) == list(range(10))
    assert sequence([row for row in held if not row.own]) == [5, 6, 7, 8, 9]


def test_own_numbers_are_never_used_twice(connection: sqlite3.Connection) -> None:
    assert messages.own_seq(connection) == 0
    messages.add(connection, own_post(7, author=9, lamport=70))
    messages.add(connection, own_post(6, author=9, lamport=60))
    messages.add(connection, post(99, lamport=80))
    assert messages.own_seq(connection) == 7
    assert messages.max_lamport(connection) == 80

    connection.execute("DELETE FROM messages")

    assert messages.own_seq(connection) == 7
    assert messages.max_lamport(connection) == 70


def test_an_own_number_is_taken_with_its_row_or_not_at_all(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    messages.add(connection, own_post(7, author=9))
    connection.execute("ROLLBACK")

    assert messages.own_seq(connection) == 0
    assert messages.count(connection) == 0


def test_one_lie_does_not_use_up_the_lamport_clock(connection: sqlite3.Connection) -> None:
    messages.add(connection, own_post(1, author=9, lamport=10))
    messages.add(connection, post(1, lamport=12))
    messages.add(connection, post(2, lamport=0xFFFF_FFFF))
    messages.add(connection, post(3, lamport=13))

    assert messages.max_lamport(connection) == 12 + messages.LAMPORT_LEAP
    assert messages.max_lamport(connection, leap=5) == 17


def test_own_posts_wait_until_they_were_on_the_air(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1))
    first, second = (messages.add(connection, own_post(seq, author=9)) for seq in (1, 2))
    assert messages.unaired(connection) == [(first, own_post(1).raw), (second, own_post(2).raw)]

    messages.advance(connection, first or 0, "aired")

    assert messages.unaired(connection) == [(second, own_post(2).raw)]


def test_boards_are_followed_once_and_kept_in_order(connection: sqlite3.Connection) -> None:
    assert boards.all(connection) == ["here", "market"]
    assert [boards.add(connection, name) for name in ("well", "mill", "well")] == [True, True, False]

    assert boards.all(connection) == ["here", "market", "well", "mill"]


def test_a_kept_number_only_rises(connection: sqlite3.Connection) -> None:
    assert meta.get(connection, "x") == 0
    for given, kept in ((5, 5), (3, 5), (9, 9)):
        meta.raise_to(connection, "x", given)
        assert meta.get(connection, "x") == kept


def test_what_is_done_for_every_frame_never_walks_a_table(connection: sqlite3.Connection) -> None:
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    messages.add(connection, post(1))
    messages.page(connection, "here", b"", 0, 10)
    messages.unaired(connection)
    people.save(connection, person(1))
    connection.set_trace_callback(None)

    assert len(seen) >= 7
    for statement in seen:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        walks = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
        assert walks == [], statement
        assert "USE TEMP B-TREE" not in " ".join(plan), statement


def test_a_private_message_has_numbers_of_its_own_for_each_person(connection: sqlite3.Connection) -> None:
    ids = [messages.add(connection, row) for row in (letter(1), letter(1, peer=3), letter(2), own_post(1))]
    assert None not in ids
    assert messages.add(connection, letter(1)) is None
    assert messages.own_seqs(connection) == [(key(2), 2), (key(3), 1)]
    assert messages.own_seq(connection) == 1

    connection.execute("DELETE FROM messages")

    assert messages.own_seqs(connection) == [(key(2), 2), (key(3), 1)]


def test_a_private_message_of_somebody_is_kept_once_and_never_pushed_out(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 2)
    theirs = letter(1, author=key(2), own=False, state="received")
    assert messages.add(connection, theirs)
    assert messages.add(connection, theirs._replace(text=b"again")) is None
    for seq in range(1, 6):
        messages.add(connection, post(seq))

    assert [row.text for row in messages.page(connection, "", key(2), 0, 9)] == [b"letter 1"]
    assert messages.count(connection) == 3


def test_pages_of_a_person_and_of_a_board_do_not_mix(connection: sqlite3.Connection) -> None:
    messages.add(connection, letter(1))
    messages.add(connection, post(1))
    messages.add(connection, letter(2, peer=3))

    assert [row.peer for row in messages.page(connection, "", key(2), 0, 9)] == [key(2)]
    assert [row.peer for row in messages.page(connection, "here", b"", 0, 9)] == [b""]
    assert len(messages.page(connection, "", b"", 0, 9)) == 3


def test_what_is_on_its_way_comes_back_with_its_sealings_until_it_is_delivered(
    connection: sqlite3.Connection,
) -> None:
    first, second = (messages.add(connection, letter(seq)) or 0 for seq in (1, 2))
    for commitment in (b"a" * 8, b"b" * 8, b"a" * 8):
        outgoing.add_sealing(connection, first, commitment, b"preimage" if commitment[0] == ord("a") else b"")
    messages.advance(connection, first, "aired")

    opened = outgoing.on_their_way(connection)
    assert opened[0] == outgoing.OpenRow(
        first, key(2), 1, 1, b"letter 1", 1, None, "aired", [b"a" * 8, b"b" * 8], [b"preimage", b""]
    )
    assert opened[1].sealings == []

    messages.advance(connection, first, "delivered")
    messages.advance(connection, first, "failed")
    messages.advance(connection, second, "failed")
    assert messages.page(connection, "", key(2), 0, 9)[0].state == "delivered"
    for state in ("read", "delivered", "failed"):
        messages.advance(connection, first, state)
        assert messages.page(connection, "", key(2), 0, 9)[0].state == "read"
    assert outgoing.on_their_way(connection) == []
    assert connection.execute("SELECT count(*) FROM sealings").fetchone() == (0,)


def test_who_answered_us_holds_our_profile(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1))
    messages.add(connection, letter(1, peer=2))
    delivered = messages.add(connection, letter(1, peer=3)) or 0
    messages.add(connection, letter(1, peer=4, author=key(4), own=False, state="received"))
    messages.advance(connection, delivered, "delivered")

    assert sorted(messages.answered_by(connection)) == [key(3), key(4)]


def test_nobody_else_can_move_the_state_of_a_message(connection: sqlite3.Connection) -> None:
    theirs = messages.add(connection, post(1)) or 0
    messages.advance(connection, theirs, "aired")
    assert messages.page(connection, "", b"", 0, 9)[0].state == "received"


def test_petnames_are_given_changed_and_taken_away(connection: sqlite3.Connection) -> None:
    for number, name in ((1, "bo"), (2, "cy"), (1, "Bo of the mill"), (2, ""), (3, "")):
        petnames.save(connection, key(number), name)
    assert petnames.all(connection) == [(key(1), "Bo of the mill")]


def test_what_failed_is_still_answered_the_newest_first(connection: sqlite3.Connection) -> None:
    ids = [messages.add(connection, letter(seq)) or 0 for seq in (1, 2, 3, 4)]
    for number in ids[:3]:
        outgoing.add_sealing(connection, number, bytes([number]) * 8)
        messages.advance(connection, number, "failed")
    messages.advance(connection, ids[1], "delivered")
    messages.advance(connection, ids[3], "failed")
    assert [row.id for row in outgoing.given_up(connection)] == [ids[2], ids[0]]
    assert outgoing.on_their_way(connection) == []


def test_acks_given_are_bounded_and_go_by_the_odometer(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        answered.note(connection, bytes([number]) * 8, 100 + number)
    answered.note(connection, bytes(8), 300)
    answered.forget(connection, 0)
    assert answered.all(connection)[0] == (bytes(8), 2, 100)
    monkeypatch.setattr(answered, "REMEMBERED", 3)
    answered.forget(connection, 0)
    assert [row[2] for row in answered.all(connection)] == [102, 103, 104, 105]
    answered.forget(connection, 105)
    assert [row[2] for row in answered.all(connection)] == [105]


def test_an_own_post_from_the_air_is_the_same_or_another(connection: sqlite3.Connection) -> None:
    assert messages.compare(connection, key(1), 5, b"raw") is messages.Taken.SAME
    messages.add(connection, own_post(5, raw=b"raw"))
    messages.add(connection, own_post(9, raw=b"later"))
    messages.add(connection, letter(7))

    verdicts = [
        messages.compare(connection, key(1), seq, raw) is messages.Taken.SAME
        for seq, raw in (
            (5, b"raw"),
            (9, b"later"),
            (5, b"other"),
            (7, b"raw"),
            (3, b"older than all"),
            (12, b"x"),
        )
    ]
    assert verdicts == [True, True, False, False, True, False]
