"""Which cells of the database are sealed, and where each belongs: rows as people mean them, and as they lie.

A name (a key, a board, a commitment) is looked up by equality, so the same one gives the same box
everywhere. A content opens in the row it was written into and in no other: it is bound to the names and
numbers that say whose it is and who may read it.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from handheld.crypto.vault import Vault
from handheld.errors import CryptoError, LocalError
from handheld.store import faults

Row = Mapping[str, Any]

_SIGN = "vault"
_LENGTH = 4


class Table(NamedTuple):
    """The sealed columns of a table: names, contents, and what each content is bound to.

    Every other column lies open: numbers, times, states. SECURITY.md says what those tell.
    """

    names: tuple[str, ...]
    contents: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


TABLES = {
    "people": Table(("key",), ("profile",), ("key",)),
    # A message without a peer is public, one with a peer is for two or for a room: bound, so that none can be
    # shown as another, nor under another author.
    "messages": Table(
        ("peer", "author", "board"),
        ("text", "raw"),
        ("peer", "author", "board", "seq", "lamport", "own", "kind"),
    ),
    "words": Table((), ("words",), ("block",)),
    "sealings": Table(("commitment",), ("preimage",), ("commitment",)),
    "answered": Table(("commitment",)),
    "petnames": Table(("key",), ("petname",), ("key",)),
    "met": Table(("key",), ("sign",), ("key",)),
    "introductions": Table(("key", "introducer"), ("name",), ("key", "introducer")),
    "relations": Table(("key",), ("relation",), ("key",)),
    "boards": Table(("name",)),
    "boards_heard": Table(("name",)),
    "twins": Table(("author",), ("raw",), ("author", "seq")),
    "rooms": Table(("id",), ("name", "content"), ("id",)),
    "carried": Table(("id",), ("raw",), ("id", "powered", "message")),
    "receipts": Table(("commitment", "id"), ("preimage",), ("commitment", "id")),
    "dropped": Table(("id",)),
    "files": Table(
        ("tag", "author", "peer", "board"), ("content",), ("tag", "author", "peer", "board", "own")
    ),
    "symbols": Table(("tag",), ("data",), ("tag", "number")),
    "meta": Table(("who",)),
}


class Connection(sqlite3.Connection):
    """A connection that knows its vault, and for its sentences the database's path."""

    vault: Vault
    path: Path

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.taken: list[tuple[bytes, int]] = []
        """Public posts that had to go in favour of others since this was last emptied: author and number."""


def seal(vault: Vault, table: str, row: Row) -> dict[str, Any]:
    """The row as it lies on the disk; columns that are not sealed stay as they are."""
    sealed = dict(row)
    for column in TABLES[table].names:
        if column in row:
            sealed[column] = vault.hide(row[column])
    for column in TABLES[table].contents:
        if column in row:
            sealed[column] = vault.seal(_place(table, column, sealed), row[column])
    return sealed


def unseal(vault: Vault, table: str, row: Row) -> dict[str, Any]:
    """The row as it was before `seal`; CryptoError if any cell of it was not sealed there with these keys."""
    opened = dict(row)
    for column in TABLES[table].names:
        if column in row:
            opened[column] = vault.show(row[column])
    for column in TABLES[table].contents:
        if column in row:
            opened[column] = vault.open(_place(table, column, row), row[column])
    return opened


def hide(connection: sqlite3.Connection, name: bytes) -> bytes:
    """A name as it lies in every table; empty stays empty."""
    return _own(connection).vault.hide(name)


def show(connection: sqlite3.Connection, hidden: bytes) -> bytes:
    """The name that was hidden; FolderDamaged if it is none."""
    return bytes(opened(connection, "meta", {"who": hidden})["who"])


def text(plain: bytes) -> str:
    """A name that we wrote, as text: what opened is what was sealed."""
    return plain.decode()


def closed(connection: sqlite3.Connection, table: str, row: Row) -> dict[str, Any]:
    """`seal` with the connection's vault."""
    return seal(_own(connection).vault, table, row)


def opened(connection: sqlite3.Connection, table: str, row: Row) -> dict[str, Any]:
    """`unseal` with the connection's vault; FolderDamaged where it fails."""
    own = _own(connection)
    try:
        return unseal(own.vault, table, row)
    except CryptoError as error:
        raise faults.damaged_database(
            own.path, f"a row of {table} is not as it was sealed: {error}"
        ) from None


def is_sealed_by(connection: sqlite3.Connection, vault: Vault) -> bool:
    """Whether the rows of this database are sealed by this vault."""
    query = "SELECT 1 FROM meta WHERE key = ? AND who = ?"
    return connection.execute(query, (_SIGN, vault.hide(_SIGN.encode()))).fetchone() is not None


def sign(connection: sqlite3.Connection) -> None:
    """Say in a new database that the connection's vault seals it."""
    cells = (_SIGN, hide(connection, _SIGN.encode()))
    connection.execute("INSERT INTO meta (key, who, value) VALUES (?, ?, 0)", cells)


def reseal(connection: sqlite3.Connection, old: Vault, new: Vault) -> None:
    """Seal all rows anew, in one transaction. FolderDamaged, with nothing changed, where `old` fails."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for table in TABLES:
            _reseal(connection, table, old, new)
    except (sqlite3.Error, CryptoError) as error:
        connection.execute("ROLLBACK")
        if isinstance(error, CryptoError):
            raise faults.damaged_database(
                _own(connection).path, f"a row is not as it was sealed: {error}"
            ) from None
        raise
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _reseal(connection: sqlite3.Connection, table: str, old: Vault, new: Vault) -> None:
    described = connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
    columns = [name for name, _ in described]
    keys = [name for name, place in described if place]
    changed = [*TABLES[table].names, *TABLES[table].contents]
    update = (
        f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in changed)}"  # noqa: S608 - our own names
        f" WHERE {' AND '.join(f'{name} = ?' for name in keys)}"
    )
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608 - our own
    for row in (dict(zip(columns, cells, strict=True)) for cells in rows):
        fresh = seal(new, table, unseal(old, table, row))
        connection.execute(update, [*values(fresh, changed), *values(row, keys)])


def values(row: Row, columns: Iterable[str]) -> list[Any]:
    """The cells of these columns, in this order."""
    return [row[column] for column in columns]


def taken_away(connection: sqlite3.Connection, author: bytes, seq: int) -> None:
    """Note that a public post lost its text, or went."""
    _own(connection).taken.append((author, seq))


def take_notes(connection: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """What was noted so since the last call."""
    own = _own(connection)
    noted, own.taken = own.taken, []
    return noted


def _own(connection: sqlite3.Connection) -> Connection:
    if not isinstance(connection, Connection):
        raise LocalError("a connection without a vault")
    return connection


def _place(table: str, column: str, row: Row) -> bytes:
    cells = [_plain(row[name]) for name in TABLES[table].bound]
    return f"{table}.{column}".encode() + b"".join(
        len(cell).to_bytes(_LENGTH, "big") + cell for cell in cells
    )


def _plain(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(int(value)).encode()  # type: ignore[call-overload]
