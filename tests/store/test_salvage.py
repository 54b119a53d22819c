"""A damaged database: what can be read is kept, nothing is invented or deleted, no number comes twice."""

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import DiskFull, FolderDamaged, FolderHeld, FolderMissing, FolderTooNew
from handheld.store import boards, keyfile, messages, migrate, petnames
from handheld.store.database import Database
from handheld.store.folder import Folder
from handheld.store.messages import LEAP, LEAPS
from handheld.store.pages import Pages
from handheld.store.salvage import Salvaged, salvage
from tests.support import wreck
from tests.support.cuts import DATA, image_after
from tests.support.disk import Disk, Image
from tests.support.recording import image_of, record, write_image
from tests.support.store import VAULT, keys_of, small_disk

TIMES = 6
"""Each way of ruin in the tests; a thousand in `make soak` (tests/benchmarks/ruined_card.py)."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole")
    wreck.furnish(path)
    return path


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Folder:
    path = tmp_path / "data"
    shutil.copytree(whole, path)
    return Folder(path)


def mend(folder: Folder) -> Salvaged:
    with Folder.open(folder.path, explicit=True) as held:
        return salvage(held, [VAULT], SeededEntropy("salvage"))


def ask(folder: Folder, query: str) -> list[tuple[object, ...]]:
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        return reader.execute(query).fetchall()


def root(folder: Folder, name: str) -> int:
    with closing(sqlite3.connect(folder.database)) as connection:
        return int(
            connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
        )


def overwrite(folder: Folder, *pages: int) -> None:
    with folder.database.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(random.Random(page).randbytes(4096))


@pytest.mark.parametrize("way", wreck.WAYS, ids=lambda way: way.__name__)
def test_whatever_the_damage_it_ends_with_a_sound_database(
    whole: Path, tmp_path: Path, way: Callable[[bytearray, random.Random], None]
) -> None:
    for number in range(TIMES):
        path = tmp_path / str(number)
        shutil.copytree(whole, path)
        data = bytearray((path / "pocketmesh.db").read_bytes())
        way(data, random.Random(number))

        assert wreck.ruin(Folder(path), bytes(data)) == []


def test_without_its_header_nothing_is_lost(folder: Folder) -> None:
    overwrite(folder, 1)
    with pytest.raises(FolderDamaged, match="pocketmesh salvage --data"):
        migrate.open_pair(folder.database, VAULT)

    done = mend(folder)

    assert done.kept == done.known
    assert done.kept["messages"] == wreck.OWN_POSTS + wreck.OWN_LETTERS + wreck.OTHERS
    assert done.kept["sealings"] == wreck.OWN_LETTERS // 2
    assert done.aside == ["pocketmesh.db.damaged1"]


def test_the_counts_tell_what_is_lost(folder: Folder) -> None:
    with Pages(folder.database) as pages:
        leaves = [
            page for page in pages.tree(root(folder, "messages"), (5, 13), set()) if pages.page(page)[0] == 13
        ]
        lost = sum(1 for _ in pages.records(leaves[3]))
    overwrite(folder, leaves[3])

    done = mend(folder)

    everything = wreck.OWN_POSTS + wreck.OWN_LETTERS + wreck.OTHERS
    assert (done.kept["messages"], done.known["messages"]) == (everything - lost, everything)
    assert lost > 5


def test_numbers_go_on_above_all_that_may_have_been_given(folder: Folder) -> None:
    overwrite(folder, 1)

    done = mend(folder)

    assert done.own_seq == wreck.OWN_POSTS + LEAP
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        assert messages.own_seq(reader) == done.own_seq
        assert messages.seq_floor(reader) == done.own_seq
        assert messages.max_lamport(reader) >= wreck.OWN_POSTS
        assert messages.add(writer, wreck.post(wreck.SELF, done.own_seq + 1, b"new", own=True)) is not None


def test_without_the_counter_numbers_go_on_far_above_by_chance(folder: Folder) -> None:
    page = root(folder, "meta")
    overwrite(folder, page)
    with Folder.open(folder.path, explicit=True) as held:
        first = salvage(held, [VAULT], SeededEntropy("1"))
        overwrite(folder, page)
        second = salvage(held, [VAULT], SeededEntropy("2"))

    assert first.own_seq != second.own_seq
    for done in (first, second):
        assert wreck.OWN_POSTS + LEAP <= done.own_seq <= wreck.OWN_POSTS + LEAP * LEAPS


def test_a_second_salvage_leaps_again(folder: Folder) -> None:
    overwrite(folder, 1)
    first = mend(folder)
    overwrite(folder, 1)
    second = mend(folder)

    assert second.own_seq == first.own_seq + LEAP
    assert ask(folder, "SELECT value FROM meta WHERE key = 'letter_floor'") == [(second.own_seq,)]
    assert second.aside == ["pocketmesh.db.damaged2"]
    assert second.kept == first.kept


def test_of_two_copies_of_a_message_the_one_that_came_further_counts(folder: Folder) -> None:
    old = folder.database.read_bytes()
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        for number in (2, 4):  # even letters are queued
            found = next(row.id for row in wreck.everything(writer) if row.text == b"letter %d" % number)
            messages.advance(writer, found, messages.DELIVERED if number == 2 else messages.AIRED)
    new = folder.database.read_bytes()
    changed = [at for at in range(4096, len(old), 4096) if old[at : at + 4096] != new[at : at + 4096]]
    strays = b"".join(new[at : at + 4096] for at in changed)
    folder.database.write_bytes(random.Random(1).randbytes(4096) + old[4096:] + strays)

    mend(folder)

    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        states = {row.text: row.state for row in wreck.everything(reader) if row.peer}
    assert [states[b"letter %d" % number] for number in (1, 2, 4, 6)] == [
        "delivered",
        "delivered",
        "aired",
        "queued",
    ]
    assert ask(folder, "SELECT count(*) FROM sealings") == [(wreck.OWN_LETTERS // 2 - 1,)]


def test_a_stopped_salvage_is_finished_first(folder: Folder) -> None:
    shutil.copy(folder.database, folder.path / "pocketmesh.db.salvaged")
    folder.database.write_bytes(b"damaged")

    assert mend(folder).kept["people"] == wreck.OTHERS
    assert (folder.path / "pocketmesh.db.damaged1").read_bytes() == b"damaged"


def test_what_was_deleted_stays_deleted(folder: Folder) -> None:
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        writer.execute("PRAGMA secure_delete = OFF")
        writer.execute("DELETE FROM messages WHERE own = 0")
        writer.execute("DELETE FROM messages WHERE peer = x'' AND seq > 40")
        petnames.save(writer, wreck.OTHER[0].key, "")
    overwrite(folder, root(folder, "meta"))

    done = mend(folder)

    assert done.kept["messages"] == 40 + wreck.OWN_LETTERS
    assert done.kept["petnames"] == wreck.PETNAMES - 1


def with_log(folder: Folder) -> bytes:
    """A database with a damaged page, and twenty more posts that lie in its log alone; what the log holds."""
    page = root(folder, "sealings")
    writer, reader = migrate.open_pair(folder.database, VAULT)
    for seq in range(1, 21):
        messages.add(writer, wreck.post(wreck.SELF, 1000 + seq, b"late %d" % seq, own=True))
    petnames.save(writer, wreck.OTHER[0].key, "renamed")
    log = folder.database.with_name("pocketmesh.db-wal").read_bytes()
    data = folder.database.read_bytes()
    writer.close()
    reader.close()
    folder.database.write_bytes(data)
    overwrite(folder, page)
    folder.database.with_name("pocketmesh.db-wal").write_bytes(log)
    return log


def test_the_log_counts_as_well(folder: Folder) -> None:
    log = with_log(folder)

    done = mend(folder)

    assert done.own_seq == 1020 + LEAP
    assert done.aside == ["pocketmesh.db.damaged1", "pocketmesh.db.damaged1-wal"]
    assert (folder.path / done.aside[1]).read_bytes() == log
    assert ask(folder, "SELECT count(*) FROM messages WHERE seq > 1000") == [(20,)]
    writer, reader = migrate.open_pair(folder.database, VAULT)
    with closing(writer), closing(reader):
        assert "renamed" in dict(petnames.all(reader)).values()


@pytest.mark.parametrize("place", [0, 40, 32 + 4120 * 4 + 100, 32 + 4120 * 20 + 2])
def test_a_damaged_log_gives_what_is_behind_the_damage(folder: Folder, place: int) -> None:
    log = bytearray(with_log(folder))
    log[place] ^= 0x55
    folder.database.with_name("pocketmesh.db-wal").write_bytes(log)

    mend(folder)

    assert ask(folder, "SELECT max(seq) FROM messages WHERE peer = x''") == [(1020,)]


def test_a_log_without_its_database_is_salvaged_too(folder: Folder) -> None:
    with_log(folder)
    folder.database.unlink()
    with pytest.raises(FolderDamaged, match="it is gone"):
        migrate.open_pair(folder.database, VAULT)

    done = mend(folder)

    assert done.aside == ["pocketmesh.db.damaged1-wal"]
    assert done.own_seq > LEAP


@pytest.mark.parametrize(
    "rubbish", [b"", b"x", b"rubbish" * 5000, bytes(40_960), b"SQLite format 3\0" * 4096]
)
def test_from_nothing_comes_a_fresh_one_and_the_identity_stays(folder: Folder, rubbish: bytes) -> None:
    folder.database.write_bytes(rubbish)

    done = mend(folder)

    assert not any(done.kept[table] for table in ("messages", "people", "petnames", "boards"))
    assert done.own_seq >= LEAP
    assert keyfile.read(folder.identity) == keys_of(wreck.SELF)
    assert (folder.path / "pocketmesh.db.damaged1").read_bytes() == rubbish
    assert ask(folder, "SELECT count(*) FROM messages") == [(0,)]


def test_a_box_that_does_not_open_is_damage_though_sqlite_does_not_mind(folder: Folder) -> None:
    data, box = folder.database.read_bytes(), VAULT.seal(b"name", b"board3")
    assert data.count(box) == 2  # the row, and its index
    folder.database.write_bytes(data.replace(box, box[:-1] + bytes([box[-1] ^ 1])))
    database = Database.open(folder.database, VAULT)
    asked = database.read(boards.all)

    async def ask_and_close() -> list[str]:
        try:
            return await asked
        finally:
            await database.close()

    with pytest.raises(FolderDamaged, match="pocketmesh salvage"):
        asyncio.run(ask_and_close())

    done = mend(folder)

    assert (done.kept["boards"], done.known["boards"]) == (wreck.BOARDS - 1, wreck.BOARDS)


def test_a_schema_that_is_no_text_is_a_sentence(folder: Folder) -> None:
    data = folder.database.read_bytes()
    folder.database.write_bytes(data.replace(b"CREATE TABLE petnames", b"CREATE TABLE pet\xe1\x28\xa1s "))
    with pytest.raises(FolderDamaged, match="pocketmesh salvage"):
        migrate.open_pair(folder.database, VAULT)

    assert mend(folder).kept["petnames"] == wreck.PETNAMES


def test_an_intact_one_is_left_alone(folder: Folder) -> None:
    before = image_of(folder.path)

    done = mend(folder)

    assert done.aside == []
    assert done.kept["people"] == wreck.OTHERS
    assert {path: data for path, data in image_of(folder.path).items() if path != "node.lock"} == before


def test_it_is_refused_where_it_cannot_be_done(folder: Folder, tmp_path: Path) -> None:
    overwrite(folder, 15)
    data = folder.database.read_bytes()
    with Folder.open(folder.path, explicit=True), pytest.raises(FolderHeld):
        mend(folder)
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    newer = folder.database.read_bytes()
    with pytest.raises(FolderTooNew):
        mend(folder)
    assert folder.database.read_bytes() == newer != data
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderMissing, match="nothing to salvage"):
        mend(Folder(tmp_path / "empty"))


@pytest.mark.parametrize("room", [20, 40, 60])
def test_a_full_disk_leaves_the_damaged_one_where_it_was(folder: Folder, tmp_path: Path, room: int) -> None:
    with small_disk(tmp_path / "disk", size_kib=1400) as disk:
        shutil.copytree(folder.path, disk / "data")
        there = Folder(disk / "data")
        overwrite(there, 1)
        data = there.database.read_bytes()
        with Folder.open(there.path, explicit=True) as held:
            (disk / "ballast").write_bytes(bytes(4096 * (os.statvfs(disk).f_bavail - room)))
            with pytest.raises(DiskFull):
                salvage(held, [VAULT], SeededEntropy("full"))
            assert there.database.read_bytes() == data
            (disk / "ballast").unlink()
            assert salvage(held, [VAULT], SeededEntropy("room")).kept["people"] == wreck.OTHERS


def test_a_power_cut_anywhere_in_it_loses_nothing(folder: Folder, tmp_path: Path) -> None:
    with_log(folder)
    root_ = tmp_path / "root"
    root_.mkdir()
    shutil.copytree(folder.path, root_ / DATA)
    image = image_of(root_)
    operations = record("handheld", ["salvage", "--data", str(root_ / DATA)], root_)
    chance = random.Random(9)
    outcomes = set()
    for number in range(30):
        disk = Disk(image)
        # Most of it is the copy; what is dangerous comes at the end.
        place = chance.choice((chance.randrange(len(operations)), len(operations) - chance.randrange(12)))
        for operation in operations[:place]:
            disk.apply(operation)
        path = tmp_path / f"cut{number}"
        path.mkdir()
        outcomes.add(after_cut(path, image_after(disk, chance)))

    assert outcomes == {"damaged", "salvaged"}


def after_cut(path: Path, image: Image) -> str:
    """The state that was found; whichever, it ends with everything in its place."""
    write_image(image, path)
    found = Folder(path / DATA)
    try:
        writer, reader = migrate.open_pair(found.database, VAULT)
        writer.close()
        reader.close()
        state = "salvaged"
    except FolderDamaged:
        state = "damaged"
        mend(found)
    everything = wreck.OWN_POSTS + wreck.OWN_LETTERS + wreck.OTHERS + 20
    assert ask(found, "SELECT count(*) FROM messages") == [(everything,)]
    assert ask(found, "SELECT value >= 65536 FROM meta WHERE key = 'own_seq'") == [(1,)]
    assert list(found.path.glob("pocketmesh.db.damaged*"))
    assert not found.path.joinpath("pocketmesh.db.salvaged").exists()
    return state
