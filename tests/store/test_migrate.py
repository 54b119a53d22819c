"""Opening a database: made whole, migrated step by step, and refused untouched when it is not ours to use."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from handheld.errors import DiskFull, FolderDamaged, FolderReadOnly, FolderTooNew, UserError
from handheld.store import boards, messages, migrate, people
from handheld.store.database import Database
from tests.support.store import VAULT, own_post, person, post, small_disk, write_protected

Result = TypeVar("Result")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


def open_and(
    path: Path, work: Callable[[sqlite3.Connection], Result], schema: Path = migrate.SCHEMA
) -> Result:
    """Open as a node does, do something, close again."""
    writer, reader = migrate.open_pair(path, VAULT, schema)
    with closing(writer), closing(reader):
        return work(writer)


def fill(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")  # one flush of the disk instead of six hundred
    for number in range(300):
        messages.add(connection, post(number))
        people.save(connection, person(number))
    messages.add(connection, own_post(7, author=9))
    boards.add(connection, "here")
    connection.execute("COMMIT")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in order, to be copied and then treated badly."""
    path = tmp_path_factory.mktemp("filled") / "test.db"
    open_and(path, fill)
    return path


def counts(connection: sqlite3.Connection) -> tuple[int, int, int, list[str]]:
    return (
        messages.count(connection),
        len(people.all(connection)),
        messages.own_seq(connection),
        boards.all(connection),
    )


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def kept(folder: Path) -> dict[str, bytes]:
    """What is in the files that hold data; the shared index and an empty log hold none."""
    files = {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith("-shm")}
    return {name: data for name, data in files.items() if data}


