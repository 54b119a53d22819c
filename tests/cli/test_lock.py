"""A passphrase from setting it to the wipe, with real nodes: what is asked, refused, and lies on the disk."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from handheld.api import address, thin
from handheld.cli import alone
from handheld.clock import SeededEntropy
from handheld.crypto.cards import card_text
from handheld.crypto.identity import Identity
from handheld.crypto.keyring import MEMORY_MIN, PASSES_MIN
from handheld.crypto.rooms import new_key
from handheld.store import keys
from handheld.store.folder import Folder
from tests.cli.test_node import end_child, until_gone
from tests.support.cli import command, run, spawn
from tests.support.terminal import on_terminal

OWN, OTHER = "the grey cat sleeps", "another grey cat"
READER = "c0ffee" + "5" * 58
MET = Identity.create(SeededEntropy("met"))
ROOM = new_key(SeededEntropy("room"))
SECRETS = {
    "a private text": b"meet at the mill",
    "a public text": b"water at the school",
    "a name of ours": b"Bo of the mill",
    "a reader's key": bytes.fromhex(READER),
    "the same in hex": READER.encode(),
    "a board": b"orchard",
    "somebody we met": MET.key,
    "the same in hex, too": MET.key.hex().encode(),
    "a room": b"kitchen",
    "a room's key": ROOM.secret,
    "the same key in hex": ROOM.secret.hex().encode(),
    "the same as a card": ROOM.card.encode(),
    "a text in a room": b"soup at seven",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text('radio = "none"\n')
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    return tmp_path


def lines(*said: str) -> bytes:
    return "".join(f"{line}\n" for line in said).encode()


def furnish(folder: Path) -> None:
    assert run("send", READER, "meet at the mill").code == 0
    assert run("name", READER, "Bo of the mill").code == 0
    assert run("post", "orchard", "water at the school").code == 0
    assert run("meet", "card", card_text(MET.key, "Frida")).code == 0
    assert run("room", "join", "kitchen", ROOM.card).code == 0
    assert run("room", "say", "kitchen", "soup at seven").code == 0
    end_child(folder)


def set_passphrase(*said: str) -> None:
    ended = run("passphrase", stdin=lines(*said))
    assert (ended.code, ended.err.count("Write these 5 words down")) == (0, 1)
    assert "asked for" in ended.out


def found_in(folder: Path) -> list[str]:
    """Which secrets stand in any file of the folder, in whatever page or log."""
    held = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [
        f"{name} in {path.name}"
        for name, secret in SECRETS.items()
        for path, data in held.items()
        if secret in data
    ]


def stop(folder: Path) -> None:
    with thin.ensure_node(str(folder), True) as node:
        os.kill(node.ask("status")["pid"], signal.SIGTERM)
    until_gone(folder)


def test_from_the_first_word_to_the_wipe(folder: Path) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    assert found_in(folder) == []

    locked = run("status")
    assert locked.out.startswith("Locked: nothing is opened")
    assert json.loads(run("status", "--json").out)["key"] == ""
    for argv in (("read",), ("people",), ("post", "here", "x"), ("send", READER, "x")):
        refused = run(*argv)
        assert (refused.code, refused.out) == (16, "")
        assert "pocketmesh unlock" in refused.err
    wrong = run("unlock", stdin=lines(OTHER))
    assert (wrong.code, "not the passphrase" in wrong.err) == (16, True)

    assert run("unlock", stdin=lines(f" {OWN.replace(' ', '   ')}")).out == "The keys are open.\n"
    read = run("read", "--json").out
    assert "meet at the mill" in read
    assert "Bo of the mill" in read
    assert run("post", "orchard", "written while open").code == 0
    assert run("unlock").out == "The keys were open already.\n"
    assert run("lock").out == "The keys are locked.\n"
    assert run("read").code == 16
    stop(folder)
    assert found_in(folder) == []

    wiped = run("wipe", "--yes")
    assert (wiped.code, wiped.out.startswith("The keys are destroyed.")) == (0, True)
    assert [path.name for path in folder.iterdir()] == ["node.lock"]
    (folder / "config.toml").write_text('radio = "none"\n')
    assert json.loads(run("read", "--json").out) == []
    end_child(folder)


def test_an_unlocked_child_stays_until_it_is_locked(folder: Path) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    run("unlock", stdin=lines(OWN))
    with thin.ensure_node(str(folder), True) as node:
        pid = node.ask("status")["pid"]
    time.sleep(3.5)

    assert json.loads(run("status", "--json").out)["pid"] == pid
    stop(folder)


def test_it_is_changed_and_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    assert run("passphrase", stdin=lines(OTHER, "x" * 9, "x" * 9)).code == 16
    ended = run("passphrase", stdin=lines(OWN, OTHER, OTHER))
    assert ended.code == 0
    assert run("unlock", stdin=lines(OWN)).code == 16
    assert run("unlock", stdin=lines(OTHER)).code == 0
    with monkeypatch.context() as patch:
        patch.setattr(alone, "PATIENCE_S", 0.2)
        assert run("passphrase", stdin=lines(OTHER)).code == 15
    stop(folder)

    assert run("passphrase", "--remove", stdin=lines(OTHER)).code == 0
    assert "meet at the mill" in run("read").out
    end_child(folder)
    assert run("passphrase", "--remove").code == 3
    assert found_in(folder) == []


def test_five_words_are_offered_and_taken_with_enter(folder: Path) -> None:
    furnish(folder)
    ended = spawn("passphrase", stdin=lines("", "one two three four five"))
    assert (ended.code, "not the same" in ended.err) == (3, True)
    offered = ended.err.split("\n\n")[1].split()

    assert len(offered) == 5
    assert keys.find_lock(Folder(folder)) is None
    for said in (("short", "short"), ("long enough", "long enouph"), ()):
        assert run("passphrase", stdin=lines(*said)).code in {2, 3}
    assert keys.find_lock(Folder(folder)) is None


def test_the_costs_are_within_their_bounds(folder: Path) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    lock = keys.find_lock(Folder(folder))

    assert lock is not None
    assert lock.passes >= PASSES_MIN
    assert lock.memory >= MEMORY_MIN


def test_without_a_passphrase_there_is_nothing_to_lock(folder: Path) -> None:
    assert run("lock").out == "No node runs here, so no keys are open.\n"
    furnish(folder)
    with thin.ensure_node(str(folder), True):
        refused = run("lock")
    assert (refused.code, "pocketmesh passphrase" in refused.err) == (3, True)
    end_child(folder)


def test_a_wipe_asks_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(folder)
    assert run("wipe", stdin=lines("yes")).code == 3
    assert (folder / "identity").exists()
    assert run("wipe", stdin=lines("wipe")).code == 0
    assert not (folder / "identity").exists()


def test_a_wipe_ends_a_node_that_runs(folder: Path) -> None:
    furnish(folder)
    with thin.ensure_node(str(folder), True):
        assert run("wipe", "--yes").code == 0
    assert address.dial(str(folder)) is None
    assert [path.name for path in folder.iterdir()] == ["node.lock"]


def test_a_wipe_goes_on_when_the_node_ends_as_it_is_asked(folder: Path) -> None:
    furnish(folder)

    def end() -> None:
        door.accept()[0].close()

    with address.listen(str(folder)) as door:
        door.listen()
        ending = threading.Thread(target=end)
        ending.start()
        assert run("wipe", "--yes").code == 0
        ending.join()
    assert [path.name for path in folder.iterdir()] == ["node.lock"]


def test_nobody_at_the_keyboard_locks_the_keys(folder: Path) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    (folder / "config.toml").write_text('radio = "none"\nlock_minutes = 1441\n')
    assert run("status").code == 2


def test_the_screen_asks_locks_and_asks_again(folder: Path) -> None:
    furnish(folder)
    set_passphrase(OWN, OWN)
    with on_terminal(command("screen"), (60, 20), POCKETMESH_HOME=str(folder)) as terminal:
        terminal.until("Passphrase:")
        terminal.press(f"{OTHER}\r")
        terminal.until("not the passphrase")
        terminal.until(lambda: terminal.text().count("Passphrase:") == 2)
        terminal.press(f"{OWN}\r")
        terminal.until("Not on the air")
        assert OWN not in terminal.text()
        terminal.press("c")
        terminal.until("Bo of the mill")
        terminal.press("\x0c")
        terminal.until(lambda: terminal.text().count("Passphrase:") >= 1 and "Bo of" not in terminal.text())
        terminal.press(f"{OWN}\r")
        terminal.until("Not on the air")
        terminal.press("\x18")
        terminal.until("destroys your keys")
        terminal.press("\x18")
        assert terminal.ended() == 0
    assert [path.name for path in folder.iterdir()] == ["node.lock"]


def test_a_wipe_takes_what_a_restore_has_moved_aside_as_well(folder: Path) -> None:
    furnish(folder)
    aside = folder.with_name(f"{folder.name}.before1")
    aside.mkdir()
    (aside / "identity").write_bytes(b"an older key")
    (aside / "pocketmesh.db").write_bytes(b"an older database")
    assert run("wipe", "--yes").code == 0
    assert not aside.exists()


def test_a_wipe_that_nobody_answers_changes_nothing(folder: Path) -> None:
    furnish(folder)
    asked = run("wipe")
    assert (asked.code, "Nobody answered" in asked.err) == (2, True)
    assert (folder / "identity").exists()
