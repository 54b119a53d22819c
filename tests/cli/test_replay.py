"""A session is recorded from the command line, and replayed on a terminal."""

from pathlib import Path

import pytest

from tests.support.cli import command, run
from tests.support.door import SmallNode, door_thread, message
from tests.support.terminal import on_terminal


def test_a_session_is_recorded_and_replayed(tmp_path: Path) -> None:
    file = tmp_path / "monday.rec"
    node = SmallNode(messages=[message(1, "Beds at the mill")])
    recorded = command("screen", "--record", str(file), "--data", str(tmp_path))
    with door_thread(tmp_path, node), on_terminal(recorded, (40, 15)) as terminal:
        terminal.until("1 unread")
        terminal.press("c")
        terminal.until("b board")
        terminal.press("\r")
        terminal.until("Beds at the mill")
        terminal.press("\x03")
        terminal.until("Quit?")
        terminal.press("y")
        assert terminal.ended() == 0
    with on_terminal(command("replay", str(file), "--speed", "20"), (40, 15)) as terminal:
        assert terminal.ended() == 0  # its last keys leave it
        assert b"Beds at the mill" in terminal.written
    told = run("replay", str(file))
    assert told.code == 2
    assert "is whole" in told.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("screen", "--redact"), "--redact goes with --record"),
        (("replay", "none.rec"), "none.rec cannot be read"),
        (("replay", "none.rec", "--speed", "0"), "--speed is above 0"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handheld.cli.show.on_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    ended = run(*arguments)
    assert ended.code == 2
    assert says in ended.err
