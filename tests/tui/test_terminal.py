"""The screen in a real terminal: noise, odd sizes, hostile text, and a node that dies."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handheld.api import thin
from handheld.errors import NodeUnreachable
from handheld.events import MessageKept, Person
from tests.support.door import BOB, SmallNode, door_thread, message
from tests.support.patience import PATIENCE_S
from tests.support.terminal import SCREEN, Terminal, screen_on
from tests.support.tree import ROOT

HOSTILE = [
    "[@click=app.quit]press me[/]",
    "unbalanced [/] and [bold",
    "\x1b]0;owned\x07\x1b[2J\x1b[1;1Hover",
    "\x1b]52;c;b3duZWQ=\x07clip",
    "\u202egnidrawkcab\u202c",
    "a" + "\u0301" * 24 + "b",
    "\u200b\u200d\ufe0f\u2066hidden\u2069",
    "⚠\ufe0f wide or not",
    "🎉🥖🏔👩\u200d👩\u200d👧",
]


def test_noise_on_the_line_ends_nothing(tmp_path: Path) -> None:
    chance = random.Random(4)
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path) as terminal:
        terminal.until("pocketmesh")
        # Not Ctrl-C and not q, which ask, and a "y" would then be an answer.
        noise = bytes(byte for byte in chance.randbytes(10_400) if byte not in b"\x03qyY")[:10_000]
        terminal.press(noise)
        terminal.press("\x1b[48;9999;9999;1;1t\x1b[<0;1;1M\x1b[99999999999u\x1b[?2026;1$y")

        pressed = []

        def is_left() -> bool:
            # Whatever the noise has opened is left again, one after the other, and also what it opens late.
            if is_idle(terminal):
                text = terminal.text()
                pressed.append("y" if "Quit?" in text else "q" if "q Quit" in text else "\x1b")
                terminal.press(pressed[-1])
            return terminal.code is not None

        terminal.until(is_left, 120)
        assert (terminal.code, pressed[-1]) == (0, "y")


@pytest.mark.parametrize("size", [(0, 0), (20, 8), (200, 60), (1, 1)], ids=str)
def test_any_window_size_is_lived_with(tmp_path: Path, size: tuple[int, int]) -> None:
    node = SmallNode(messages=[message(number, "word " * 30) for number in range(1, 30)])
    with door_thread(tmp_path, node), screen_on(tmp_path) as terminal:
        terminal.until("q Quit")
        terminal.resize(*size)
        for key in ("c", "\r", "text", "\x1b[A", "\x1b[5~", "\t", "\x1b"):
            terminal.press(key)
            terminal.until(lambda: is_idle(terminal))
        assert terminal.code is None
        terminal.resize(60, 20)
        terminal.press("c")
        terminal.until("Enter open")


def test_a_window_that_says_nothing_about_its_size_is_drawn_as_80_by_24(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path, (0, 0)) as terminal:
        terminal.until("q Quit")
        terminal.until(lambda: terminal.lines()[0].rstrip().endswith("near"))
        assert any(line.startswith(" c Chats") for line in terminal.lines()[21:])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_peers_write_stays_inside_its_cells(tmp_path: Path, text: str) -> None:
    """The door is trusted to clean; the screen does not rely on it."""
    node = SmallNode(people=[Person("e0" * 32, text, "unknown", "?", True, 1, -60, 5)])
    node.messages = [
        message(1, "before"),
        message(2, text, author="e0" * 32, name=text, mark="?"),
        message(3, "after"),
    ]
    node.messages.append(message(4, text, board="", author="e0" * 32, peer="e0" * 32, peer_name=text))
    with door_thread(tmp_path, node), screen_on(tmp_path, (40, 15)) as terminal:
        terminal.until("q Quit")
        frames = []
        for key, *sees in (
            ("p", "Enter write"),
            ("c", "Enter open"),
            ("\x1b[B\r", " 0/512", "before", "after"),
            ("\x1b", "Enter open"),
        ):
            terminal.press(key)
            terminal.until(lambda sees=sees: all(text in terminal.text() for text in sees))
            terminal.until(lambda: is_idle(terminal))
            frames.append(terminal.lines())
        assert terminal.code is None
        assert terminal.title in {"", "pocketmesh"}
        for lines in frames:
            assert lines[0].rstrip().endswith("near")
            assert any(line.startswith(" Enter") for line in lines[12:])
            assert all(len(line) == 40 for line in lines if line.isascii())
        talk = "\n".join(frames[2])
        assert "\u202e" not in talk
        assert "\u0301\u0301\u0301" not in talk


def test_an_arrow_that_comes_in_pieces_is_an_arrow(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "one"), message(2, "two", board="", peer=BOB.key, peer_name="Bob")])
    with door_thread(tmp_path, node), screen_on(tmp_path, (40, 15), ESCDELAY="15000") as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until(">=")
        for piece in ("\x1b", "[", "B"):
            terminal.press(piece)
            time.sleep(0.15)
        terminal.until(">  #here")
        assert terminal.code is None


def test_a_megabyte_that_is_pasted_is_cut_and_asked_about(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path, (40, 15)) as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until(">  #here")
        terminal.press("\r")
        terminal.until("0/512")
        terminal.press("\x1b[200~" + "x" * 1_000_000 + "\x1b[201~")
        terminal.until("Paste 1000000")
        terminal.press("n")
        terminal.until("0/512")


@pytest.mark.parametrize("term", ["xterm", "linux", "vt220", "vt100"])
def test_a_terminal_gets_what_it_can_draw_and_nothing_else(tmp_path: Path, term: str) -> None:
    node = SmallNode(messages=[message(1, "für alle 山"), message(2, "ja", own=True, state="aired")])
    with door_thread(tmp_path, node), screen_on(tmp_path, (40, 15), TERM=term, LC_ALL="C.UTF-8") as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until(">  #here")
        terminal.press("\r")
        sign, plainly = ("→", False) if term in {"xterm", "linux"} else (">", True)
        terminal.until(f"ja  {sign} (aired)")
        assert "\x1b" not in terminal.text()
        assert terminal.written.isascii() == plainly
        assert ("fur alle ??" if plainly else "für alle 山") in terminal.text()
        coloured = re.search(rb"\x1b\[[0-9;]*3[0-7][0-9;]*m", bytes(terminal.written))
        assert (coloured is None) == plainly
        assert re.search(rb"\x1b\[[0-9;]*(9[0-7]|38|48)[0-9;]*m", bytes(terminal.written)) is None


def test_the_cursor_stands_where_one_writes(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path, (40, 15)) as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until("Enter open")
        terminal.until(lambda: terminal.cursor == (0, 1, True))
        terminal.press("\r")
        terminal.until(" 0/512")
        terminal.press("über 山")
        terminal.until("9/512")
        terminal.until(lambda: terminal.cursor == (9, 13, True))
        terminal.press("\x1b[D")
        terminal.until(lambda: terminal.cursor == (7, 13, True))


def test_nothing_is_written_and_nothing_wakes_up_while_nothing_happens(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path) as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until("Enter open")
        terminal.until(lambda: is_idle(terminal, 1))
        before, switches = terminal.output, voluntary_switches(terminal.pid)
        time.sleep(3)
        terminal.look()
        assert terminal.output == before
        assert voluntary_switches(terminal.pid) == switches


def voluntary_switches(pid: int) -> int:
    """How often the threads of a process went to sleep: each wake-up ends in one more."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    lines = (line for task in tasks for line in (task / "status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def is_idle(terminal: Terminal, seconds: float = 0.2) -> bool:
    """Whether the screen slept all the while; one that waits for a busy processor does not."""
    before = voluntary_switches(terminal.pid), used_ticks(terminal.pid)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.look(0.05)
        if terminal.code is not None or not is_asleep(terminal.pid):
            return False
    return (voluntary_switches(terminal.pid), used_ticks(terminal.pid)) == before


