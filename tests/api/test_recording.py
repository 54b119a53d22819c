"""A session is written down, and played again on a real screen without a node."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from handheld.api import recording, replay
from handheld.api.recording import Recorder
from handheld.commands import Post
from handheld.errors import UsageError
from handheld.events import MessageKept
from tests.support.door import SmallNode, message, open_door
from tests.support.screen import screen
from tui.state import Place

SECRET = "Beds at the mill"


async def record(folder: Path, *, redacted: bool) -> Path:
    """Somebody looks at #here, writes there and hears an answer; then the node goes."""
    path = folder / "monday.rec"
    tape = Recorder(path, redacted=redacted)
    node = SmallNode(messages=[message(1, SECRET)])
    async with open_door(folder, node) as door, screen(folder, tape=tape) as at:
        await at.until("unread:")
        await at.press("c", "enter")
        await at.until(SECRET)
        await at.write("Thanks")
        await at.press("enter")
        await at.until("Thanks  (")
        door.publish(MessageKept(message(3, "come at seven")))
        await at.until("come at seven")
        await at.press("escape", "p")
        await at.until("Hops")
        await door.close()
        await at.until("The node has ended.")
    tape.close()
    assert [one.text for one in node.asked if isinstance(one, Post)] == ["Thanks"]
    return path


async def test_it_is_played_without_a_node(tmp_path: Path) -> None:
    path = await record(tmp_path, redacted=False)
    async with screen(tmp_path / "nowhere", tape=replay.Replay(replay.read(path, speed=20))) as at:
        await at.until("The node has ended.")
        await at.until(lambda: at.shell.view.place is Place.PEOPLE)
        assert at.shell.view.talk is not None
        assert [one.text for one in at.shell.view.talk.messages] == [SECRET, "Thanks", "come at seven"]


async def test_redacted_it_shows_the_same_steps_and_nothing_that_was_said(tmp_path: Path) -> None:
    path = await record(tmp_path, redacted=True)
    text = path.read_text(encoding="utf-8")
    for word in ("Bob", SECRET, "mill", "Thanks", "come", "seven", str(tmp_path)):
        assert word not in text
    async with screen(tmp_path / "nowhere", tape=replay.Replay(replay.read(path, speed=20))) as at:
        await at.until("The node has ended.")
        await at.until(lambda: at.shell.view.place is Place.PEOPLE)
        assert at.shell.view.talk is not None
        assert [len(one.text) for one in at.shell.view.talk.messages] == [len(SECRET), 6, 13]


async def test_whoever_presses_a_key_has_them_all_from_then_on(tmp_path: Path) -> None:
    path = await record(tmp_path, redacted=False)
    tape = replay.Replay(
        [one for one in replay.read(path) if "key" not in one.content and "went" not in one.content]
    )
    async with screen(tmp_path / "nowhere", tape=tape) as at:
        await at.until("unread:")
        await at.press("question_mark")
        await at.until("Boards, such as")
        await at.press("escape", "c", "enter")
        await at.until(SECRET)
        await at.write("More?")
        await at.press("enter")
        await at.until("Thanks  (")  # the answer to whatever was posted
        await at.press("escape", "p", "k")
        await at.until("That was not recorded.")


async def test_keys_are_played_until_somebody_presses_one(tmp_path: Path) -> None:
    entries = [replay.Entry(0.0, {"key": key, "character": None}) for key in "abc"]
    tape = replay.Replay(entries)
    played = []
    async for key, _ in tape.keys():
        played.append(key)
        if key == "b":
            tape.pressed("x", "x", private=False)
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert played == ["a", "b"]


def test_the_file_is_nobody_elses_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    Recorder(path, redacted=False).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="there already"):
        Recorder(path, redacted=False)
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "none" / "a.rec", redacted=False)


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "BYTES_MAX", 2_000)
    tape = Recorder(tmp_path / "a.rec", redacted=False)
    for _ in range(100):
        tape.pressed("x", "x", private=True)
    tape.pressed("paste", "y" * recording.LINE_MAX, private=True)
    assert 1_900 < (tmp_path / "a.rec").stat().st_size <= 2_000
    assert len(replay.read(tmp_path / "a.rec")) > 20


HEAD = json.dumps({"v": 1, "recording": "pocketmesh 0.1.0"}) + "\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("{}\n", "version"),
        ('{"v": 1}\n', "is no recording"),
        (HEAD + "x\n", "line 2: A line that is no JSON"),
        (HEAD + '{"v": 1, "t": 5}\n{"v": 1, "t": 4}\n', "line 3: it has no time"),
        (HEAD + '{"v": 1, "t": true}\n', "line 2: it has no time"),
        (HEAD + '{"v": 2, "t": 1}\n', "line 2: One end speaks"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.rec"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        replay.read(path)


def test_a_last_line_that_was_cut_off_is_left_out_and_long_pauses_are_short(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    path.write_text(
        HEAD + '{"v": 1, "t": 5, "came": true}\n{"v": 1, "t": 90000, "key": "c"}\n{"v": 1, "t"', "utf-8"
    )
    assert [entry.at_s for entry in replay.read(path, speed=2)] == [0.0025, 1.5025]
    with pytest.raises(UsageError, match="No such file"):
        replay.read(tmp_path / "none")
