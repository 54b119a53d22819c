"""Commands of the command line, run beside the screen; what they print is a page of it."""

from __future__ import annotations

import asyncio
import codecs
import os
import shlex
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import reducer as news
from tui.cells import Line, safe, wrap
from tui.state import Place, Said, View

if TYPE_CHECKING:
    from tui.shell import Shell

LINES_MAX = 1_000
"""Lines of what a command prints that are kept: the newest."""

LINE_MAX = 4_000
"""Characters of a line."""

CommandLine = tuple[Sequence[str], Callable[[str, Mapping[str, Sequence[str]]], list[str]]]
"""How to run a command: the program with its first arguments; and what a line that was begun can go on with,
given what there is to name, see `handheld.cli.complete`."""

RUNNING = "... it goes on; Escape ends it"


class Runner:
    """Runs one command at a time for a screen."""

    def __init__(self, shell: Shell, line: CommandLine | None) -> None:
        self._shell: Shell = shell
        self._line = line
        self._process: Process | None = None

    def run(self, line: str) -> None:
        """Run it, on the page where what it prints is shown."""
        shell = self._shell
        if self._line is None:
            shell.turn(news.told, "This screen runs no commands.")
            return
        try:
            words = shlex.split(line)
        except ValueError as error:
            shell.turn(news.told, f"That is no command: {error}.")
            return
        self.end()
        # Asked for on the page of another command, it leads back to where that one was typed.
        view = shell.view
        back = view.said.back if view.place is Place.SAID and view.said is not None else view.place
        shell.turn(lambda view: replace(view, said=Said(line, back=back)))
        shell.go(Place.SAID)
        shell.to_top()
        shell.work(self._run(self._line[0], words))

    def completions(self, line: str) -> list[str]:
        """What the last word of a line can become."""
        return self._line[1](line, names(self._shell.view)) if self._line is not None else []

    def end(self) -> None:
        """End the command that runs, if one does."""
        if self._process is not None:
            process, self._process = self._process, None
            with suppress(ProcessLookupError):
                process.terminate()

    def leave(self) -> None:
        """End it, and go back to where it was typed."""
        self.end()
        view = self._shell.view
        if view.said is not None and view.said.back is Place.TALK and view.talk is not None:
            self._shell.open_chat(view.talk.chat)
        elif view.said is not None:
            self._shell.go(view.said.back)

    async def _run(self, program: Sequence[str], words: list[str]) -> None:
        folder = ["--data", str(self._shell.folder)]
        columns = str(max(1, self._shell.columns - 2))
        # In a session of its own, or a command would ask its questions on this terminal.
        process = await asyncio.create_subprocess_exec(
            *program, *words, *folder,
            stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True,
            env={**os.environ, "POCKETMESH_COLUMNS": columns},
        )  # fmt: skip
        self._process = process
        pipe = process.stdout
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while pipe is not None and (data := await pipe.read(4_096)):
            self._told(process, decoder.decode(data), None)
        self._told(process, "", await process.wait())
        if self._process is process:
            self._process = None

    def _told(self, process: Process, text: str, code: int | None) -> None:
        if self._process is process:
            self._shell.turn(said, text, code)


def said(view: View, text: str, code: int | None) -> View:
    """More was printed, and with a `code` that was all."""
    if view.said is None:
        return view
    *lines, begun = ("\n".join(view.said.lines[-1:]) + text).split("\n")
    whole = (*view.said.lines[:-1], *lines, begun[:LINE_MAX])[-LINES_MAX:]
    return replace(view, said=view.said._replace(lines=whole, code=code))


def said_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """What was typed, and what came of it."""
    if view.said is None:
        return [], None
    lines: list[Line] = [((f" /{safe(row)}", "strong"),) for row in wrap(view.said.line, columns - 3)]
    for text in view.said.lines:
        lines += [((" " + row, ""),) for row in wrap(safe(text), columns - 2)]
    if view.said.code is None:
        lines.append(((f" {RUNNING}", "quiet"),))
    elif view.said.code:
        lines.append(((f" Exit code {view.said.code}: /help exit-codes", "quiet"),))
    return lines, None


def names(view: View) -> dict[str, list[str]]:
    """What a command can name, by what its help calls it; no names with blanks."""
    people = [known.person for known in view.people or ()]
    whom = [one.petname or (one.beside if not one.named else "") or one.key[:8] for one in people]
    rooms = [chat.room for chat in view.chats or () if chat.room]
    boards = [chat.board for chat in view.chats or () if chat.board]
    found = {
        "WHO": whom,
        "TO": whom,
        "BOARD": boards,
        "#BOARD": [f"#{board}" for board in boards],
        "ROOM": rooms,
    }
    return {name: [one for one in ones if " " not in one] for name, ones in found.items()}
