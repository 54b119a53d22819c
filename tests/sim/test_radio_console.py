"""The radio's text console, and the host's, on a real radio behind a real pty."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handheld.api import thin
from handheld.link.session import TextHeard, ToneHeard
from handheld.wire.codec import encode
from handheld.wire.constants import LinkKind
from handheld.wire.link import Line, ToneTest
from tests.support.cli import command
from tests.support.patience import PATIENCE_S
from tests.support.radio_pty import plugged
from tests.support.radios import STDIO, UART, need_micropython, village


@pytest.fixture(autouse=True)
def _micropython() -> None:
    need_micropython()


def read_until(fd: int, wanted: bytes) -> bytes:
    """What a terminal program sees until then."""
    seen, end = b"", time.monotonic() + PATIENCE_S
    while wanted not in seen:
        assert time.monotonic() < end, seen
        if select.select([fd], [], [], 0.1)[0]:
            seen += os.read(fd, 4096)
    return seen


@pytest.mark.parametrize("machine", [STDIO, UART])
def test_any_terminal_program_gets_the_menu(tmp_path: Path, machine: str) -> None:
    with plugged(tmp_path, machine=machine) as device:
        terminal = os.open(device, os.O_RDWR | os.O_NOCTTY)
        read_until(terminal, b"\0")  # its hello: from now on it is at work
        os.write(terminal, b"?\r")
        menu = read_until(terminal, b"service ")
        os.write(terminal, b"counters\rair\r")
        told = read_until(terminal, b"share of the time here.")
        os.write(terminal, bytes(range(1, 128)) + b"\r")
        time.sleep(3)  # a frame's torso is given up
        os.write(terminal, b"rubbish\rget\r")
        settings = read_until(terminal, b"frequency")
        os.close(terminal)

    assert b"> ?\r\n?              this menu\r\n" in menu
    assert b"uptime" in told
    assert b"heap_free" in told
    assert b"That is no command. The menu: ?" in settings
    assert b"channel    6" in settings


def test_a_line_and_a_test_over_a_session_that_goes_on(tmp_path: Path) -> None:
    with village(tmp_path) as place:
        host = place.start(1)
        place.start(2)
        place.up()
        assert host.session is not None
        assert host.session.send(LinkKind.LINE, encode(Line(b"log 2")))
        assert host.session.send(LinkKind.TEST, encode(ToneTest(3)))
        place.until(lambda: host.has(ToneHeard))
        place.until(lambda: any(b"came back" in event.data for event in texts(host.has(TextHeard))))

        (heard,) = host.has(ToneHeard)
        assert isinstance(heard, ToneHeard)
        assert (heard.tested.probes, heard.tested.back) == (3, 3)
        assert heard.tested.weakest == heard.tested.mean == heard.tested.strongest == -70
        lines = [event.data for event in texts(host.has(TextHeard))]
        assert b"> log 2" in lines
        assert any(b"out EXTENSION FLOOD ttl=2 type=PROBE" in line for line in lines)
        assert any(b"again: EXTENSION FLOOD ttl=1" in line for line in lines)
        assert host.session.dropped == {}


def texts(events: list[object]) -> list[TextHeard]:
    return [event for event in events if isinstance(event, TextHeard)]


@contextmanager
def node(folder: Path, device: str) -> Iterator[list[str]]:
    """A node on this radio, ready; the arguments that lead a command to it."""
    home = folder / "home"
    home.mkdir()
    process = subprocess.Popen(
        command("node", "--radio", device, "--data", str(home)),
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < end, "the node is not on the air"
            try:
                if thin.ask(str(home), "radio")["state"] == "up":
                    break
            except thin.NodeUnreachable:
                pass
            time.sleep(0.05)
        yield ["--data", str(home)]
    finally:
        process.kill()
        process.communicate()


def out(*arguments: str) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "-m", "handheld", *arguments], capture_output=True, timeout=PATIENCE_S, check=True
    )
    return ended.stdout.decode().splitlines()


def test_everything_beside_a_running_node(tmp_path: Path) -> None:
    with plugged(tmp_path) as device, node(tmp_path, device) as data:
        out("post", "here", "Hello there", *data)
        (post,) = out("radio", "console", "--count", "1", "--filter", "kind=post dir=out", "--json", *data)
        first = out("radio", "console", "--count", "1", *data)
        # The other radio waits for a Ctrl-C in its first seconds.
        while "none" in (tested := out("radio", "test", "2", *data))[0]:
            pass
        cable = out("radio", "console", "--cable", "--count", "3", "--filter", "dir=cable", *data)
        captured = out("capture", "--count", "6", str(tmp_path / "all.pcapng"), *data)
        out("radio", "reboot", *data)
        while not any("The radio starts anew." in line for line in out("radio", "log", *data)):
            time.sleep(0.2)

    assert 'text="Hello there"' in json.loads(post)["say"]
    assert len(first) == 1
    assert tested[0].endswith("came back, at -70 to -70 dBm, -70 in the mean.")
    assert len(cable) == 3
    assert captured[0].endswith(f"frames in {tmp_path / 'all.pcapng'}")
    assert b"Hello there" in (tmp_path / "all.pcapng").read_bytes()
