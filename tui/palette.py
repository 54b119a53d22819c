"""The palette: everything that can be typed, narrowed down by what is typed, from any page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handheld.verbs import TYPED, matching
from tui import slash
from tui.cells import Line, fit, pad, wrap
from tui.state import Place, Question, View

if TYPE_CHECKING:
    from tui.shell import Shell

ASK = Question("command", "/")

SPACE = {"command": 512}

NAMES = max(map(len, TYPED)) + 1
"""Cells of the column of names."""

NOTHING = "No command begins so. Escape goes back."


def enter(shell: Shell) -> None:
    """Ask for a command."""
    shell.turn(lambda view: replace(view, typed="", chosen_command=""))
    shell.go(Place.COMMANDS)
    shell.ask_for(ASK)


def leave(shell: Shell) -> None:
    """Back to the page where a command was asked for."""
    shell.go(shell.view.calling)


def narrow(shell: Shell) -> None:
    """Show only what begins as what is typed."""
    if shell.view.place is Place.COMMANDS:
        shell.turn(lambda view: replace(view, typed=shell.composer.text))


def found(view: View) -> list[str]:
    """The commands that are shown."""
    return matching(view.typed.partition(" ")[0])


def chosen(view: View) -> str:
    """The command that Enter gives, "" if there is none."""
    shown = found(view)
    return view.chosen_command if view.chosen_command in shown else shown[0] if shown else ""


def press(shell: Shell, key: str) -> None:
    """Up and Down choose, Tab writes what is chosen, or what the words behind a command may be."""
    if key in {"up", "down"} and (shown := found(shell.view)):
        at = shown.index(chosen(shell.view)) + (1 if key == "down" else -1)
        shell.turn(lambda view: replace(view, chosen_command=shown[min(max(at, 0), len(shown) - 1)]))
    elif key == "tab":
        if " " in shell.composer.text:
            slash.completed(shell)
        elif name := chosen(shell.view):
            shell.composer.take(f"{name} "[len(shell.composer.text) :])
            shell.place_cursor()
        narrow(shell)


def typed(shell: Shell, _question: Question, text: str) -> None:
    """Obey what was typed, or what is chosen if that was only begun; back where one was before."""
    name, _, rest = text.partition(" ")
    if name not in TYPED:
        name = chosen(shell.view)
    leave(shell)
    if name:
        slash.obey(shell, name, rest.strip())


def palette_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """What can be typed, the chosen one marked."""
    shown = found(view)
    if not shown:
        return [((" " + line, ""),) for line in wrap(NOTHING, columns - 2)], None
    lines: list[Line] = []
    for name in shown:
        is_chosen = name == chosen(view)
        text = f"{'>' if is_chosen else ' '}{pad(name, NAMES)}{TYPED[name]}"
        lines.append(((fit(text, columns), "chosen" if is_chosen else ""),))
    return lines, shown.index(chosen(view))
