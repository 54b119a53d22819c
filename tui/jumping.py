"""Jump mode: letters stand beside the rows of a list, and a letter chooses its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui import library, picking, settings
from tui import reducer as news
from tui.state import Place, Question, View, chat_chosen, file_chosen, person_chosen
from tui.words import first_lettered

if TYPE_CHECKING:
    from tui.shell import Shell

ASK = Question("jump", "A letter goes to its row. Any other key: back")

ALL = 1 << 20
"""More rows than any list has."""

_ROWS: dict[Place, Callable[[View], tuple[Sequence[object], object]]] = {
    Place.CHATS: lambda view: (view.chats or (), chat_chosen(view)),
    Place.PEOPLE: lambda view: ([known.person for known in view.people or ()], person_chosen(view)),
    Place.FILES: lambda view: (view.files or (), file_chosen(view)),
    Place.SETTINGS: lambda view: (view.settings or (), settings.chosen(view)),
    Place.FOUND: lambda view: (view.found, picking.chosen(view)),
    Place.LIBRARY: lambda view: (library.TEXTS, view.chosen_text),
}
"""Place -> its rows, and which is chosen."""


def begin(shell: Shell) -> None:
    """Put letters beside the rows."""
    if _rows(shell.view)[0]:
        shell.ask_for(ASK)
    else:
        shell.turn(news.told, "There are no rows here to go to.")


def answer(shell: Shell, key: str, _about: str) -> None:
    """A key while letters stand there."""
    rows, at = _rows(shell.view)
    to = first_lettered(at) + ord(key) - ord("a") if len(key) == 1 and key.islower() else -1
    if 0 <= to < rows:
        shell.choose(-ALL)
        shell.choose(to)


def _rows(view: View) -> tuple[int, int]:
    """How many rows there are, and which is chosen."""
    if view.place not in _ROWS or (view.place is Place.LIBRARY and view.reading):
        return 0, 0
    rows, chosen = _ROWS[view.place](view)
    return len(rows), next((at for at, row in enumerate(rows) if row == chosen), 0)
