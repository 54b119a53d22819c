"""What becomes of a key: of a question that waits for one, of the line that is written, or of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import filing, palette, slash, writing
from tui import reducer as news
from tui.ends import WIPE
from tui.keymap import action_of
from tui.keys import act
from tui.questions import PRESSED, TYPED
from tui.state import Place

if TYPE_CHECKING:
    from tui.door import Tape
    from tui.shell import Shell


PASTE = "paste"
"""Stands for the key, where a text was pasted."""


def is_private(shell: Shell) -> bool:
    """Whether what is typed now is a text; the name of a command is none."""
    if not shell.composer.display:
        return False
    is_name = shell.view.place is Place.COMMANDS or shell.composer.text.startswith("/")
    return not is_name or " " in shell.composer.text


async def play(shell: Shell, tape: Tape) -> None:
    """Press what was pressed."""
    async for key, character in tape.keys():
        press(shell, key, character)


def press(shell: Shell, key: str, character: str | None) -> None:
    """A key, and the character it writes, if it does."""
    if key == PASTE:
        if character and shell.composer.display:
            writing.paste(shell, character)
            palette.narrow(shell)
        return
    if shell.view.flash:
        shell.turn(news.told, "")
    if (question := shell.view.question) is not None and question.kind in PRESSED:
        shell.turn(news.asked, None)
        PRESSED[question.kind](shell, key, question.about)
    elif key == "ctrl+x":
        shell.ask_for(WIPE)
    elif shell.composer.display:
        _write(shell, key, character)
    else:
        _act(shell, key, character)


def _act(shell: Shell, key: str, character: str | None) -> None:
    place = shell.view.place
    if action := action_of(shell.view.config.keys, place, key, character):
        act(place, action)(shell)


def _write(shell: Shell, key: str, character: str | None) -> None:
    if key == "enter":
        # At once, and not by a message: the next key may be waiting already, and lead elsewhere. What
        # was written for one person must not be read as written on the board that it opens.
        _entered(shell, shell.composer.text.strip())
    elif shell.composer.press(key):
        shell.place_cursor()
        palette.narrow(shell)
    elif character is not None:
        writing.take(shell, character)
        palette.narrow(shell)
    elif shell.view.question is not None:
        _ask_on(shell, key)
    else:
        _act(shell, key, None)


def _ask_on(shell: Shell, key: str) -> None:
    """A key that writes nothing, while a text is asked for."""
    if key in {"escape", "ctrl+c"}:
        shell.ask_for(None)
        if shell.view.place is Place.WELCOME:
            shell.go(Place.HOME)
        elif shell.view.place is Place.COMMANDS:
            palette.leave(shell)
    elif key == "tab" and shell.view.question is not None and shell.view.question.kind in filing.PATHS:
        filing.complete_path(shell)
    elif shell.view.place is Place.COMMANDS:
        palette.press(shell, key)


def _entered(shell: Shell, text: str) -> None:
    if (question := shell.view.question) is not None:
        shell.ask_for(None)
        TYPED[question.kind](shell, question, text)
    elif not slash.obeyed(shell, text):
        writing.send(shell, text.removeprefix("/") if text.startswith("//") else text)
