"""Every table says what of it is sealed, and nothing else lies open than what is meant to."""

from contextlib import closing

from handheld.store.sealed import TABLES
from tests.support.store import empty_store

OPEN = {
    "answered": {"count", "powered"},
    "carried": {"place", "age", "powered", "rank", "message"},
    "dropped": {"place", "powered"},
    "boards_heard": {"id"},
    "twins": {"id", "seq"},
    "files": {"id", "own", "wanted", "pinned", "whole", "size", "born", "agreed"},
    "introductions": {"id"},
    "messages": {
        "id",
        "seq",
        "lamport",
        "own",
        "hops",
        "rssi",
        "at",
        "state",
        "kind",
        "powered",
        "age",
        "expires",
        "rank",
    },
    "boards": {"followed"},
    "words": {"block"},
    "meta": {"key", "value"},
    "people": {"level", "epoch", "heard_order", "heard_at", "first_at"},
    "receipts": {"powered"},
    "sealings": {"message"},
    "symbols": {"number"},
}
"""Columns that lie open: numbers, times, states, and which number a number is. SECURITY.md tells them."""


def test_no_column_lies_open_that_nobody_thought_of() -> None:
    with closing(empty_store()) as connection:
        columns = [
            (table, column, kind)
            for (table,) in connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            for column, kind in connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        ]
    assert {table for table, *_ in columns} == set(TABLES)
    sealed = {(name, column) for name, table in TABLES.items() for column in (*table.names, *table.contents)}
    lies_open = {(table, column) for table, column, _ in columns if column in OPEN.get(table, ())}
    assert {(table, column) for table, column, _ in columns} == sealed | lies_open
    assert not sealed & lies_open
    # A box is bytes; what is written by us as a text would lie open.
    assert {kind for table, column, kind in columns if (table, column) in sealed} == {"BLOB"}


def test_a_content_is_bound_to_every_name_in_its_row() -> None:
    for table in TABLES.values():
        assert not table.contents or set(table.names) <= set(table.bound)