def is_asleep(pid: int) -> bool:
    """Whether every thread of a process waits for something."""
    stats = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return all(stat.rpartition(")")[2].split()[0] == "S" for stat in stats)


def used_ticks(pid: int) -> int:
    """Processor time, in the kernel's ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def node_pid(folder: Path) -> int:
    return int(thin.ask(str(folder), "status")["pid"])


def type_into_here(terminal: Terminal, text: str) -> None:
    terminal.until("q Quit")
    terminal.press("c")
    terminal.until(lambda: any(line.startswith(">") and "#here" in line for line in terminal.lines()))
    terminal.press("\r")
    terminal.until(" 0/512")
    terminal.press(text)
    terminal.until(text)


def test_a_killed_node_is_started_again_and_the_draft_is_kept(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()  # not the first start, where there are questions
    try:
        with screen_on(tmp_path, (60, 18), starts=True) as terminal:
            type_into_here(terminal, "first")
            terminal.press("\r")
            terminal.until("(queued)")
            terminal.press("half a sen")
            terminal.until("half a sen")
            first = node_pid(tmp_path)
            os.kill(first, signal.SIGKILL)
            terminal.until("has ended")
            terminal.press("tence")
            terminal.until("half a sentence")
            terminal.until(lambda: "has ended" not in terminal.text() and "no node" not in terminal.text())
            assert "half a sentence" in terminal.text()
            terminal.press("\r")
            terminal.until(lambda: terminal.text().count("(queued)") == 2)
            assert node_pid(tmp_path) != first
    finally:
        stop_node(tmp_path)


def test_what_was_sent_into_a_dead_node_is_a_draft_again(tmp_path: Path) -> None:
    node = SmallNode()
    with door_thread(tmp_path, node) as door, screen_on(tmp_path, (60, 18)) as terminal:
        type_into_here(terminal, "is anybody there")
        door.close()
        terminal.until("no node")
        terminal.press("\r")
        terminal.until("No node answers")
        assert "> is anybody there" in terminal.text()
    assert node.messages == []


def test_the_first_node_is_waited_for(tmp_path: Path) -> None:
    with screen_on(tmp_path, (60, 18)) as terminal:
        terminal.until("No node runs")
        with door_thread(tmp_path, SmallNode()):
            terminal.until("It works")


def test_a_window_that_is_closed_ends_the_screen_without_a_word(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path) as terminal:
        terminal.until("q Quit")
        os.kill(terminal.pid, signal.SIGHUP)
        terminal.until(lambda: terminal.code is not None)
        assert terminal.code == 0
        assert "Traceback" not in terminal.text()


def test_it_is_the_same_screen_without_colours(tmp_path: Path) -> None:
    with door_thread(tmp_path, SmallNode()), screen_on(tmp_path, NO_COLOR="1") as terminal:
        terminal.until("It works")
        assert all(cell.fg == "default" for row in terminal._seen.buffer.values() for cell in row.values())


def stop_node(folder: Path) -> None:
    """End the node that the screen started."""
    try:
        pid = node_pid(folder)
    except NodeUnreachable:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while (folder / "api.sock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_message_arrives_on_the_screen(tmp_path: Path) -> None:
    node = SmallNode()
    with door_thread(tmp_path, node) as door, screen_on(tmp_path, (40, 15)) as terminal:
        terminal.until("It works")
        kept = message(1, "Soup is ready", author=BOB.key)
        node.messages.append(kept)
        door.publish(MessageKept(kept))
        terminal.until("1 unread: #here 1")


def test_a_mistake_of_ours_goes_up_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    broken = "import tui.frame\ntui.frame.bar = lambda *_: 1 / 0\n" + SCREEN
    terminal = Terminal([sys.executable, "-c", broken, str(tmp_path)], (80, 24))
    terminal.until(lambda: "ZeroDivisionError" in terminal.text() and terminal.is_plain, ends=True)
    terminal.until(lambda: terminal.code == 1, ends=True)
    terminal.close()


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_cannot_place_text_is_told_so(tmp_path: Path, name: str) -> None:
    with screen_on(tmp_path, TERM=name) as terminal:
        terminal.until("UsageError: This terminal cannot", ends=True)


def test_without_a_terminal_there_is_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCREEN, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
    )
    assert "UsageError: The screen needs a terminal" in ended.stderr


def test_a_private_message_rings_and_stands_in_the_title(tmp_path: Path) -> None:
    node = SmallNode()
    with door_thread(tmp_path, node) as door, screen_on(tmp_path, (40, 15), TERM="xterm") as terminal:
        terminal.until("It works")
        for number, peer in ((1, ""), (2, BOB.key)):
            kept = message(number, "psst", "" if peer else "here", author=BOB.key, peer=peer, peer_name="Bob")
            node.messages.append(kept)
            door.publish(MessageKept(kept))
        terminal.until("2 unread")
        terminal.until(lambda: terminal.title == "pocketmesh (2)")
        terminal.until(lambda: is_idle(terminal))
        # One ends a title each time; a post that names nobody rings for nobody.
        assert terminal.written.count(b"\a") - terminal.written.count(b"\x1b]2;") == 1


def test_a_console_without_a_title_is_told_none(tmp_path: Path) -> None:
    node = SmallNode(messages=[message(1, "hello")])
    with door_thread(tmp_path, node), screen_on(tmp_path, (40, 15), TERM="vt100") as terminal:
        terminal.until("1 unread")
        assert b"\x1b]" not in terminal.written
