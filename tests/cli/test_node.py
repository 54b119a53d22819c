"""The small verbs with a real node behind them, which they start themselves or find running."""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handheld.api import address
from tests.support.cli import command, run, spawn
from tests.support.patience import PATIENCE_S


def end_child(folder: Path) -> None:
    """Have a child started, and end it at once."""
    status = run("status", "--json")
    assert (status.code, status.err) == (0, "")
    os.kill(json.loads(status.out)["pid"], signal.SIGTERM)
    until_gone(folder)
    # The door closes before the database: only who holds the lock may touch that.
    with (folder / "node.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for nodes without a radio, chosen by the environment."""
    (tmp_path / "config.toml").write_text('radio = "none"\nname = "Ada"\n')
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    return tmp_path


@contextmanager
def node(*options: str) -> Iterator[subprocess.Popen[str]]:
    """A node started by hand, killed at the end at the latest."""
    process = subprocess.Popen(command("node", *options), stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_up(folder: Path, process: subprocess.Popen[str]) -> None:
    while (connection := address.dial(str(folder))) is None:
        assert process.poll() is None, "the node has ended"
        time.sleep(0.02)
    connection.close()


def until_gone(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (folder / "api.sock").exists():
        assert time.monotonic() < deadline, "the child does not end"
        time.sleep(0.05)


def test_a_verb_starts_a_child_that_others_use_and_that_ends_by_itself(folder: Path) -> None:
    status = run("status")
    assert (status.code, status.err) == (0, "")
    assert status.out.startswith("Not on the air.")
    assert "Name      Ada\n" in status.out
    pid = json.loads(run("status", "--json").out)["pid"]

    posted = json.loads(run("post", "#Here", "The well is clean", "--json").out)
    assert (posted["board"], posted["text"], posted["own"]) == ("here", "The well is clean", True)
    assert json.loads(run("read", "here", "--json").out) == [posted]
    assert "* Ada (you), " in run("read").out
    assert run("post", "here", "x" * 513).code == 3
    assert run("people").out.startswith("Nobody heard yet.")
    assert json.loads(run("status", "--json").out)["pid"] == pid

    until_gone(folder)
    assert "Traceback" not in (folder / "node.log").read_text()
    assert [post["text"] for post in json.loads(run("read", "--json").out)] == ["The well is clean"]
    until_gone(folder)


def test_a_node_started_by_hand_stays_until_it_is_told_to_stop(folder: Path) -> None:
    with node() as by_hand:
        until_up(folder, by_hand)
        assert json.loads(run("status", "--json").out)["pid"] == by_hand.pid
        second = spawn("node")
        assert (second.code, second.out) == (15, "")
        assert second.err.startswith(f"pocketmesh: Node {by_hand.pid} already runs on {folder}")
        by_hand.send_signal(signal.SIGTERM)
        assert by_hand.wait(PATIENCE_S) == 0
    assert not (folder / "api.sock").exists()
    assert not (folder / "node.log").exists()


def test_the_socket_of_a_node_that_was_killed_is_no_obstacle(folder: Path) -> None:
    with node() as by_hand:
        until_up(folder, by_hand)
        by_hand.kill()
        by_hand.wait(PATIENCE_S)
    assert (folder / "api.sock").exists()
    end_child(folder)


def test_a_folder_that_was_named_and_is_missing_ends_with_10(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    ended = run("status", "--data", str(absent))
    assert (ended.code, ended.out) == (10, "")
    assert ended.err.startswith(f"pocketmesh: There is no folder {absent}.")
    assert not absent.exists()


def test_settings_that_make_no_sense_end_with_2(folder: Path) -> None:
    (folder / "config.toml").write_text("colour = 3\n")
    ended = run("status")
    assert (ended.code, ended.out) == (2, "")
    assert "there is no setting 'colour'" in ended.err


def test_a_damaged_database_ends_with_14_and_is_left_as_it_is(folder: Path) -> None:
    end_child(folder)
    database = folder / "pocketmesh.db"
    junk = b"junk" * 4096
    database.write_bytes(junk)
    for wal in folder.glob("pocketmesh.db-*"):
        wal.unlink()
    ended = run("status")
    assert (ended.code, ended.out) == (14, "")
    assert "damaged" in ended.err
    assert database.read_bytes() == junk
