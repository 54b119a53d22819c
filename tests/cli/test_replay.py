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
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    leaving = [one for one in lines if '"key":"ctrl+c"' in one or '"key":"y"' in one]
    assert len(leaving) == 2
    file.write_text("".join(one for one in lines if one not in leaving), encoding="utf-8")
    with on_terminal(command("replay", str(file), "--speed", "20"), (40, 15)) as terminal:
        terminal.until("Beds at the mill")
        terminal.press("\x03")
        terminal.until("Quit?")
        terminal.press("y")
        assert terminal.ended() == 0
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