def set_version(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")


def test_a_new_database_has_the_newest_version(path: Path) -> None:
    assert open_and(path, version) == max(migrate._steps(migrate.SCHEMA)) >= 1
    assert open_and(path, counts) == (0, 0, 0, [])
    assert [file.name for file in path.parent.iterdir()] == ["test.db"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_schema_files_are_numbered_without_a_gap() -> None:
    assert list(migrate._steps(migrate.SCHEMA)) == list(range(1, len(list(migrate.SCHEMA.iterdir())) + 1))


def test_a_version_1_database_is_brought_to_the_newest(tmp_path: Path, path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(migrate._steps(migrate.SCHEMA)[1], first)
    open_and(path, fill, first)
    assert open_and(path, version, first) == 1

    assert open_and(path, counts) == (301, 300, 7, ["here"])
    assert open_and(path, version) == max(migrate._steps(migrate.SCHEMA))


def test_each_step_is_applied_once_and_keeps_what_was_there(tmp_path: Path, path: Path) -> None:
    open_and(path, fill)
    schema = tmp_path / "schema"
    shutil.copytree(migrate.SCHEMA, schema)
    latest = max(migrate._steps(schema))
    (schema / f"{latest + 1:04}_more.sql").write_text(
        "ALTER TABLE messages ADD COLUMN more TEXT;\nCREATE TABLE other (a);"
    )
    (schema / f"{latest + 2:04}_most.sql").write_text("INSERT INTO other VALUES (5);")

    for _ in range(2):
        assert open_and(path, version, schema) == latest + 2
        assert open_and(path, lambda c: c.execute("SELECT a FROM other").fetchall(), schema) == [(5,)]
        assert open_and(path, counts, schema) == (301, 300, 7, ["here"])
    with pytest.raises(FolderTooNew):
        open_and(path, version)


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path, path: Path) -> None:
    open_and(path, fill)
    schema = tmp_path / "schema"
    shutil.copytree(migrate.SCHEMA, schema)
    latest = max(migrate._steps(schema))
    (schema / f"{latest + 1:04}_half.sql").write_text(
        "CREATE TABLE half (a);\nINSERT INTO half VALUES (1);\nINSERT INTO nowhere VALUES (1);"
    )

    with pytest.raises(FolderDamaged, match="no such table: nowhere"):
        open_and(path, version, schema)

    assert open_and(path, version) == latest
    assert open_and(path, counts) == (301, 300, 7, ["here"])
    with pytest.raises(sqlite3.OperationalError):
        open_and(path, lambda connection: connection.execute("SELECT * FROM half"))


def test_a_newer_version_is_refused_and_nothing_is_written(path: Path) -> None:
    open_and(path, fill)
    set_version(path, 999)
    before = kept(path.parent)

    with pytest.raises(FolderTooNew, match=r"version 999, this one knows \d+"):
        Database.open(path, VAULT)

    assert kept(path.parent) == before


@pytest.mark.parametrize("number", [0, -1])
def test_a_version_number_that_was_lost_is_damage(path: Path, number: int) -> None:
    open_and(path, fill)
    set_version(path, number)
    before = kept(path.parent)

    with pytest.raises(FolderDamaged):
        Database.open(path, VAULT)

    assert kept(path.parent) == before


@pytest.mark.parametrize("content", [b"", b"x", b"This is no database. " * 500, bytes(8192)])
def test_a_file_that_is_no_database_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(FolderDamaged, match="Nothing was overwritten"):
        Database.open(path, VAULT)

    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_database_is_a_sentence(path: Path) -> None:
    path.mkdir()

    with pytest.raises(UserError):
        Database.open(path, VAULT)


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bits_are_refused_or_harmless_and_never_a_traceback(
    path: Path, filled: Path, seed: int
) -> None:
    data = bytearray(filled.read_bytes())
    chance = random.Random(seed)
    # The header first, then the beginnings of pages, where the structure is, then anywhere.
    for _ in range(3):
        where = chance.choice(
            [chance.randrange(100), chance.randrange(len(data) // 4096) * 4096 + chance.randrange(16)]
        )
        data[where] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    before = kept(path.parent)

    refusal = ""
    try:
        open_and(path, counts)
    except (FolderDamaged, FolderTooNew) as error:
        refusal = str(error)
    if refusal:
        assert str(path) in refusal
        assert kept(path.parent) == before


@pytest.mark.parametrize("page", [0, 1, 2, 5])
def test_a_lost_page_is_refused_and_nothing_is_written(path: Path, filled: Path, page: int) -> None:
    data = filled.read_bytes()
    path.write_bytes(data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :])
    before = kept(path.parent)

    with pytest.raises(FolderDamaged):
        Database.open(path, VAULT)

    assert kept(path.parent) == before


def test_a_damaged_database_keeps_its_log_apart(tmp_path: Path) -> None:
    """What a power cut leaves on a card that lost pages too: the log must not be moved into the ruin."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    open_and(whole / "test.db", fill)
    writer, reader = migrate.open_pair(whole / "test.db", VAULT)
    with closing(writer), closing(reader):
        messages.add(writer, post(1000))
        shutil.copytree(whole, cut, ignore=shutil.ignore_patterns("*-shm"))
    assert (cut / "test.db-wal").stat().st_size > 0
    healthy = tmp_path / "healthy"
    shutil.copytree(cut, healthy)
    with (cut / "test.db").open("r+b") as file:
        file.seek(4096)
        file.write(bytes((cut / "test.db").stat().st_size - 4096))
    before = kept(cut)

    with pytest.raises(FolderDamaged):
        Database.open(cut / "test.db", VAULT)

    assert kept(cut) == before
    assert open_and(healthy / "test.db", messages.count) == 302


def test_a_log_without_its_database_is_not_given_to_a_new_one(path: Path) -> None:
    open_and(path, fill)
    writer, reader = migrate.open_pair(path, VAULT)
    with closing(writer), closing(reader):
        messages.add(writer, post(1000))
        log = (path.parent / "test.db-wal").read_bytes()
    path.unlink()
    (path.parent / "test.db-wal").write_bytes(log)

    with pytest.raises(FolderDamaged, match=r"is gone, but test\.db-wal beside it is not"):
        Database.open(path, VAULT)

    assert kept(path.parent) == {"test.db-wal": log}


def test_a_start_that_was_cut_short_is_begun_again(path: Path) -> None:
    (path.parent / "test.db.new").write_bytes(b"half of a database")
    (path.parent / "test.db.new-wal").write_bytes(b"half of a log")
    (path.parent / "test.db.new-journal").write_bytes(b"half of a journal")

    assert open_and(path, counts) == (0, 0, 0, [])
    assert "test.db.new" not in kept(path.parent)


def test_a_name_with_every_character_that_means_something_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=memory#c%41&é" / "test.db"
    path.parent.mkdir()
    open_and(path, fill)

    assert path.is_file()
    assert open_and(path, counts) == (301, 300, 7, ["here"])


def test_a_database_that_cannot_be_written_is_a_sentence(path: Path) -> None:
    open_and(path, fill)
    with write_protected(path.parent):
        with pytest.raises(FolderReadOnly):
            Database.open(path, VAULT)
        with pytest.raises(FolderReadOnly):
            Database.open(path.with_name("other.db"), VAULT)


def test_a_database_that_can_only_be_read_is_a_sentence_after_a_power_cut_too(tmp_path: Path) -> None:
    live, cut = tmp_path / "live", tmp_path / "cut"
    live.mkdir()
    writer, reader = migrate.open_pair(live / "test.db", VAULT)
    with closing(writer), closing(reader):
        fill(writer)
        shutil.copytree(live, cut)
    with write_protected(cut), pytest.raises(FolderReadOnly):
        Database.open(cut / "test.db", VAULT)


@pytest.mark.parametrize("free_kib", [0, 4, 16, 40, 64, 80])
def test_a_disk_too_full_for_a_database_is_a_sentence_and_room_heals_it(
    tmp_path: Path, free_kib: int
) -> None:
    with small_disk(tmp_path / "disk", size_kib=512) as disk:
        path = disk / "test.db"
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(512 * 1024 - free_kib * 1024))
        with pytest.raises(DiskFull):
            Database.open(path, VAULT)
        ballast.unlink()

        assert open_and(path, counts) == (0, 0, 0, [])


async def test_memory_of_the_connections_is_bounded(path: Path) -> None:
    database = Database.open(path, VAULT)

    def cache(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA cache_size").fetchone()[0])

    assert await database.read(cache) == await database.write(cache) == -migrate.CACHE_KIB
    await database.write(lambda connection: [messages.add(connection, post(n)) for n in range(3000)])
    await database.write(lambda connection: messages.add(connection, post(3001)))
    assert path.with_name("test.db-wal").stat().st_size < 8 << 20
    await database.close()
