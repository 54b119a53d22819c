"""A program on a terminal of its own, and what a person sees there: a pty, drawn by pyte."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyte

PATIENCE_S = 20.0

OWN_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Becomes a program in a session whose terminal this is, so that Ctrl-C and a hang-up reach it."""


class Terminal:
    """The screen as it is, and the keyboard. `written`: every byte the program wrote."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int, rows: int) -> None:
        self.process = process
        self.written = b""
        self._master = master
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, without the blanks at the right."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    def until(self, seen: Callable[[str], object], seconds: float = PATIENCE_S) -> float:
        """Wait until the text on the screen is as wanted; how many seconds that took."""
        started = time.monotonic()
        while not seen(self.text):
            left = started + seconds - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"it never came to that; on the screen is\n{self.text}")
        return time.monotonic() - started

    def until_ended(self, seconds: float = PATIENCE_S) -> int:
        """Read on until the program has ended; its exit code."""
        deadline = time.monotonic() + seconds
        while self._read(deadline - time.monotonic()):
            pass
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def hammer(self, key: str, seconds: float = PATIENCE_S) -> int:
        """Press a key ten times a second until the program has ended; its exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self.type(key)
            time.sleep(0.1)
            self._read(0)
        return self.until_ended()

    def _read(self, seconds: float) -> bool:
        """Take what comes in this time; whether more can come."""
        if select.select([self._master], [], [], max(0.0, seconds))[0]:
            try:
                data = os.read(self._master, 65_536)
            except OSError:  # Linux says EIO when the last one has closed the terminal
                data = b""
            self.written += data
            self._stream.feed(data)
            return bool(data)
        return False


@contextmanager
def on_terminal(command: list[str], columns: int, rows: int, **environment: str) -> Iterator[Terminal]:
    """A program that has a terminal of this size for its input, output and errors; killed at the end."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    given = {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | environment
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "LINES"}}
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=kept | given,
    )
    os.close(slave)
    terminal = Terminal(process, master, columns, rows)
    try:
        yield terminal
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        os.close(terminal._master)
