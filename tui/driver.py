"""The terminal: bytes in, bytes out, in the one event loop.

Textual's own driver polls ten times a second in a thread of its own, and ends the program at the first byte
that is not UTF-8. This one wakes when something comes, lives with any bytes, and shows the cursor.
"""

import asyncio
import codecs
import contextlib
import os
import signal
import sys
import termios
import tty
from typing import Any

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

START = "\x1b[?1049h\x1b[?2004h\x1b[?7l\x1b[2J"
"""The other screen of the terminal, pasted text in brackets, no wrapping, empty."""

END = "\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"

SIZE_MIN = (2, 2)
"""Fewer columns or rows, and Textual has nothing to lay out."""

SIZE_MAX = (1000, 500)

SIZE_UNKNOWN = (80, 24)
"""A serial line reports 0x0."""

READ_MAX = 4096


class TerminalDriver(Driver):
    """Standard input and error of this process as a screen."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._input = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._output = sys.__stdout__.fileno() if sys.__stdout__ else 1
        self._before: list[Any] | None = None
        self._escape: asyncio.TimerHandle | None = None
        self._new_parser()
        # What would be asked of the terminal is not, so its answers cannot be anything but noise.
        constants.DISABLE_KITTY_KEY = True  # type: ignore[misc]

    def write(self, data: str) -> None:
        """Write all of it; the terminal's pace is ours."""
        left = memoryview(data.encode("utf-8", "replace"))
        while left:
            try:
                left = left[os.write(self._output, left) :]
            except BlockingIOError:
                os.set_blocking(self._output, True)
            except OSError:
                return  # the terminal is gone; its hang-up ends us

    def start_application_mode(self) -> None:
        """Take the terminal."""
        try:
            self._before = termios.tcgetattr(self._input)
        except termios.error:
            self._before = None
        else:
            tty.setraw(self._input, termios.TCSANOW)
        self._loop.add_signal_handler(signal.SIGWINCH, self._tell_size)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._loop.add_signal_handler(number, self._app.exit)
        self.write(START)
        self._loop.add_reader(self._input, self._readable)
        self._tell_size()

    def disable_input(self) -> None:
        """Read no more."""
        self._loop.remove_reader(self._input)
        if self._escape is not None:
            self._escape.cancel()
            self._escape = None

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        for number in (signal.SIGWINCH, signal.SIGTERM, signal.SIGHUP):
            self._loop.remove_signal_handler(number)
        self.write(END)
        if self._before is not None:
            with contextlib.suppress(termios.error):  # hung up
                termios.tcsetattr(self._input, termios.TCSAFLUSH, self._before)

    def _new_parser(self) -> None:
        self._parser = XTermParser()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def _readable(self) -> None:
        try:
            data = os.read(self._input, READ_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.disable_input()
            self._app.exit()
            return
        if self._escape is not None:
            self._escape.cancel()
        text = self._decoder.decode(data)
        try:
            for message in self._parser.feed(text) if text else ():
                self._hand_over(message)
        except (ValueError, OverflowError):  # noise that looked like a report with numbers in it
            self._new_parser()
        # An Escape may be the key or the beginning of another one.
        self._escape = self._loop.call_later(constants.ESCAPE_DELAY * 1.1, self._time_out)

    def _time_out(self) -> None:
        self._escape = None
        for message in self._parser.tick():
            self._hand_over(message)

    def _hand_over(self, message: Message) -> None:
        # Nothing but keys: noise on a line can also spell mouse clicks and window sizes.
        if isinstance(message, events.Key | events.Paste):
            message.set_sender(self._app)
            self._app.post_message(message)

    def _tell_size(self) -> None:
        try:
            given = os.get_terminal_size(self._output)
        except OSError:
            given = os.terminal_size((0, 0))
        size = Size(
            *(
                min(max(side, least), most) if side else unknown
                for side, least, most, unknown in zip(given, SIZE_MIN, SIZE_MAX, SIZE_UNKNOWN, strict=True)
            )
        )
        self._app.post_message(events.Resize(size, size))
