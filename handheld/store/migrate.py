"""Opening the database file: checked before anything is written, then brought to the newest schema.

Schema N is the file `schema/NNNN_name.sql`, applied once, in one transaction with the version it makes.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from handheld.crypto.vault import Vault
from handheld.errors import FolderHeld, FolderTooNew, LocalError, PocketmeshError, UserError
from handheld.store import aside, faults, sealed
from handheld.store.folder import sync_folder

SCHEMA = Path(__file__).with_name("schema")

CACHE_KIB = 256
"""Of each of the two connections: small, the board has 512 MB for everything."""

CHECKPOINT_PAGES = 256
"""The write-ahead log goes back into the database at 1 MiB."""

BUSY_S = 5.0
"""How long another program, such as a backup, may hold the database before we give up."""


def open_pair(path: Path, vault: Vault, schema: Path = SCHEMA) -> tuple[sealed.Connection, sealed.Connection]:
    """A writing and a reading connection to a checked database of the newest schema; made if there is none.

    What they write is sealed by `vault`.

    FolderDamaged and FolderTooNew before a byte of it is written; FolderReadOnly, DiskFull, FolderHeld.
    """
    steps = _steps(schema)
    opened: list[sealed.Connection] = []
    try:
        if aside.salvaged(path).exists():
            aside.install(path)
        if not path.exists():
            create(path, vault, schema)
        # Read-only, so that not even closing it moves a damaged database's log into the file.
        reader = _connect(path, "ro", vault, opened)
        version = _check(reader, path, max(steps))
        writer = _connect(path, "rw", vault, opened)
        # SQLite opens for reading what it may not write, and says so only when somebody tries.
        writer.executescript(f"BEGIN IMMEDIATE; PRAGMA user_version = {version}; ROLLBACK;")
        _migrate(writer, version, steps)
        if not sealed.is_sealed_by(reader, vault):
            raise faults.damaged_database(path, "it was sealed with other keys than those in the key file")
    except (sqlite3.Error, OSError, UnicodeDecodeError, PocketmeshError) as error:
        for connection in opened:
            connection.close()
        raise refusal(error, path) from None
    return writer, reader


def refusal(error: Exception, path: Path) -> Exception:
    """The sentence for whatever went wrong with the database at `path`."""
    if isinstance(error, OSError):
        return faults.from_os(error, path)
    if isinstance(error, UnicodeDecodeError):
        # SQLite quotes what it stumbles over, and Python cannot read it.
        return faults.damaged_database(path, "the names of its tables are no text")
    if isinstance(error, sqlite3.Error):
        found = fault(error, path)
        # The same files made every other database, so what they stumble over is in this one.
        return faults.damaged_database(path, str(error)) if isinstance(found, LocalError) else found
    return error


def _held(path: Path, why: str) -> FolderHeld:
    return FolderHeld(f"Another program is using {path}: {why}. End it, then try again.")


_FAULTS: dict[int, Callable[[Path, str], UserError]] = {
    sqlite3.SQLITE_FULL: faults.disk_full,
    sqlite3.SQLITE_IOERR_SHMSIZE: faults.disk_full,
    sqlite3.SQLITE_READONLY: faults.read_only,
    sqlite3.SQLITE_CANTOPEN: faults.read_only,
    sqlite3.SQLITE_PERM: faults.read_only,
    sqlite3.SQLITE_BUSY: _held,
    sqlite3.SQLITE_IOERR: faults.damaged_database,
    sqlite3.SQLITE_CORRUPT: faults.damaged_database,
    sqlite3.SQLITE_NOTADB: faults.damaged_database,
}
"""SQLite's result codes (sqlite.org/rescode.html) that are the disk's doing; extended ones come first."""


def fault(error: sqlite3.Error, path: Path) -> PocketmeshError:
    """The sentence for what SQLite met on the disk; LocalError when the mistake is ours."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT if _no_text(error) else 0)
    sentence = _FAULTS.get(code) or _FAULTS.get(code & 0xFF)
    return sentence(path, str(error)) if sentence else LocalError(str(error))


def _no_text(error: sqlite3.Error) -> bool:
    """Whether a text column holds no text; Python says so itself, without a code of SQLite's."""
    return str(error).startswith("Could not decode to UTF-8")


def _steps(schema: Path) -> dict[int, Path]:
    return {int(file.name[:4]): file for file in sorted(schema.glob("[0-9][0-9][0-9][0-9]_*.sql"))}


_MEMORY = "memory"


def connect(path: Path, vault: Vault) -> sealed.Connection:
    """A writing connection to a database that is there, unchecked; sqlite3.Error."""
    return _connect(path, "rw", vault, [])


def _connect(path: Path, mode: str, vault: Vault, opened: list[sealed.Connection]) -> sealed.Connection:
    # Transactions are spelled out, so isolation_level is None; a connection moves once, to its thread.
    connection = sqlite3.connect(
        "file::memory:" if mode == _MEMORY else f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
        factory=sealed.Connection,
    )
    connection.vault, connection.path = vault, path
    opened.append(connection)
    for pragma in (
        "synchronous = FULL",  # with WAL: a commit that returned is on the disk
        "foreign_keys = ON",
        "temp_store = MEMORY",
        f"cache_size = -{CACHE_KIB}",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def create(path: Path, vault: Vault, schema: Path = SCHEMA) -> None:
    """Make an empty database; under another name first, so that one under its own name is always whole."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        # SQLite would take the log of the lost database for the new one's.
        raise faults.damaged_database(path, f"it is gone, but {log.name} beside it is not")
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(connect(fresh, vault)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection, 0, _steps(schema))
        sealed.sign(connection)
    fresh.rename(path)
    sync_folder(path.parent)


def in_memory(vault: Vault, schema: Path = SCHEMA) -> sealed.Connection:
    """A database of the newest schema that ends with its connection: for a node that is only simulated."""
    connection = _connect(Path("memory.db"), _MEMORY, vault, [])
    _migrate(connection, 0, _steps(schema))
    return connection


def _check(reader: sqlite3.Connection, path: Path, known: int) -> int:
    """The version of an intact database that we know; writes nothing."""
    version = int(reader.execute("PRAGMA user_version").fetchone()[0])
    if version > known:
        raise FolderTooNew(
            f"{path} was written by a newer pocketmesh (version {version}, this one knows {known})."
            " Nothing in it was changed; install the newer version."
        )
    verdict = str(reader.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok" or version < 1:
        why = "it is no database of ours" if verdict == "ok" else " ".join(verdict.split())
        raise faults.damaged_database(path, why)
    return version


def _migrate(connection: sqlite3.Connection, version: int, steps: dict[int, Path]) -> None:
    for number in range(version + 1, max(steps) + 1):
        script = steps[number].read_text(encoding="utf-8")
        # executescript ends any transaction it finds, so the script opens and ends its own. After an error
        # the connection is closed, which undoes what was begun.
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
