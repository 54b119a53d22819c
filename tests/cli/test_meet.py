"""Meetings, cards and introductions on the command line, over a real door."""

import json
import os
import pty
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.api import codec
from handheld.cli import card_cmd, show
from handheld.commands import Compare, Introduce, Meet, Name, TakeCard, Unmeet
from handheld.events import Meeting
from handheld.qr import fitted
from tests.support.cli import command, run
from tests.support.door import BOB, CARD, WORDS, DoorThread, SmallNode, door_thread
from tests.support.patience import PATIENCE_S

COMPARING = Meeting("comparing", 47, 2, 2, WORDS, [BOB])


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    return SmallNode()


@pytest.fixture
def door(tmp_path: Path, node: SmallNode) -> Iterator[DoorThread]:
    with door_thread(tmp_path, node) as opened:
        yield opened


def meet(
    door: DoorThread, node: SmallNode, typed: str, *options: str, end: Meeting = COMPARING
) -> tuple[int, str, str]:
    """`meet 47 2`, which gets as far as `end`; what it ended with and printed."""
    process = subprocess.Popen(
        command("meet", "47", "2", *options),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    goes_on(door, node, end)
    out, err = process.communicate(typed, PATIENCE_S)
    return process.returncode, out, err


def goes_on(door: DoorThread, node: SmallNode, end: Meeting) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not any(isinstance(one, Meet) for one in node.asked):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    async def happen() -> None:
        node.goes_on(end)

    door.run(happen())


def test_a_meeting_shows_four_words_asks_and_takes_a_name(door: DoorThread, node: SmallNode) -> None:
    code, out, err = meet(door, node, "y\nBob of the mill\n")

    assert (code, err) == (0, "")
    assert out == (
        "1 of 2 here.\n"
        f"\n    {WORDS}\n\nDo all 2 screens show these words, and no other? (y/n) "
        'Your name for "Bob" (Enter: Bob): = Bob of the mill is met.\n'
    )
    assert node.asked == [Meet(47, 2), Compare(same=True), Name(BOB.key, "Bob of the mill")]


def test_enter_takes_the_name_that_he_has(door: DoorThread, node: SmallNode) -> None:
    meet(door, node, "yes\n\n")

    assert node.asked[-1] == Name(BOB.key, "Bob")


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_anything_but_yes_makes_nobody_known(door: DoorThread, node: SmallNode, typed: str) -> None:
    code, _, err = meet(door, node, typed)

    assert (code, err) == (3, "pocketmesh: Nobody is met.\n")
    assert node.asked[-1] == Compare(same=False)


def test_a_meeting_that_came_to_nothing_is_one_sentence(door: DoorThread, node: SmallNode) -> None:
    code, _, err = meet(door, node, "", end=Meeting("over", 47, 2, 1, say="Only 1 of 2 devices were heard."))

    assert (code, err) == (3, "pocketmesh: Only 1 of 2 devices were heard.\n")


def test_for_programs_each_step_is_a_line(door: DoorThread, node: SmallNode) -> None:
    code, out, _ = meet(door, node, "y\n", "--json")

    assert code == 0
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["gathering", "comparing", "met"]
    assert json.loads(out.splitlines()[1]) == codec.plain(COMPARING)


def test_who_leaves_in_between_ends_the_meeting(door: DoorThread, node: SmallNode) -> None:
    process = subprocess.Popen(command("meet", "47", "2"), stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"1 of 2 here.\n"
    process.send_signal(2)

    assert process.wait(PATIENCE_S) == 130
    process.communicate()
    assert node.asked[-1] == Compare(same=False)


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        (["47", "11"], 3, "A meeting is for 2 to 10 people."),
        (["forty", "2"], 2, "Say the number in digits, as in: pocketmesh meet 47 3"),
        (["47", "three"], 2, "Say how many you are in digits, as in: pocketmesh meet 47 3"),
        (["card", "hello"], 3, "This is no card of pocketmesh."),
    ],
)
def test_what_cannot_be_is_one_sentence(door: DoorThread, argv: list[str], code: int, sentence: str) -> None:
    assert run("meet", *argv) == (code, "", f"pocketmesh: {sentence}\n")


def test_a_card_is_taken_and_taken_back(door: DoorThread, node: SmallNode) -> None:
    assert run("meet", "card", "PM1AA", "BB").out == "cacacaca is met from now on.\n"
    assert run("meet", "undo", "Bob").out == '"Bob" counts as not met from now on.\n'
    assert json.loads(run("meet", "card", "PM1", "--json").out)["mark"] == "="
    assert json.loads(run("meet", "undo", "Bob", "--json").out)["mark"] == "?"
    assert node.asked == [TakeCard("PM1AA BB"), Unmeet("Bob"), TakeCard("PM1"), Unmeet("Bob")]


def test_an_introduction_is_saved_for_its_reader(door: DoorThread, node: SmallNode) -> None:
    assert run("introduce", "cai", "Bob").out == "Saved as number 1, for Bob alone.\n"
    assert node.asked == [Introduce("cai", "Bob")]
    assert json.loads(run("introduce", "cai", "Bob", "--json").out) == codec.plain(node.messages[-1])


def test_the_own_card_as_code_text_and_words(door: DoorThread) -> None:
    lines = run("card").out.splitlines()

    assert lines[:15] == CARD.code
    assert lines[16:] == [
        CARD.text, "", "one two three four", "five six seven eight", "nine ten eleven twelve",
        "Strangers see you as: one-two",
    ]  # fmt: skip
    assert run("card", "--words").out.splitlines() == lines[18:]
    assert json.loads(run("card", "--json").out) == codec.plain(CARD)


@pytest.mark.parametrize(("size", "first"), [((15, 40), CARD.code), ((40, 80), fitted(CARD.code, 80, 40))])
def test_the_code_fits_the_screen_and_what_does_not_waits_for_enter(
    size: tuple[int, int],
    first: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keyboard, screen = pty.openpty()
    try:
        typed = os.fdopen(os.dup(screen), "r")
        os.write(keyboard, b"\n")
        monkeypatch.setattr("sys.stdin", typed)
        monkeypatch.setattr(show, "columns", lambda: size[1])
        monkeypatch.setattr(card_cmd, "_lines", lambda: size[0])
        card_cmd.show_whole(codec.plain(CARD))  # type: ignore[arg-type]
        typed.close()
    finally:
        os.close(keyboard)
        os.close(screen)
    printed = capsys.readouterr().out.split("\n")

    assert printed[: len(first) - 1] == first[:-1]
    assert all(len(line) <= size[1] for line in first)
    assert len(first) <= size[0]
