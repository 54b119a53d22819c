"""A program in a terminal of its own: a real pty, and pyte to see what stands on the screen."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte

from tests.support.patience import PATIENCE_S
from tests.support.tree import ROOT

SCREEN = """
import sys, pathlib
from handheld.api import thin
from handheld.errors import NodeUnreachable
from tui.app import run
folder = pathlib.Path(sys.argv[1])
node = [sys.executable, "-m", "handheld", "node", "--data", str(folder), "--radio", "none"]
start = (lambda: thin.ensure_node(str(folder), True, node).close()) if sys.argv[2:] else None
sys.exit(run(folder, False, start))
"""


class Terminal:
    """What runs in the terminal, the keys that are pressed and the cells that are seen."""

    def __init__(self, command: list[str], size: tuple[int, int], **environment: str) -> None:
        self.written = bytearray()
        self.code: int | None = None
        self._fd = -1
        self._seen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._seen)
        self.pid, fd = pty.fork()
        if self.pid == 0:
            # Set before the program looks: a size that changes later is another test.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execvpe(
                command[0], command, os.environ | {"TERM": "linux", "PYTHONPATH": str(ROOT)} | environment
            )
        self._fd = fd
        self.resize(*size, tell=False)

    @property
    def output(self) -> int:
        """Bytes that were written so far."""
        return len(self.written)

    def resize(self, columns: int, rows: int, *, tell: bool = True) -> None:
        """Another window size; 0x0 is what a serial line says, and is looked at as 80x24."""
        self._seen.resize(rows or 24, columns or 80)
        if tell:
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: str | bytes) -> None:
        """Bytes that a keyboard sends."""
        left = keys.encode() if isinstance(keys, str) else keys
        while left:
            left = left[os.write(self._fd, left[:512]) :]
            self.look(0)

    def look(self, patience_s: float = 0.05) -> None:
        """Take in what was written."""
        while self.code is None and select.select([self._fd], [], [], patience_s)[0]:
            try:
                data = os.read(self._fd, 65_536)
            except OSError:
                data = b""
            if not data:
                self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                return
            self.written += data
            self._stream.feed(data)
            patience_s = 0

    def lines(self) -> list[str]:
        """What stands on the screen, line by line. A wide character fills two cells and is one letter."""
        return list(self._seen.display)

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.lines())

    def cell(self, column: int, row: int) -> str:
        """What stands in one cell."""
        return str(self._seen.buffer[row][column].data)

    @property
    def cursor(self) -> tuple[int, int, bool]:
        """(column, row, whether it is seen)."""
        return self._seen.cursor.x, self._seen.cursor.y, not self._seen.cursor.hidden

    @property
    def title(self) -> str:
        """What the program called the window."""
        return str(self._seen.title)

    @property
    def is_plain(self) -> bool:
        """Whether lines end as a shell expects it, and what is typed is shown."""
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    def until(
        self, what: str | Callable[[], bool], patience_s: float = PATIENCE_S, *, ends: bool = False
    ) -> None:
        """Look until this text is seen, or this comes true; before the program ends unless it `ends`."""
        ready = what if callable(what) else lambda: what in self.text()
        deadline = time.monotonic() + patience_s
        while not ready():
            if time.monotonic() > deadline or (self.code is not None and not ends):
                raise AssertionError(f"{what} did not come (exit code {self.code}):\n{self.text()}")
            self.look()

    def ended(self, patience_s: float = PATIENCE_S) -> int:
        """Look on until the program has ended; its exit code."""
        self.until(lambda: self.code is not None, patience_s)
        return self.code or 0

    def hammer(self, key: str) -> int:
        """Press a key ten times a second until the program has ended; its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.code is None and time.monotonic() < deadline:
            self.press(key)
            time.sleep(0.1)
            self.look(0)
        return self.ended()

    def hang_up(self) -> int:
        """Close the window; the exit code of the program."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def close(self) -> None:
        """End the program, if it has not ended, and hang up."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._fd)


@contextmanager
def screen_on(
    folder: Path, size: tuple[int, int] = (80, 24), *, starts: bool = False, **environment: str
) -> Iterator[Terminal]:
    """The real screen, in a process and a terminal of its own; with `starts` it may start a node."""
    command = [sys.executable, "-c", SCREEN, str(folder), *(["starts"] if starts else [])]
    with on_terminal(command, size, **environment) as terminal:
        yield terminal


@contextmanager
def on_terminal(command: list[str], size: tuple[int, int], **environment: str) -> Iterator[Terminal]:
    """Any program in a terminal of its own; killed at the end."""
    terminal = Terminal(command, size, **environment)
    try:
        yield terminal
    finally:
        terminal.close()
