"""A screen that is lent: the same screen, from a process that had it loaded, on our terminal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handheld.api import address, line
from tests.support.cli import command, run
from tests.support.door import SmallNode, door_thread
from tests.support.patience import PATIENCE_S
from tests.support.terminal import Terminal, on_terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what draws")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A screen server of a folder in which a small node answers."""
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    with door_thread(tmp_path, SmallNode()):
        process = subprocess.Popen(command("screen-server"), stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while (knock := address.dial(str(tmp_path), name=address.SCREENS)) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        knock.close()
        yield process
        process.terminate()
        process.wait(PATIENCE_S)


def home(terminal: Terminal) -> None:
    terminal.until("unread messages", PATIENCE_S)


def leave(terminal: Terminal) -> int:
    terminal.press("q")
    terminal.until("Quit?")
    terminal.press("y")
    return terminal.ended()


def screens(server: subprocess.Popen[bytes]) -> list[int]:
    """The processes that draw lent screens just now."""
    return [
        int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("ascii").split()
    ]


def test_a_lent_screen_is_the_screen(server: subprocess.Popen[bytes]) -> None:
    with on_terminal(command(), (80, 24)) as terminal:
        home(terminal)
        assert len(screens(server)) == 1
        terminal.resize(40, 15)
        terminal.until(lambda: len(terminal.lines()) == 15 and "Ada" in terminal.text())
        assert leave(terminal) == 0
        assert terminal.is_plain
    assert screens(server) == []


def test_two_at_once_and_each_ends_by_itself(server: subprocess.Popen[bytes]) -> None:
    with on_terminal(command(), (80, 24)) as one, on_terminal(command(), (40, 15)) as other:
        home(one)
        home(other)
        assert len(screens(server)) == 2
        assert leave(one) == 0
        other.press("c")
        other.until("#here")
        other.press("h")
        other.until("q Quit")
        assert leave(other) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_screen_ends_with_its_client(server: subprocess.Popen[bytes], number: int) -> None:
    with on_terminal(command(), (80, 24)) as terminal:
        home(terminal)
        os.kill(terminal.pid, number)
        terminal.ended()
        deadline = time.monotonic() + PATIENCE_S
        while screens(server):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_client_is_told_when_its_screen_dies(server: subprocess.Popen[bytes]) -> None:
    with on_terminal(command(), (80, 24)) as terminal:
        home(terminal)
        os.kill(screens(server)[0], signal.SIGKILL)
        terminal.until("The screen server has ended", ends=True)
        assert terminal.ended() == 20
        assert terminal.is_plain
        assert terminal.written.rindex(b"\x1b[?1049l") > terminal.written.rindex(b"\x1b[?1049h")


@pytest.mark.parametrize("said", [b"{}\n", line.pack({"say": []}), line.pack({"say": {"TERM": 7}})])
def test_who_lends_no_terminal_is_refused_and_the_server_goes_on(
    server: subprocess.Popen[bytes], tmp_path: Path, said: bytes
) -> None:
    client = address.dial(str(tmp_path), name=address.SCREENS)
    assert client is not None
    with client:
        client.sendall(said)
        answer = line.unpack(client.makefile("rb").readline())
    assert "error" in answer
    with on_terminal(command(), (80, 24)) as terminal:
        home(terminal)
        assert leave(terminal) == 0


def test_a_second_server_is_refused(server: subprocess.Popen[bytes]) -> None:
    ended = run("screen-server")
    assert (ended.code, "Another screen server answers" in ended.err) == (15, True)


def test_it_leaves_no_socket_behind(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    server.terminate()
    assert server.wait(PATIENCE_S) == 0
    assert not (tmp_path / address.SCREENS).exists()
    assert address.dial(str(tmp_path), name=address.SCREENS) is None
