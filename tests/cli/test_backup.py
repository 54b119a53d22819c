"""Backups, from writing one to going on from it: what comes back, what never does, and what is refused."""

import json
from pathlib import Path

import pytest

from handheld.api import thin
from handheld.crypto.backup import BOX, HEAD
from handheld.crypto.identity import LEAP, Identity
from handheld.store import keys
from handheld.store.folder import Folder
from tests.cli.test_lock import MET, OTHER, OWN, READER, SECRETS, furnish, lines, set_passphrase, stop
from tests.cli.test_node import end_child
from tests.support.cli import Ended, run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data"
    path.mkdir()
    (path / "config.toml").write_text('radio = "none"\nname = "Ada"\n')
    monkeypatch.setenv("POCKETMESH_HOME", str(path))
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "empty"
    path.mkdir()
    return path


def identity(folder: Path, key: bytes = b"") -> Identity:
    return Identity.from_blob(keys.read_ring(Folder(folder), key).identity)


def back_up(file: Path) -> None:
    ended = run("backup", str(file), stdin=lines(OWN, OWN))
    assert (ended.code, f"Everything is in {file}" in ended.out) == (0, True), ended


def restore(folder: Path, file: Path, *said: str) -> Ended:
    return run("--data", str(folder), "restore", str(file), stdin=lines(*said))


def key_words(ended: Ended) -> str:
    """The 24 words that were shown."""
    return " ".join(word for word in ended.err.split("\n\n")[1].split() if not word.isdigit())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "node.lock")


def test_all_but_the_mail_keys_comes_back_and_numbers_leap(folder: Path, empty: Path, tmp_path: Path) -> None:
    furnish(folder)
    before, file = identity(folder), tmp_path / "ada.pmbk"
    back_up(file)
    assert run("backup", str(file)).code == 3
    data = file.read_bytes()
    assert not any(secret in data for secret in SECRETS.values())
    assert file.stat().st_mode & 0o777 == 0o600

    ended = restore(empty, file, OWN)
    assert (ended.code, ended.out.split()[2]) == (0, before.key.hex()[:8])
    assert run("--data", str(empty), "read").code == 16
    assert run("--data", str(empty), "unlock", stdin=lines(OWN)).code == 0
    read = json.loads(run("--data", str(empty), "read", "--json").out)
    public_and_private = ["meet at the mill", "water at the school"]
    in_the_room = ["came into the room.", "soup at seven"]
    assert [message["text"] for message in read] == public_and_private + in_the_room
    assert read[0]["peer_name"] == "Bo of the mill"
    with thin.ensure_node(str(empty), True) as node:
        post = node.ask("post", {"board": "here", "text": "back"})
        letter = node.ask("send", {"who": READER, "text": "back"})
        said = node.ask("say", {"room": "kitchen", "text": "back"})
        assert node.ask("status")["name"] == "Ada"
        people = {one["key"]: one["mark"] for one in node.ask("people")}
    assert min(post["seq"], letter["seq"], said["seq"]) > LEAP
    assert people[MET.key.hex()] == "="
    stop(empty)
    lock = keys.find_lock(Folder(empty))
    assert lock is not None
    after = identity(empty, lock.key(OWN))
    assert (after.key, after.static) == (before.key, before.static)
    assert after.prekey_secret != before.prekey_secret
    assert after.older == ()
    assert after.epoch >= before.epoch + LEAP


def test_no_prekey_is_in_a_backup(folder: Path, empty: Path, tmp_path: Path) -> None:
    furnish(folder)
    run("keys", "--renew")
    end_child(folder)
    held = identity(folder)
    back_up(tmp_path / "ada.pmbk")
    restore(empty, tmp_path / "ada.pmbk", OWN)

    lock = keys.find_lock(Folder(empty))
    assert lock is not None
    restored = identity(empty, lock.key(OWN)).blob
    assert not any(pair.secret in restored for pair in held.live)
    assert len(held.live) == 2


def test_two_restored_from_one_backup_have_other_numbers(folder: Path, tmp_path: Path) -> None:
    furnish(folder)
    ended = run("backup", str(tmp_path / "ada.pmbk"), "--key-words")
    said = key_words(ended)
    epochs = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert restore(tmp_path / name, tmp_path / "ada.pmbk", said).code == 0
        epochs.add(identity(tmp_path / name).epoch)
    assert len(epochs) == 2


