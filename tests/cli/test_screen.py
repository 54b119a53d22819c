"""The screen from the command line, on terminals of real sizes, with real nodes behind it."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cli import command, run
from tests.support.terminal import Terminal, on_terminal
from tests.support.villages import left_behind, nodes, processes, until

WIDE, NARROW = (80, 24), (40, 15)
SENTENCES = "Six handhelds wake up in a valley.\r\nYou are kai, new at the hill farm.\r\n"
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left behind")


@contextmanager
def demo(folder: Path, size: tuple[int, int]) -> Iterator[Terminal]:
    """`pocketmesh demo` on a terminal of this size."""
    with on_terminal(command("demo"), size, TMPDIR=str(folder)) as terminal:
        yield terminal


def leave(terminal: Terminal) -> int:
    """Ctrl-C, as somebody does who knows no other key, and the answer to the question."""
    terminal.press("\x03")
    terminal.until("Quit?")
    terminal.press("\x03")
    return terminal.ended()


def around_the_screen(terminal: Terminal) -> tuple[str, str]:
    """What was printed before the screen was taken, and after it was given back."""
    before, _, rest = bytes(terminal.written).partition(b"\x1b[?1049h")
    after = rest.rpartition(b"\x1b[?1049l")[2]
    return before.decode(), ESCAPES.sub(b"", after).decode()


@needs_proc
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_demo_shows_neighbours_and_ctrl_c_ends_it_all(tmp_path: Path, size: tuple[int, int]) -> None:
    with demo(tmp_path, size) as terminal:
        terminal.until(lambda: terminal.text().startswith(" pocketmesh"))
        terminal.until("5 neighbours near")
        until(lambda: len(nodes(tmp_path)) == 6)
        assert leave(terminal) == 0
        assert left_behind(tmp_path) == ({}, [])
    assert around_the_screen(terminal) == (SENTENCES, "")


@needs_proc
def test_a_guest_who_destroys_his_keys_is_told_so_and_the_demo_ends(tmp_path: Path) -> None:
    with demo(tmp_path, NARROW) as terminal:
        terminal.until("Near     ")
        terminal.press("\x18")
        terminal.until("destroys your keys")
        terminal.press("\x18")
        assert terminal.ended() == 0
        assert left_behind(tmp_path) == ({}, [])
    assert around_the_screen(terminal)[1].strip() == "The keys of kai are destroyed."


@needs_proc
@pytest.mark.parametrize("seen", ["Six", "kai", "Radio"])
def test_who_hammers_on_ctrl_c_gets_out_at_once_and_cleanly(tmp_path: Path, seen: str) -> None:
    with demo(tmp_path, WIDE) as terminal:
        terminal.until(seen)
        # An interrupt inside of an import ends Python by the signal itself, which is 130 to a shell, too.
        assert terminal.hammer("\x03") in {0, 130, -signal.SIGINT}
        until(lambda: left_behind(tmp_path) == ({}, []))
    assert b"Traceback" not in terminal.written


@needs_proc
def test_a_newcomer_posts_writes_privately_and_survives_the_end_of_his_node(tmp_path: Path) -> None:
    with demo(tmp_path, NARROW) as terminal:
        terminal.until("#here 1")
        terminal.press("c")
        terminal.until(lambda: terminal.text().startswith(" Chats"))
        terminal.press("\r")
        terminal.until("Good to have you here, kai!")
        terminal.press("Does this test work?\r")
        terminal.until("(aired)")
        terminal.until("It works, kai")

        terminal.press("\x1b")
        terminal.until(lambda: terminal.text().startswith(" Chats"))
        terminal.press("p")
        # Who is heard later comes in between, and the choice stays where it was.
        terminal.until('? "ana"')
        terminal.press("\x1b[A" * 6)
        terminal.until('>? "ana"')
        terminal.press("\r")
        terminal.until(lambda: terminal.text().startswith(' ? "') and "  private" in terminal.lines()[0])
        terminal.press("The key is under the stone\r")
        terminal.until("(delivered)")

        terminal.press("And the la")
        (node,) = node_of(tmp_path, "kai")
        os.kill(node, signal.SIGKILL)
        terminal.until("The node has ended.")
        terminal.until(lambda: "near" in terminal.lines()[0])
        terminal.until("> And the la")
        terminal.press("mp too\r")
        terminal.until(lambda: terminal.text().count("(delivered)") == 2)
        assert leave(terminal) == 0
        assert left_behind(tmp_path) == ({}, [])


def node_of(folder: Path, name: str) -> list[int]:
    """The process of somebody's node."""
    found = processes(folder)
    return [pid for pid in nodes(folder) if f" --name {name}" in found.get(pid, "")]


@needs_proc
def test_closing_the_window_ends_the_demo(tmp_path: Path) -> None:
    with demo(tmp_path, WIDE) as terminal:
        terminal.until(lambda: terminal.text().startswith(" pocketmesh"))
        assert processes(tmp_path)
        terminal.hang_up()
        until(lambda: left_behind(tmp_path) == ({}, []))


@needs_proc
def test_a_village_that_falls_is_told_when_the_screen_is_left(tmp_path: Path) -> None:
    with demo(tmp_path, WIDE) as terminal:
        terminal.until("ida")
        (node,) = node_of(tmp_path, "ida")
        os.kill(node, signal.SIGKILL)
        terminal.until("no node")
        assert leave(terminal) == 40
        assert left_behind(tmp_path) == ({}, [])
    assert around_the_screen(terminal)[1] == "pocketmesh: In the demo, the node of ida was killed.\r\n"


def test_without_a_terminal_the_demo_is_told_as_text() -> None:
    ended = run("demo", "--seconds", "1")
    assert ended.code == 2
    assert "at least 10 seconds" in ended.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder for nodes without a radio."""
    (tmp_path / "config.toml").write_text('radio = "none"\nname = "Ada"\n')
    return tmp_path


def test_alone_on_a_terminal_it_opens_the_screen_and_starts_a_node(folder: Path) -> None:
    with on_terminal(command("--data", str(folder)), NARROW) as terminal:
        terminal.until("Ada, key")
        terminal.until("Not on the air.")
        assert (folder / "api.sock").exists()
        assert leave(terminal) == 0
    assert around_the_screen(terminal) == ("", "")
    until(lambda: not (folder / "api.sock").exists())
    assert "Traceback" not in (folder / "node.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_from_outside_it_gives_the_terminal_back(folder: Path, number: signal.Signals) -> None:
    with on_terminal(command("screen"), WIDE, POCKETMESH_HOME=str(folder)) as terminal:
        terminal.until("Not on the air.")
        os.kill(terminal.pid, number)
        terminal.ended()
    assert around_the_screen(terminal) == ("", "")
    until(lambda: not (folder / "api.sock").exists())


def test_what_keeps_the_node_from_starting_is_a_sentence_and_no_screen(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    with on_terminal(command("--data", str(absent)), WIDE) as terminal:
        assert terminal.ended() == 10
    assert terminal.written.startswith(b"pocketmesh: There is no folder ")
    assert b"\x1b" not in terminal.written


def test_a_dumb_terminal_gets_the_menus(folder: Path) -> None:
    with on_terminal(command("--data", str(folder)), WIDE, TERM="dumb") as terminal:
        terminal.until("Number (0 leaves, ? help):")
        terminal.press("0\r")
        assert terminal.ended() == 0
    assert b"\x1b" not in terminal.written


def test_without_a_terminal_the_screen_says_so() -> None:
    ended = run("screen")
    assert (ended.code, ended.out) == (2, "")
    assert "The screen needs a terminal." in ended.err
