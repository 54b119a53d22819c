"""A newcomer's first day in the demo's village, end to end, on a display of 40x15."""

import json
from pathlib import Path

import pytest

from tests.support.cli import command, run
from tests.support.newcomer import KEYS_MAX, play
from tests.support.terminal import on_terminal
from tests.support.villages import left_behind, until


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc to see what is left behind")
def test_a_newcomer_gets_a_name_follows_writes_and_shares_with_few_keys(tmp_path: Path) -> None:
    file, home = tmp_path / "list.txt", tmp_path / "home"
    home.mkdir()
    file.write_text("water 12, bread 40\n")
    with on_terminal(command("demo", "--newcomer"), (40, 15), TMPDIR=str(home)) as terminal:
        pressed = play(terminal, file)
        assert len(pressed) <= KEYS_MAX
        (ida,) = home.glob("*/ida")
        until(lambda: has(ida, file.name))
        terminal.press("\x03")
        terminal.until("Quit?")
        terminal.press("y")
        assert terminal.ended() == 0
    assert left_behind(home) == ({}, [])


def has(folder: Path, name: str) -> bool:
    """Whether a whole file of this name is at a neighbour's."""
    files = json.loads(run("files", "--json", "--data", str(folder)).out)
    return any(one["name"] == name and one["state"] == "here" for one in files)
