"""Files and their symbols in the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.store import files
from handheld.store.files import PAYLOAD, FileRow
from tests.support.store import empty_store, key

TAG = b"sixsix"
ROW = FileRow(TAG, key(1), b"", "here", b"D...manifest", False, True, False, False, 500, -30, agreed=True)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as opened:
        yield opened


def test_a_file_is_kept_changed_and_forgotten_with_its_symbols(connection: sqlite3.Connection) -> None:
    other = ROW._replace(tag=b"other!", peer=key(2), board="")
    files.save(connection, ROW)
    files.save(connection, other)
    files.add(connection, TAG, ((3, b"three"), (0, b"null")), instead=False)
    files.save(connection, ROW._replace(whole=True, pinned=True))

    assert files.all(connection) == [ROW._replace(whole=True, pinned=True, held=2), other]
    assert files.load(connection, TAG) == [(0, b"null"), (3, b"three")]

    files.forget(connection, TAG)
    assert files.all(connection) == [other]
    assert files.load(connection, TAG) == []


def test_symbols_are_kept_once_and_only_of_files_that_are_known(connection: sqlite3.Connection) -> None:
    files.add(connection, TAG, ((0, b"early"),), instead=False)
    assert files.load(connection, TAG) == []

    files.save(connection, ROW)
    files.add(connection, TAG, ((0, b"first"),), instead=False)
    files.add(connection, TAG, ((0, b"second"),), instead=False)
    assert files.load(connection, TAG) == [(0, b"first")]

    files.add(connection, TAG, ((PAYLOAD, b"all of it"),), instead=True)
    assert files.load(connection, TAG) == [(PAYLOAD, b"all of it")]
