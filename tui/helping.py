"""Help: the keys of where one came from, as they are now, all there is to know, and searching in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cells import Line, pad, width, wrap
from tui.guide import KEYS, text
from tui.hints import keys_of
from tui.keymap import labels
from tui.state import Place, Question, View

if TYPE_CHECKING:
    from tui.shell import Shell

FIND = Question("help", "Find in help: ")

SPACE = {"help": 40}

NOTHING = "Nothing here has that. Escape shows all of it."


def ask(shell: Shell) -> None:
    """Ask for words to look for."""
    shell.ask_for(FIND)


def answered(shell: Shell, _: Question, words: str) -> None:
    """Show only what has these words."""
    shell.turn(lambda view: replace(view, helped=words))
    shell.to_top()


def back(shell: Shell) -> None:
    """From what was found to all of it, from there to where one was."""
    if shell.view.helped:
        shell.turn(lambda view: replace(view, helped=""))
        shell.to_top()
    else:
        view = shell.view
        if view.helping is Place.TALK and view.talk is not None:
            shell.open_chat(view.talk.chat)
        else:
            shell.go(view.helping)


def help_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """All of it, or the paragraphs and keys that have the words that were looked for."""
    named = labels(view.config.keys)
    known = [(" ".join(named[one] for one in actions), word) for actions, word in KEYS]
    parts = [paragraph.split("\n") for paragraph in text(named).split("\n\n")]
    if view.helped:
        parts = [found for part in parts if (found := _having(part, view.helped))]
        known = [key for key in known if _having([" ".join(key)], view.helped)]
        here: list[tuple[str, str]] = []
    else:
        here = list(keys_of(view, view.helping))
    lines = _table(f"Keys in {view.helping}:", here, columns) if here else []
    for part in parts:
        lines += [((" " + row, ""),) for line in part for row in wrap(line, columns - 2)] + [()]
    lines += _table("Keys:", known, columns) if known else []
    return lines or [((f" {row}", ""),) for row in wrap(NOTHING, columns - 2)], None


def _having(part: list[str], words: str) -> list[str]:
    """The part that has all words; of a list, its head and the lines that have them."""
    wanted = words.casefold().split()

    def has(line: str) -> bool:
        return all(word in line.casefold() for word in wanted)

    if part[0].endswith(":") and len(part) > 1:
        return [part[0], *found] if (found := [line for line in part[1:] if has(line)]) else []
    return part if has(" ".join(part)) else []


def _table(head: str, rows: list[tuple[str, str]], columns: int) -> list[Line]:
    lines: list[Line] = [((f" {head}", "strong"),)]
    size = max(width(key) for key, _ in rows) + 2
    for key, word in rows:
        first, *more = wrap(word, columns - 2 - size)
        lines.append(((f" {pad(key, size)}{first}", ""),))
        lines += [((" " * (size + 1) + row, ""),) for row in more]
    return [*lines, ()]
