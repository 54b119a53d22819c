"""Search: what it finds, how little it opens for that, and that no word outlives its message."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from handheld.crypto.vault import Vault
from handheld.store import boards, finding, messages, migrate, posts
from handheld.store.finding import BLOCK, Where
from tests.support.store import MASTER, key, letter, own_post, post


class Counting(Vault):
    """Counts the cells that are opened."""

    opened = 0

    def open(self, place: bytes, box: bytes) -> bytes:
        self.opened += 1
        return super().open(place, box)


@pytest.fixture
def vault() -> Counting:
    return Counting(MASTER)


@pytest.fixture
def store(tmp_path: Path, vault: Counting) -> Iterator[sqlite3.Connection]:
    writer, reader = migrate.open_pair(tmp_path / "found.db", vault)
    with closing(writer), closing(reader):
        yield writer


def fill(store: sqlite3.Connection, count: int) -> None:
    """Letters with ids from 1, each with a word of its own."""
    for number in range(1, count + 1):
        messages.add(store, letter(number, text=b"Meet me\nat bridge%d" % number))


def found(store: sqlite3.Connection, *words: str, where: Where | None = None, limit: int = 20) -> list[int]:
    ids: list[int] = []
    above: int | None = None
    while len(ids) < limit and above != 0:
        some, above = finding.look(store, words, where or Where(), limit - len(ids), above)
        ids += some
    return ids


def test_what_is_found_nowhere_opens_one_cell_for_512_messages(
    store: sqlite3.Connection, vault: Counting
) -> None:
    fill(store, 4 * BLOCK)
    assert finding.gather(store, most=10) == 4
    vault.opened = 0
    assert found(store, "nowhere") == []
    assert vault.opened == 4 + 1  # and the one message of the block that is not full
    vault.opened = 0
    assert found(store, "bridge700") == [700]
    assert vault.opened == 4 + 1 + BLOCK


def test_words_are_found_in_any_case_in_parts_and_all_of_them(store: sqlite3.Connection) -> None:
    fill(store, 2 * BLOCK)
    finding.gather(store)
    assert found(store, "RIDGE1023") == [1023]
    assert found(store, "meet", "bridge7", limit=3) == [799, 798, 797]
    assert found(store, "bridge7", "bridge8") == []
    assert len(found(store, "meet", limit=2000)) == 2 * BLOCK


def test_a_board_or_a_person_opens_only_where_they_wrote(store: sqlite3.Connection, vault: Counting) -> None:
    boards.add(store, "here")
    messages.add(store, post(1, author=7, board="market", text=b"bread"))
    fill(store, 2 * BLOCK)
    messages.add(store, own_post(1, text=b"meet me at noon"))
    finding.gather(store)
    vault.opened = 0
    assert found(store, "meet", where=Where(board="here")) == [2 * BLOCK + 2]
    assert found(store, "meet", where=Where(who=key(99))) == []
    assert vault.opened < BLOCK
    assert found(store, "bread", where=Where(who=key(7))) == []  # of a board that is not followed
    boards.add(store, "market")
    assert found(store, "bread", where=Where(who=key(7))) == [1]


def test_no_word_outlives_its_message(store: sqlite3.Connection) -> None:
    boards.add(store, "here")
    first = messages.add(store, post(1, text=b"taken back", powered=0, age=0, expires=60))
    fill(store, 2 * BLOCK)
    assert finding.gather(store) == 2
    assert found(store, "taken") == [first]
    posts.expire(store, 60)
    assert store.execute("SELECT block FROM words").fetchall() == [(1,)]
    assert found(store, "taken") == []
    assert finding.gather(store) == 1
    assert finding.gather(store) == 0
    store.execute("UPDATE messages SET text = x'' WHERE id = 2")
    assert store.execute("SELECT block FROM words").fetchall() == [(1,)]


def test_blocks_are_gathered_some_at_a_time_once_they_are_full(store: sqlite3.Connection) -> None:
    fill(store, 3 * BLOCK - 1)
    assert [finding.gather(store, most=1) for _ in range(4)] == [1, 1, 0, 0]
    messages.add(store, letter(3 * BLOCK, text=b"the next"))
    assert finding.gather(store) == 1


def test_an_empty_store_and_one_that_loses_its_oldest_meanwhile_end(store: sqlite3.Connection) -> None:
    assert found(store, "word") == []
    fill(store, 3 * BLOCK)
    above = finding.look(store, ["nowhere"], Where(), 20).above
    store.execute("DELETE FROM messages WHERE id < ?", (3 * BLOCK,))
    assert above
    assert finding.look(store, ["nowhere"], Where(), 20, above - 1).above == 0
