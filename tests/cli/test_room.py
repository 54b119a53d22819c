"""Rooms on the command line, with a real node behind them, and as they are printed."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.api import codec
from handheld.cli import read_cmd, room_cmd
from handheld.events import Room
from tests.support.cli import run
from tests.support.door import BOB, CAI, message


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder whose node has no radio, and is ended with the test."""
    (tmp_path / "config.toml").write_text('radio = "none"\nname = "Ada"\n')
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    yield tmp_path
    os.kill(json.loads(run("status", "--json").out)["pid"], signal.SIGTERM)


def test_a_room_from_its_making_to_its_end(folder: Path) -> None:
    assert run("room", "list").out == "No rooms yet. Make one:\n  pocketmesh room new kitchen --words\n"
    made = json.loads(run("room", "new", "kitchen", "--words", "--json").out)
    assert len(made["words"].split()) == 6
    said = run("room", "say", "kitchen", "Soup", "at", "seven")
    assert said == (0, "Saved in the room kitchen as number 1, for its members alone.\n", "")
    read = run("read", "--room", "Kitchen").out
    assert read.startswith("* Ada (you)")
    assert read.endswith("queued  in room kitchen 1\n  Soup at seven\n")
    assert run("read", "here").out.startswith("Nothing on #here yet.")
    refused = run("post", "kitchen", "for us alone")
    assert (refused.code, refused.out) == (3, "")
    assert "kitchen is a room of yours" in refused.err
    card = run("room", "card", "kitchen").out
    assert made["card"] in card
    assert f"Check words: {made['check']}" in card
    assert run("room", "leave", "kitchen").code == 0
    assert run("read").out.startswith("Nothing to read yet.")
    again = run("room", "join", "Our street", "-", stdin=made["words"].encode())
    assert (again.code, made["check"] in again.out) == (0, True)
    assert json.loads(run("read", "--room", "our street", "--json").out)[0]["kind"] == "joined"


def test_what_is_wrong_is_said_in_a_sentence(folder: Path) -> None:
    for line, code, sentence in (
        ("room new", 2, "Say which room: pocketmesh room new NAME"),
        ("room new weak --words 3", 2, "A room takes at least 6 generated words; these are 3."),
        ("room say kitchen", 2, "Say what: pocketmesh room say NAME TEXT"),
        ("room card kitchen sink", 2, '"room card" takes a name and nothing more.'),
        ("room say kitchen hello", 3, "You are in no room called kitchen. See: pocketmesh room list"),
        ("room join kitchen", 3, "Nobody asks you into a room called kitchen. See: pocketmesh room list"),
        ("room join kitchen legal winer", 2, '"winer" is not in the word list. Did you mean "winner"?'),
        (
            "room join kitchen PMR:ABC",
            2,
            "This is no room's card, or a character of it is wrong. Read it again.",
        ),
        ("read here --room kitchen", 3, "Read one board, one room, or what you and one person wrote"),
    ):
        ended = run(*line.split())
        assert (ended.code, ended.out) == (code, ""), line
        assert sentence in ended.err, line
    assert run("room", "list").out.startswith("No rooms yet.")


def test_a_room_says_who_is_in_it_and_who_may_still_read() -> None:
    room = codec.plain(Room("kitchen", 3, "obey throw", [BOB], may_read=[CAI]))
    assert room_cmd.entry(room) == (  # type: ignore[arg-type]
        "kitchen\n"
        "  key 3, check words: obey throw\n"
        '  = "Bob"\n'
        "  ? olive-tiger was taken out and may still read, until a new key comes."
    )
    asked = codec.plain(Room("our street", 1, "obey throw", [], inviter=BOB))
    assert room_cmd.entry(asked) == (  # type: ignore[arg-type]
        "our street\n  = \"Bob\" asks you in. To come in: pocketmesh room join 'our street'"
    )


def test_a_post_under_an_old_key_says_so() -> None:
    said = codec.plain(message(4, "late", "", room="kitchen", note="Written under an older key."))
    assert read_cmd.entry(said).splitlines()[-1] == "  (Written under an older key.)"  # type: ignore[arg-type]
