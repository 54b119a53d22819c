"""The reader of damaged files: what SQLite wrote, and no bytes that make it raise or go on for ever."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.store.pages import TREE_OF_KEYS, TREE_OF_ROWS, Pages

VALUES = [
    None,
    0,
    1,
    -1,
    127,
    -128,
    1 << 15,
    1 << 23,
    -(1 << 31),
    1 << 40,
    -(1 << 63),
    0.5,
    "ä",
    "",
    b"",
    b"\0x",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


def rows_of(path: Path, root: int, kinds: tuple[int, int]) -> list[object]:
    with Pages(path) as pages:
        return [record for page in pages.tree(root, kinds, set()) for record in pages.records(page)]


@pytest.mark.parametrize("size", [512, 4096, 65_536])
def test_it_reads_what_sqlite_wrote(path: Path, size: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {size}")
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, value, text)")
        connection.execute("CREATE TABLE keys (key INTEGER PRIMARY KEY, value) WITHOUT ROWID")
        for number in range(400):
            value = VALUES[number % len(VALUES)]
            connection.execute(
                "INSERT INTO rows VALUES (?, ?, ?)", (number * 3 - 5, value, "x" * (number % 90))
            )
            connection.execute("INSERT INTO keys VALUES (?, ?)", (number, value))
        rows = connection.execute("SELECT id, value, text FROM rows ORDER BY id").fetchall()
        keys = connection.execute("SELECT key, value FROM keys").fetchall()
        connection.execute("COMMIT")

    assert rows_of(path, 2, TREE_OF_ROWS) == [(rowid, [None, value, text]) for rowid, value, text in rows]
    # The inner pages of such a table hold rows, too; they come with their page and not between its children.
    found = rows_of(path, 3, TREE_OF_KEYS)
    assert sorted(found, key=lambda record: record.values[0]) == [(None, list(row)) for row in keys]


@given(st.binary(max_size=3 * 4096), st.binary(max_size=4096), st.integers(0, 5))
@settings(max_examples=60)
def test_no_bytes_make_it_raise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, log: bytes, kind: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.db"
    path.write_bytes(bytes([(0x0D, 0x0A, 0x05, 0x02, 0x53, 0)[kind]]) + data)
    path.with_name("any.db-wal").write_bytes(log)
    with Pages(path) as pages:
        found = [record for number in range(pages.count + 2) for record in pages.records(number)]
        for kinds in (TREE_OF_ROWS, TREE_OF_KEYS):
            found += pages.tree(1, kinds, set())
        assert pages.free() == set()
    assert all(isinstance(record.values, list) for record in found)


def test_a_tree_that_bites_its_tail_ends(path: Path) -> None:
    page = bytearray(4096)
    page[0], page[4] = 0x05, 1
    page[8:12] = (2).to_bytes(4, "big")
    page[12:14] = (100).to_bytes(2, "big")
    page[100:104] = (3).to_bytes(4, "big")
    path.write_bytes(bytes(4096) + page * 2)

    with Pages(path) as pages:
        assert list(pages.tree(2, TREE_OF_ROWS, set())) == [2, 3]
