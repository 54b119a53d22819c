"""Whom the owner met, and what contacts call others."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from handheld.errors import FolderDamaged
from handheld.store import acquaintances, petnames
from tests.support.store import empty_store, key


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(empty_store()) as connection:
        yield connection


def test_met_is_kept_once_and_taken_back(connection: sqlite3.Connection) -> None:
    for number, met in ((2, True), (1, True), (2, True), (1, False)):
        acquaintances.save_met(connection, key(number), met=met)

    assert acquaintances.met(connection) == [key(2)]


def test_each_contact_has_one_name_for_somebody_and_the_first_comes_first(
    connection: sqlite3.Connection,
) -> None:
    for introducer, name in ((3, "bo"), (2, "Bo"), (3, "boris")):
        acquaintances.save_introduction(connection, key(1), key(introducer), name)

    assert acquaintances.introductions(connection) == [(key(1), key(3), "boris"), (key(1), key(2), "Bo")]


def test_a_key_that_stands_elsewhere_makes_nobody_met(connection: sqlite3.Connection) -> None:
    acquaintances.save_met(connection, key(2), met=True)
    petnames.save(connection, key(1), "mallory")

    connection.execute("UPDATE met SET key = (SELECT key FROM petnames)")

    with pytest.raises(FolderDamaged, match="a row of met is not as it was sealed"):
        acquaintances.met(connection)


def test_an_introduction_is_his_who_made_it(connection: sqlite3.Connection) -> None:
    acquaintances.save_introduction(connection, key(1), key(3), "bo")
    petnames.save(connection, key(2), "ana")

    connection.execute("UPDATE introductions SET introducer = (SELECT key FROM petnames)")

    with pytest.raises(FolderDamaged):
        acquaintances.introductions(connection)
