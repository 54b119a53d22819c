"""Who counts more is kept longer; what is blocked, muted or not followed is kept and not brought up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import boards, boards_heard, chats, messages, people, posts, ranks, relations, window
from handheld.wire.constants import PostType
from tests.support.store import empty_store, key, letter, own_post, person, post

SYBILS = 1_000


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        boards.add(connection, "here")
        yield connection


def held(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """(author, number) of every public post, oldest first."""
    rows = connection.execute("SELECT author, seq FROM messages WHERE peer = x'' ORDER BY id").fetchall()
    names = {ranks.hide(connection, key(number)): number for number in range(2_000)}
    return [(names[author], seq) for author, seq in rows]


def test_a_thousand_made_up_people_push_nobody_out(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 100)
    for rank in (1, 2, 3):
        for seq in range(20):
            messages.add(connection, post(seq, author=rank, rank=rank))
    messages.add(connection, own_post(1, author=9))
    for number in range(SYBILS):
        for seq in range(2):
            messages.add(connection, post(seq, author=100 + number))

    kept = held(connection)
    assert len(kept) == 101
    assert [author for author, _ in kept[:61]] == [1] * 20 + [2] * 20 + [3] * 20 + [9]
    assert kept[61:] == [(100 + number, seq) for number in range(SYBILS - 20, SYBILS) for seq in range(2)]


def test_of_the_worst_the_oldest_goes_first_and_the_blocked_before_them(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 4)
    for author, rank in ((1, 4), (2, 5), (3, 3), (4, 4), (5, 2), (6, 4)):
        assert messages.add(connection, post(1, author=author, rank=rank))

    assert [author for author, _ in held(connection)] == [3, 4, 5, 6]


def test_where_all_counts_for_more_a_strangers_post_is_not_kept(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "OTHERS_MAX", 2)
    for seq in range(3):
        messages.add(connection, post(seq, rank=2))

    assert messages.add(connection, post(1, author=2)) is None
    assert held(connection) == [(1, 1), (1, 2)]


def test_to_block_hides_what_is_held_and_to_unblock_brings_it_back(connection: sqlite3.Connection) -> None:
    boards.add(connection, "here")
    messages.add(connection, post(1))
    messages.add(connection, letter(1, peer=1))
    messages.add(connection, post(1, peer=bytes(8), board=""))
    messages.add(connection, post(2, author=2))
    before = messages.page(connection, "", b"", 0, 10)
    assert len(before) == 4

    ranks.change(connection, key(1), ranks.HIDDEN)
    assert [row.author for row in messages.page(connection, "", b"", 0, 10)] == [key(2)]
    assert messages.page(connection, "", key(1), 0, 10) == []
    assert [(row.board, row.peer, row.unread) for row in chats.all(connection)] == [("here", b"", 1)]
    assert messages.count(connection) == 4

    ranks.change(connection, key(1), ranks.REST)
    assert messages.page(connection, "", b"", 0, 10) == before


def test_a_board_that_is_followed_no_more_is_hidden_until_it_is_again(connection: sqlite3.Connection) -> None:
    boards.add(connection, "here")
    boards.add(connection, "market")
    messages.add(connection, post(1, board="market"))
    boards.save(connection, "market", followed=False)

    assert boards.all(connection) == ["here"]
    assert boards.all(connection, followed=False) == ["market"]
    assert messages.page(connection, "", b"", 0, 10) == []
    assert [row.board for row in chats.all(connection)] == ["here"]
    boards.add(connection, "market")
    assert boards.all(connection) == ["here"], "what the settings say does not undo what the owner did"

    boards.save(connection, "market", followed=True)
    assert [row.board for row in chats.all(connection)] == ["market", "here"]


def test_what_the_muted_write_is_listed_and_not_unread(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1))
    messages.add(connection, post(1, author=2))

    assert [row.unread for row in chats.all(connection, muted=[key(1)])] == [1]
    assert [row.unread for row in chats.all(connection, muted=[key(1), key(2)])] == [0]
    assert len(messages.page(connection, "here", b"", 0, 10)) == 2


def test_relations_are_kept_by_key(connection: sqlite3.Connection) -> None:
    for number, relation in ((2, 5), (1, 2), (1, 10), (3, 1), (3, 0), (4, 0)):
        relations.save(connection, key(number), relation)

    assert relations.all(connection) == [(key(1), 10), (key(2), 5)]


def test_whoever_is_followed_is_no_stranger_to_forget(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "STRANGERS_MAX", 2)
    relations.save(connection, key(1), 1)
    for number in range(1, 6):
        people.save(connection, person(number))

    assert [row.key for row in people.all(connection)] == [key(5), key(4), key(1)]


def test_published_lists_are_found_by_their_author(connection: sqlite3.Connection) -> None:
    kind = PostType.FOLLOWS
    for seq, author in ((7, 1), (3, 1), (1, 2)):
        messages.add(connection, post(seq, author=author, board="~lists", kind=kind))
    messages.add(connection, post(9))

    assert posts.lists(connection, key(1)) == [(3, b"post 3"), (7, b"post 7")]
    assert [row.board for row in messages.page(connection, "", b"", 0, 10)] == ["here"]
    assert [row.board for row in chats.all(connection)] == ["here"]


def test_what_the_blocked_wrote_is_not_handed_out(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(1, powered=0))
    messages.add(connection, post(1, author=2, powered=0))
    ranks.change(connection, key(1), ranks.HIDDEN)

    assert [row.author for row in window.index(connection)] == [key(2)]
    assert [row.author for row in window.raws(connection, [(key(1), 1), (key(2), 1)])] == [key(2)]


def test_posts_of_a_board_that_was_only_heard_of_are_not_listed(connection: sqlite3.Connection) -> None:
    boards_heard.add(connection, "well")
    messages.add(connection, post(1, board="well"))
    messages.add(connection, post(2, board="well", kind=PostType.ALERT))

    assert [row.seq for row in messages.page(connection, "", b"", 0, 10)] == [2]
