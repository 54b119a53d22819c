"""What the screen costs: in instructions under callgrind, in bytes on the line, in wake-ups, in memory."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from handheld.api import address
from handheld.events import MessageKept
from tests.support.cost import (
    environment,
    pocketmesh,
    resident_kib,
    running,
    voluntary_switches,
    wait_for,
)
from tests.support.door import SmallNode, door_thread, message
from tests.support.terminal import SCREEN, Terminal, on_terminal, screen_on
from tests.support.tools import need_tool
from tests.support.tree import ROOT
from tui import reducer, talk
from tui.state import View

FRAME_MAX = 1_100_000_000
"""Instructions from the start until the home page of a running node stands there."""

LENT_MAX = 250_000_000
"""The same where a screen server has it loaded."""

KEY_MAX = 5_000_000
LINE_MAX = 30_000_000
SWITCH_MAX = 60_000_000

BYTES_MAX = {"key": 64, "new line": 1_000, "switch to the chats": 3_000, "switch to a conversation": 3_000}
"""Bytes on the line at 80x24."""

LOAD_MS_MAX = 50
RSS_MAX = 45 * 1024
"""KiB with 10,000 messages in the open conversation."""

MANY = 10_000
STORED = 100_000
BACK = 800
PER_SECOND = 50
ECHO_MS_MAX = 100
TIMES = 10
SLOW_S = 240.0
"""callgrind is about fifty times slower than the screen alone."""

HOME, CHATS, TALK = "unread messages", "Enter open", "Enter send"


def counted(folder: Path, size: tuple[int, int] = (80, 24)) -> Iterator[tuple[str, int, int]]:
    """(what, instructions, limit or 0): one run under callgrind from the start to the end of a visit."""
    node = SmallNode(messages=[message(number, f"line {number}") for number in range(1, 200)])
    node.seen = {"here": 199}
    with door_thread(folder, node) as door, _callgrind(folder, size) as (terminal, spent):
        terminal.until(HOME, SLOW_S)
        yield "first frame, node running", spent(), FRAME_MAX
        terminal.press("c")
        terminal.until(CHATS, SLOW_S)
        yield "to the chats, the first time", spent(), 0
        terminal.press("\r")
        terminal.until(TALK, SLOW_S)
        terminal.until("line 199", SLOW_S)
        _settle(terminal)
        yield "a conversation, the first time", spent(), 0
        for number in range(1, TIMES + 1):
            terminal.press("x")
            terminal.until(f" {number}/512", SLOW_S)
        yield "key in the composer", spent() // TIMES, KEY_MAX
        for number in range(200, 200 + TIMES):
            kept = message(number, f"line {number}")
            node.messages.append(kept)
            door.publish(MessageKept(kept))
            terminal.until(f"line {number}", SLOW_S)
        _settle(terminal)
        yield "new line in the conversation", spent() // TIMES, LINE_MAX
        for _ in range(TIMES):
            terminal.press("\x1b")
            terminal.until(CHATS, SLOW_S)
            terminal.press("\r")
            terminal.until(TALK, SLOW_S)
            _settle(terminal)
        yield "to another place", spent() // (2 * TIMES), SWITCH_MAX


@contextmanager
def _callgrind(folder: Path, size: tuple[int, int]) -> Iterator[tuple[Terminal, Callable[[], int]]]:
    """The screen under callgrind, and how many instructions it took since this was last asked."""
    control = need_tool("callgrind_control")
    out = folder / "screen.callgrind"
    python = [sys.executable, "-c", SCREEN, str(folder)]
    command = [need_tool("valgrind"), "--tool=callgrind", f"--callgrind-out-file={out}", *python]
    # The byte code is there already, as it is where the screen is installed.
    subprocess.run([sys.executable, "-m", "compileall", "-q", ROOT / "handheld", ROOT / "tui"], check=True)
    terminal = Terminal(command, size, PYTHONHASHSEED="0")
    dumps = 0

    def spent() -> int:
        nonlocal dumps
        dumps += 1
        subprocess.run([control, "--dump", str(terminal.pid)], capture_output=True, check=True)
        return _total(Path(f"{out}.{dumps}"))

    try:
        yield terminal, spent
    finally:
        terminal.close()


def _settle(terminal: Terminal) -> None:
    """Until nothing more is written for a while."""
    before = -1
    while terminal.output != before:
        before = terminal.output
        terminal.look(1.0)


def lent(folder: Path) -> int:
    """Instructions from `pocketmesh screen` to the first frame, where a screen server has it loaded.

    The client's, and those of the screen that was forked for it, its end included.
    """
    out = folder / "lent.callgrind"
    grind = [need_tool("valgrind"), "--tool=callgrind"]
    with (
        door_thread(folder, SmallNode()),
        running([*grind, f"--callgrind-out-file={out}.%p", *pocketmesh("screen-server")], folder) as server,
    ):
        wait_for(lambda: _serves(folder), server)
        of_client = f"--callgrind-out-file={out}.client"
        with on_terminal(
            [*grind, of_client, *pocketmesh("screen")], (80, 24), **environment(folder)
        ) as terminal:
            terminal.until(HOME, SLOW_S)
            terminal.press("q")
            terminal.until("Quit?", SLOW_S)
            terminal.press("y")
            terminal.ended(SLOW_S)
    spent = {path.suffix: _total(path) for path in folder.glob("lent.callgrind.*")}
    client, loaded = spent.pop(".client"), spent.pop(f".{server.pid}")
    # A fork begins with what its parent had spent; the one that did most showed the screen.
    return client + max(spent.values()) - loaded


def _serves(folder: Path) -> bool:
    if (knock := address.dial(str(folder), name=address.SCREENS)) is None:
        return False
    knock.close()
    return True


def _total(path: Path) -> int:
    found = re.search(r"^(?:summary|totals): (\d+)", path.read_text("ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{path} holds no total")
    return int(found[1])


def bytes_on_the_line(folder: Path) -> Iterator[tuple[str, int]]:
    """(what, bytes) that go to a terminal of 80x24."""
    node = SmallNode(messages=[message(number, f"line {number}") for number in range(1, 200)])
    with door_thread(folder, node) as door, screen_on(folder) as terminal:

        def written(what: Callable[[], None], sees: str) -> int:
            before = terminal.output
            what()
            terminal.until(sees)
            _settle(terminal)
            return terminal.output - before

        yield "start", written(lambda: None, "unread")
        yield "switch to the chats", written(lambda: terminal.press("c"), CHATS)
        yield "switch to a conversation", written(lambda: terminal.press("\r"), " 0/512")
        yield "key", written(lambda: terminal.press("x"), " 1/512")
        kept = message(200, "one more line")
        node.messages.append(kept)
        yield "new line", written(lambda: door.publish(MessageKept(kept)), "one more line")
        before = terminal.output
        terminal.look(5.0)
        yield "5 s without anything", terminal.output - before


def loaded_ms() -> float:
    """Milliseconds to take a conversation of 10,000 messages in and draw its end, on this machine."""
    said = [message(number, f"line {number} with some more words in it") for number in range(1, MANY + 1)]
    view = reducer.opened(View(), "#here")
    began = time.perf_counter()
    view = reducer.page_read(view, "#here", said, newest=True, complete=True)
    talk.draw(view, talk.Blocks(), talk.BOTTOM, (80, 21))
    return (time.perf_counter() - began) * 1000


def resident_with_many(folder: Path) -> int:
    """KiB in RAM when somebody has gone back through 10,000 messages."""
    node = SmallNode(messages=[message(number, f"line {number}") for number in range(1, MANY + 1)])
    with door_thread(folder, node), screen_on(folder) as terminal:
        terminal.until("unread")
        resident_kib(terminal.pid)  # where that says nothing, better before the minutes of work
        terminal.press("c")
        # Enter opens nothing before the list is there, and what it shows of the conversation is not the talk.
        terminal.until(f"line {MANY}")
        terminal.press("\r")
        terminal.until(TALK)

        def at_the_top() -> bool:
            terminal.press("\x1b[5~" * 4)
            terminal.look()
            return " line 1\n" in terminal.text() + "\n"

        terminal.until(at_the_top, SLOW_S)
        return resident_kib(terminal.pid)


def resident_with_stored(folder: Path) -> int:
    """KiB in RAM of a screen on a conversation of 100,000 messages, some pages back."""
    node = SmallNode(messages=[message(number, f"line {number}") for number in range(1, STORED + 1)])
    with door_thread(folder, node), screen_on(folder) as terminal:
        terminal.until("unread")
        resident_kib(terminal.pid)  # where that says nothing, better before the minutes of work
        terminal.press("c")
        terminal.until(">  #here")
        terminal.press("\r")
        terminal.until(f"line {STORED}")
        while (
            min([int(one) for one in re.findall(r"line (\d+)\n", terminal.text())] or [STORED])
            > STORED - BACK
        ):
            terminal.press("\x1b[5~")
            terminal.look()
        return resident_kib(terminal.pid)


def echo_while_messages_come(folder: Path, many: int = MANY) -> float:
    """The 95th percentile of the milliseconds from a key to its letter, fifty messages coming every second.

    Raises if a key is lost, or a message is not there at the end.
    """
    node = SmallNode()
    with door_thread(folder, node) as door, screen_on(folder) as terminal:
        terminal.until("q Quit")
        terminal.press("c")
        terminal.until(">  #here")
        terminal.press("\r")
        terminal.until(" 0/512")

        def pour() -> None:
            began = time.monotonic()
            for number in range(1, many + 1):
                time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
                kept = message(number, f"line {number}")
                node.messages.append(kept)
                door.publish(MessageKept(kept))

        pouring = threading.Thread(target=pour)
        pouring.start()
        echoes = []
        while pouring.is_alive():
            for key, sees in (("x", " 1/512"), ("\x7f", " 0/512")):
                began = time.perf_counter()
                terminal.press(key)
                terminal.until(sees)
                echoes.append((time.perf_counter() - began) * 1000)
                time.sleep(0.1)
        pouring.join()
        terminal.until(f"line {many}\n")
    return sorted(echoes)[len(echoes) * 95 // 100]


def wake_ups(folder: Path) -> int:
    """How often the process woke up in ten seconds on the chats, with nothing to do."""
    with door_thread(folder, SmallNode()), screen_on(folder) as terminal:
        terminal.until("unread")
        terminal.press("c")
        terminal.until(CHATS)
        _settle(terminal)
        before = voluntary_switches(terminal.pid)
        time.sleep(10)
        return voluntary_switches(terminal.pid) - before