def test_24_words_are_who_one_is(folder: Path, empty: Path) -> None:
    furnish(folder)
    before = identity(folder)
    spelled = json.loads(run("backup", "--words", "--json").out)["words"]
    assert len(spelled) == 24
    assert all(word in run("backup", "--words").out for word in spelled)

    for said, code in (
        # Its checksum is the word "art". One of 256 wrong orders of ours would have the right one.
        (" ".join(["abandon"] * 24), 2),
        (" ".join(spelled[:12]), 2),
        (" ".join(["lettuces", *spelled[1:]]), 2),
    ):
        assert run("--data", str(empty), "restore", "--words", stdin=lines(said)).code == code
        assert names(empty) == []
    ended = run("--data", str(empty), "restore", "--words", "--json", stdin=lines(" ".join(spelled)))
    assert json.loads(ended.out) == {"key": before.key.hex(), "aside": None}
    after = identity(empty)
    assert after.key == before.key
    assert after.static != before.static
    assert after.epoch >= LEAP
    (empty / "config.toml").write_text('radio = "none"\n')
    assert json.loads(run("--data", str(empty), "post", "here", "back", "--json").out)["seq"] > LEAP


def test_a_locked_folder_is_backed_up_by_who_can_open_it(folder: Path, empty: Path, tmp_path: Path) -> None:
    furnish(folder)
    set_passphrase(OTHER, OTHER)
    file = tmp_path / "ada.pmbk"
    assert run("backup", str(file), stdin=lines(OWN, OWN, OWN)).code == 16
    assert not file.exists()
    assert run("backup", str(file), stdin=lines(OTHER, OWN, OWN)).code == 0
    assert restore(empty, file, OTHER).code == 16
    assert restore(empty, file, OWN).code == 0


def damaged(data: bytes) -> dict[str, bytes]:
    """Ways in which a backup can be none, or not a whole one."""
    middle = len(data) // 2
    return {
        "half-written": data[:middle],
        "without its last box": data[: HEAD + (len(data) - HEAD - 1) // BOX * BOX],
        "one bit other": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "longer": data + b"\0",
        "two boxes changed places": data[:HEAD] + data[HEAD + BOX : HEAD + 2 * BOX] + data[HEAD : HEAD + BOX],
        "something else": b"%PDF" + data[4:],
        "nothing": b"",
        "of impossible costs": data[: HEAD - 8] + b"\xff" * 8 + data[HEAD:],
        "newer": data[:4] + b"\x02" + data[5:],
    }


def test_what_is_no_whole_backup_is_a_sentence_and_changes_nothing(
    folder: Path, empty: Path, tmp_path: Path
) -> None:
    furnish(folder)
    assert run("--data", str(empty), "restore", "/no/file").code == 2
    file = tmp_path / "ada.pmbk"
    said = key_words(run("backup", str(file), "--key-words"))
    for way, data in damaged(file.read_bytes()).items():
        file.write_bytes(data)
        ended = restore(empty, file, said)
        assert ended.code in {16, 17}, way
        assert (ended.out, ended.err.count("\n")) == ("", 1), way
        assert names(empty) == [], way


def test_what_is_there_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    furnish(folder)
    file, before = tmp_path / "ada.pmbk", identity(folder)
    back_up(file)
    there = {name: (folder / name).read_bytes() for name in names(folder)}

    refused = restore(folder, file, OWN)
    assert (refused.code, "--replace" in refused.err) == (3, True)
    wrong = run("restore", str(file), "--replace", stdin=lines(OTHER))
    assert wrong.code == 16
    assert {name: (folder / name).read_bytes() for name in names(folder)} == there
    assert not list(tmp_path.glob("data.before*"))

    ended = run("restore", str(file), "--replace", stdin=lines(OWN))
    assert (ended.code, "data.before1" in ended.out) == (0, True)
    assert identity(tmp_path / "data.before1") == before


@pytest.mark.parametrize("argv", [("backup",), ("backup", "x", "--words"), ("restore",)])
def test_it_has_to_be_said_what_is_wanted(folder: Path, argv: tuple[str, ...]) -> None:
    assert run(*argv).code == 2
