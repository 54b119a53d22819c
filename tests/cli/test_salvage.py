"""`pocketmesh salvage`: it tells what was kept, what was lost, and where the damaged file is."""

import json
from pathlib import Path

import pytest

from handheld.cli import salvage_cmd
from handheld.store.folder import Folder
from handheld.store.salvage import Salvaged
from tests.support import wreck
from tests.support.cli import run


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return wreck.furnish(tmp_path)


def damage(folder: Folder) -> bytes:
    data = bytearray(folder.database.read_bytes())
    data[:4096] = bytes(4096)
    folder.database.write_bytes(data)
    return bytes(data)


def test_it_mends_and_tells(folder: Folder) -> None:
    data = damage(folder)

    assert run("salvage", "--data", str(folder.path)) == (
        0,
        (
            "Kept 204 messages, 24 people, 12 names of yours, 5 boards;"
            " nothing else is known to have been there."
            " The damaged file is kept as pocketmesh.db.damaged1.\n"
        ),
        "",
    )
    assert (folder.path / "pocketmesh.db.damaged1").read_bytes() == data
    assert run("salvage", "--data", str(folder.path)).out == (
        "The database is intact, with 204 messages. Nothing was changed.\n"
    )


def test_as_json_it_is_one_object(folder: Folder) -> None:
    damage(folder)

    told = json.loads(run("salvage", "--data", str(folder.path), "--json").out)

    assert told["kept"]["messages"] == told["known"]["messages"] == 204
    assert told["aside"] == ["pocketmesh.db.damaged1"]
    assert told["own_seq"] == wreck.OWN_POSTS + 65_536


def test_what_is_lost_is_counted() -> None:
    done = Salvaged(
        {"messages": 212, "people": 0, "petnames": 1, "relations": 1, "boards": 2, "meta": 3},
        {"messages": 215, "people": 1, "petnames": 1, "relations": 1, "boards": 2, "meta": 3},
        ["pocketmesh.db.damaged2", "pocketmesh.db.damaged2-wal"],
    )

    assert salvage_cmd.sentence(done) == (
        "Kept 212 of at least 215 messages, 0 of at least 1 person, 1 name of yours,"
        " 1 relation of yours to somebody, 2 boards."
        " The damaged file is kept as pocketmesh.db.damaged2 and pocketmesh.db.damaged2-wal."
    )


def test_when_nothing_can_be_read_it_says_so(folder: Folder) -> None:
    folder.database.write_bytes(b"rubbish" * 9000)

    assert run("salvage", "--data", str(folder.path)).out == (
        "Nothing of the database could be read, so there is a fresh one now."
        " The damaged file is kept as pocketmesh.db.damaged1.\n"
    )


def test_while_a_node_runs_it_is_refused(folder: Folder) -> None:
    data = damage(folder)

    with Folder.open(folder.path, explicit=True):
        ended = run("salvage", "--data", str(folder.path))

    assert (ended.code, "already runs" in ended.err) == (15, True)
    assert folder.database.read_bytes() == data


def test_without_a_database_it_is_refused(tmp_path: Path) -> None:
    ended = run("salvage", "--data", str(tmp_path))

    assert (ended.code, "nothing to salvage" in ended.err) == (10, True)
