"""A terminal that may be as dumb as a serial line; what arrives is printed above a half-typed line."""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock

from handheld.cli import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROWS = 24
"""Lines of a terminal that does not say how many it has."""

WAITING_MAX = 200
"""Lines that arrived and wait to be printed; beyond, the oldest go: they are in the chats."""

ERASE = "\r\x1b[K"
"""Clears the line that is being typed: VT100, and everything since."""

MORE = "-- Enter: more, q: enough -- "


class Ended(Exception):
    """Nobody types any more: the input has ended."""


class Console:
    """What is typed and printed. `tell` may be called by another thread, everything else by one."""

    def __init__(self, *, terminal: bool, dumb: bool) -> None:
        """`terminal`: a person sits there, so output is paged; `dumb`: it knows no control sequence."""
        self._terminal = terminal
        self._erase = "\n" if dumb or not terminal else ERASE
        self._lock = allocate_lock()
        self._prompt: str | None = None
        self._told: list[str] = []
        self._typed = _typed(terminal)
        self._draft = ""

    @property
    def rows(self) -> int:
        """Lines that fit at once, one of them for what is typed; 0: as many as there are."""
        if not self._terminal:
            return 0
        rows = os.get_terminal_size(sys.stdout.fileno()).lines or ROWS
        return max(4, rows - 1)

    def say(self, *lines: str) -> None:
        """Print lines, a screen at a time; whoever has enough says so."""
        left = [part for line in lines for part in line.split("\n")]
        rows = self.rows
        while rows and len(left) > rows:
            self._print(left[: rows - 1])
            del left[: rows - 1]
            if self._read(MORE).strip().lower() == "q":
                return
        self._print(left)

    def ask(self, prompt: str, draft: str = "") -> str:
        """One line without its end, after what has arrived meanwhile. Ended when there is none."""
        self._print(self._take())
        self._draft = draft
        return self._read(prompt)

    def tell(self, line: str) -> None:
        """Something arrived: at once above the line that is being typed, else before the next prompt."""
        with self._lock:
            if self._prompt is None:
                self._told.append(line)
                del self._told[:-WAITING_MAX]
                return
            sys.stdout.write(f"{self._erase}{line}\n{self._prompt}{self._typed()}")
            sys.stdout.flush()

    def _take(self) -> list[str]:
        with self._lock:
            lines, self._told = self._told, []
            return lines

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            show.out(line)
        show.flush()

    def _read(self, prompt: str) -> str:
        with self._lock:
            self._prompt = prompt
        _prefill(self._draft)
        try:
            return input(prompt)
        except EOFError:
            raise Ended from None
        finally:
            self._draft = ""
            with self._lock:
                self._prompt = None


def _readline() -> object | None:
    """The line editor, where this Python has one."""
    try:
        import readline
    except ImportError:
        return None
    return readline


def _typed(terminal: bool) -> Callable[[], str]:
    """What asks for the half-typed line; without an editor the terminal alone knows it."""
    editor = _readline() if terminal else None
    return getattr(editor, "get_line_buffer", lambda: "")


def _prefill(draft: str) -> None:
    """Put a line that could not be sent before the one who typed it."""
    if draft and (editor := _readline()) is not None:
        editor.set_startup_hook(lambda: editor.insert_text(draft))  # type: ignore[attr-defined]
    elif (editor := sys.modules.get("readline")) is not None:
        editor.set_startup_hook(None)


def complete(words: Callable[[str], list[str]]) -> None:
    """Have Tab complete the last word of a line by what `words` gives for the line so far."""
    if (editor := _readline()) is None:
        return

    def at(_: str, state: int) -> str | None:
        found = words(editor.get_line_buffer()[: editor.get_endidx()])  # type: ignore[attr-defined]
        return found[state] if state < len(found) else None

    editor.set_completer_delims(" ")  # type: ignore[attr-defined]
    editor.set_completer(at)  # type: ignore[attr-defined]
    editor.parse_and_bind("tab: complete")  # type: ignore[attr-defined]
