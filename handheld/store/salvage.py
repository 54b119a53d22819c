"""A new database from what can still be read of a damaged one, which is kept.

Rows are read page by page (`pages`), first along the trees, which hold the newest state, then from pages
that no tree reaches any more. The new database decides by its own constraints which table a row belongs
to, and takes each row once. So nothing here names a column but where two copies of one row differ.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from handheld.clock import Entropy
from handheld.crypto.vault import Vault
from handheld.errors import FolderDamaged, FolderMissing
from handheld.store import aside, messages, meta, migrate, sealed
from handheld.store.folder import Folder
from handheld.store.pages import MAGIC, TREE_OF_KEYS, TREE_OF_ROWS, Pages, Record, Value
from handheld.store.proof import NUMBER_MAX, believed, opened
from handheld.wire.constants import PostType


@dataclass(frozen=True)
class Salvaged:
    """What became of a database. `kept` and `known`: rows by table, in the new one and known to have been.

    An intact one is left as it is: then `aside` is empty. Else it is the names, in the folder, of the
    damaged files.
    """

    kept: dict[str, int]
    known: dict[str, int]
    aside: list[str] = field(default_factory=list)
    own_seq: int = 0


@dataclass(frozen=True)
class _Table:
    """A table of the new database, as its rows lie in a page."""

    name: str
    columns: list[str]
    kinds: tuple[int, int]
    rowid: str | None  # the column that is the row's id
    indexes: list[str]

    def row(self, record: Record, *, whole: bool) -> dict[str, Value] | None:
        """The record as a row of ours, None if it is none; unless `whole`, of an older schema, too."""
        missing = len(self.columns) - len(record.values)
        if missing < 0 or (whole and missing) or (record.rowid is None) != (self.kinds == TREE_OF_KEYS):
            return None
        row = dict(zip(self.columns, record.values, strict=False))
        if self.rowid:
            row[self.rowid] = record.rowid
        return row


def salvage(folder: Folder, vaults: Sequence[Vault], entropy: Entropy) -> Salvaged:
    """Mend the database of this locked folder; the identity is not touched.

    `vaults`: those that may have sealed its rows; the first seals those of the new one.

    FolderMissing where there is none. FolderTooNew, FolderHeld, FolderReadOnly, DiskFull: the damaged one
    is where it was.
    """
    path = folder.database
    try:
        if aside.salvaged(path).exists():
            aside.install(path)
        check(folder)
        if (counts := _intact(path, vaults)) is not None:
            return Salvaged(counts, counts)
        return _rebuilt(path, vaults, entropy)
    except (sqlite3.Error, OSError) as error:
        raise migrate.refusal(error, path) from None


def check(folder: Folder) -> None:
    """FolderMissing where there is no database to mend."""
    path = folder.database
    if not path.exists() and not path.with_name(f"{path.name}-wal").exists():
        raise FolderMissing(f"There is no database in {folder.path}, so there is nothing to salvage.")


def _intact(path: Path, vaults: Sequence[Vault]) -> dict[str, int] | None:
    """Rows by table of a database that passes every check of SQLite, and whose rows open; None for others."""
    try:
        writer, reader = migrate.open_pair(path, vaults[0])
        with closing(writer), closing(reader):
            if reader.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                return None
            tables = _tables(reader)
            if not all(_opens(reader, table, vaults) for table in tables):
                return None
            return _counts(reader, tables)
    except (FolderDamaged, sqlite3.DatabaseError):
        return None


def _opens(reader: sqlite3.Connection, table: "_Table", vaults: Sequence[Vault]) -> bool:
    found = reader.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608 - our own
    rows = (dict(zip(table.columns, row, strict=True)) for row in found)
    return all(opened(table.name, row, vaults) is not None for row in rows)


def _rebuilt(path: Path, vaults: Sequence[Vault], entropy: Entropy) -> Salvaged:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size == 0:
        log.unlink()  # left by a look at the damaged one
    fresh = path.with_name(f"{path.name}.salvage")
    for end in ("-wal", "-shm", "", ".new"):
        fresh.with_name(f"{fresh.name}{end}").unlink(missing_ok=True)
    migrate.create(fresh, vaults[0])
    try:
        with Pages(path) as pages, closing(migrate.connect(fresh, vaults[0])) as connection:
            found = _filled(connection, pages, vaults, entropy)
            # Now, and not in closing, where a failure would not be told.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, OSError):
        fresh.unlink(missing_ok=True)
        raise
    fresh.rename(aside.salvaged(path))
    names = aside.install(path)
    return Salvaged(found.kept, found.known, names, found.own_seq)


def _filled(
    connection: sealed.Connection, pages: Pages, vaults: Sequence[Vault], entropy: Entropy
) -> Salvaged:
    connection.execute("PRAGMA foreign_keys = OFF")  # what a row refers to may come later
    connection.execute("BEGIN IMMEDIATE")
    tables = _tables(connection)
    known = _Reading(connection, pages, tables, vaults).run()
    for table, rowid, *_ in connection.execute("PRAGMA foreign_key_check").fetchall():
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 - our own tables
    _follow(connection)
    own_seq = _leap(connection, entropy)
    kept = _counts(connection, tables)
    connection.execute("COMMIT")
    return Salvaged(kept, {name: max(count, known.get(name, 0)) for name, count in kept.items()}, [], own_seq)


class _Reading:
    """One pass over all pages into the new database."""

    def __init__(
        self, connection: sealed.Connection, pages: Pages, tables: list[_Table], vaults: Sequence[Vault]
    ) -> None:
        self._connection = connection
        self._vaults = vaults
        self._pages = pages
        self._tables = tables
        self._seen: set[int] = set()

    def run(self) -> dict[str, int]:
        """Take all rows; how many each table is known to have had, by the indexes that can be read."""
        roots = self._roots()
        for table in self._tables:
            for page in self._tree(roots.get(table.name, 0), table.kinds):
                self._take(page, [table], whole=False)
        named = {table.name: self._named(table, roots) for table in self._tables}
        strays = set(range(1, self._pages.count + 1)) - self._seen - self._pages.free()
        for page in sorted(strays):
            self._take(page, self._tables, whole=True)
        return {table.name: self._known(table, named[table.name]) for table in self._tables}

    def _roots(self) -> dict[str, int]:
        """Where each table and index begins; as in a new database, where the damaged one does not tell."""
        roots = dict(self._connection.execute("SELECT name, rootpage FROM sqlite_schema").fetchall())
        if self._pages.page(1)[: len(MAGIC)] == MAGIC:
            for record in self._records(self._tree(1, TREE_OF_ROWS)):
                match record.values:
                    case [str(), str(name), str(), int(root), *_] if name in roots:
                        roots[name] = root
        return roots

    def _tree(self, root: int, kinds: tuple[int, int]) -> Iterator[int]:
        return self._pages.tree(root, kinds, self._seen)

    def _records(self, numbers: Iterable[int]) -> Iterator[Record]:
        for number in numbers:
            yield from self._pages.records(number)

    def _named(self, table: _Table, roots: dict[str, int]) -> list[set[Value]]:
        """The rows that each index of a table names, by what stands last in its entries."""
        trees = [self._tree(roots.get(index, 0), TREE_OF_KEYS) for index in table.indexes]
        return [{record.values[-1] for record in self._records(tree) if record.values} for tree in trees]

    def _known(self, table: _Table, named: list[set[Value]]) -> int:
        if not table.rowid:
            return max(map(len, named), default=0)
        kept = self._connection.execute(f"SELECT {table.rowid} FROM {table.name}")  # noqa: S608 - our own
        return len(set[Value]().union(*named, (number for (number,) in kept)))

    def _take(self, page: int, tables: list[_Table], *, whole: bool) -> None:
        for record in self._pages.records(page):
            for table in tables:
                row = table.row(record, whole=whole)
                meant = None if row is None else believed(table.name, row, self._vaults)
                if meant is not None and self._add(table, meant):
                    break

    def _add(self, table: _Table, row: dict[str, Value]) -> bool:
        """Whether it is a row of this table, new or not."""
        row = sealed.closed(self._connection, table.name, row)
        names, places = ", ".join(row), ", ".join("?" * len(row))
        try:
            added = self._connection.execute(
                f"INSERT INTO {table.name} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING",  # noqa: S608
                list(row.values()),
            )
        except (sqlite3.IntegrityError, OverflowError):
            return False
        if not added.rowcount and table.name == "messages":
            self._advance(row)
        return True

    def _advance(self, row: dict[str, Value]) -> None:
        """A second copy of an own message, which may have come further."""
        same = (row["author"], row["peer"], row["seq"])
        held = self._connection.execute(
            "SELECT id, state FROM messages WHERE author = ? AND peer = ? AND seq = ? AND own = 1", same
        ).fetchone()
        if held and messages.STATES[held[1]] < messages.STATES[str(row["state"])]:
            messages.advance(self._connection, held[0], str(row["state"]))


def _tables(connection: sqlite3.Connection) -> list[_Table]:
    found = connection.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return [_table(connection, name, bool(without_rowid)) for name, without_rowid in found]


def _table(connection: sqlite3.Connection, name: str, without_rowid: bool) -> _Table:
    columns = connection.execute(
        "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", (name,)
    ).fetchall()
    if without_rowid:
        # Its key comes first in the page, then the others as they were declared.
        columns.sort(key=lambda column: (not column[2], column[2]))
    keys = [column for column, kind, place in columns if place and kind == "INTEGER"]
    alone = not without_rowid and len(keys) == sum(place > 0 for *_, place in columns) == 1
    indexes = connection.execute("SELECT name FROM pragma_index_list(?)", (name,)).fetchall()
    return _Table(
        name,
        [column for column, *_ in columns],
        TREE_OF_KEYS if without_rowid else TREE_OF_ROWS,
        keys[0] if alone else None,
        [index for (index,) in indexes],
    )


def _counts(connection: sqlite3.Connection, tables: list[_Table]) -> dict[str, int]:
    return {
        table.name: connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608
        for table in tables
    }


def _follow(connection: sealed.Connection) -> None:
    """Boards on which the owner wrote are followed: that one was hidden is less than that one is lost."""
    connection.execute(
        "INSERT INTO boards (name, followed) SELECT DISTINCT board, 1 FROM messages"
        " WHERE own = 1 AND peer = x'' AND kind = ? ON CONFLICT DO NOTHING",
        (PostType.NOTE,),
    )


def _leap(connection: sqlite3.Connection, entropy: Entropy) -> int:
    """Lift own numbers above all that may have been given, also by rows that are lost; the new beginning.

    Always, as a stale page looks like a whole one; farther, when the counter itself is not there.
    """
    seq, lamport = connection.execute(
        "SELECT max(seq), max(lamport) FROM messages WHERE own = 1 AND seq < ?1 AND lamport < ?1",
        (NUMBER_MAX,),
    ).fetchone()
    seen = max(seq or 0, messages.highest(connection))
    leaps = 1 if messages.counted(connection) else 1 + entropy.below(messages.LEAPS)
    messages.leap(connection, seen + leaps * messages.LEAP)
    meta.raise_to(connection, meta.OWN_LAMPORT, lamport or 0)
    return messages.own_seq(connection)
