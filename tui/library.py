"""Short texts that are there with nobody near: what range is, where a repeater goes, how to call for help."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cells import Line, wrap
from tui.keymap import labels
from tui.state import Place, View
from tui.words import lettered

if TYPE_CHECKING:
    from tui.shell import Shell

FOLDER = Path(__file__).parent / "pages_text"

TEXTS = ("range", "repeater", "distress", "alphabet", "program")
"""Names of the files, in the order of the list."""


@cache
def text(name: str) -> str:
    """One of them; its first line is its title, and {help} stands for the key of that action."""
    return (FOLDER / f"{name}.txt").read_text(encoding="ascii").strip()


def library_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """The list, or the text that is read."""
    if view.reading:
        title, *rest = text(view.reading).format(**labels(view.config.keys)).split("\n")
        lines: list[Line] = [((f" {title}", "strong"),)]
        lines += [((" " + row, ""),) for line in rest for row in wrap(line, columns - 2)]
        return lines, None
    lines = [
        (((">" if name == view.chosen_text else " ") + text(name).split("\n")[0], _look(view, name)),)
        for name in TEXTS
    ]
    at = TEXTS.index(view.chosen_text)
    return lettered(view, lines, range(len(TEXTS)), at), at


def _look(view: View, name: str) -> str:
    return "chosen" if name == view.chosen_text else ""


def moved(view: View, by: int) -> View:
    """Another title."""
    at = TEXTS.index(view.chosen_text) + by
    return replace(view, chosen_text=TEXTS[min(max(at, 0), len(TEXTS) - 1)])


def enter(shell: "Shell") -> None:
    """To the list."""
    shell.turn(lambda view: replace(view, reading=""))
    shell.go(Place.LIBRARY)


def read(shell: "Shell") -> None:
    """The chosen text, from its beginning."""
    shell.turn(lambda view: replace(view, reading=view.chosen_text))
    shell.to_top()


def back(shell: "Shell") -> None:
    """From a text to the list, from the list to where one was."""
    if shell.view.reading:
        shell.turn(lambda view: replace(view, reading=""))
        shell.to_top()
    else:
        shell.back()
