"""What a key does where. Where one writes, keys that write come first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.state import Place, Question

if TYPE_CHECKING:
    from tui.shell import Shell

QUIT = Question("quit", "Quit? y yes, any other key no")

WIPE = Question("wipe", "Ctrl-X again destroys your keys and all that is here. Any other key: back")

SURE = (QUIT, WIPE)
"""Questions that one key answers."""

NEW_BOARD = Question("board", "Board: #")

Action = Callable[["Shell"], None]


def _go(place: Place) -> Action:
    return lambda shell: shell.go(place)


def _ask(question: Question) -> Action:
    return lambda shell: shell.ask_for(question)


_EVERYWHERE: dict[str, Action] = {
    "up": lambda shell: shell.choose(-1),
    "down": lambda shell: shell.choose(1),
    "pageup": lambda shell: shell.leaf(-1),
    "pagedown": lambda shell: shell.leaf(1),
    "escape": lambda shell: shell.back(),
    "ctrl+c": _ask(QUIT),
    "ctrl+l": lambda shell: shell.lock(),
}

_PAGES: dict[str, Action] = {
    **_EVERYWHERE,
    "enter": lambda shell: shell.enter(),
    "h": _go(Place.HOME),
    "c": _go(Place.CHATS),
    "p": _go(Place.PEOPLE),
    "question_mark": _go(Place.HELP),
}

KEYS: dict[Place, dict[str, Action]] = {
    Place.HOME: {**_PAGES, "tab": _go(Place.CHATS), "q": _ask(QUIT)},
    Place.CHATS: {**_PAGES, "tab": _go(Place.PEOPLE), "b": _ask(NEW_BOARD)},
    Place.PEOPLE: {**_PAGES, "tab": _go(Place.HOME), "n": lambda shell: shell.rename()},
    Place.TALK: {**_EVERYWHERE, "tab": lambda shell: shell.next_new()},
    Place.HELP: _PAGES,
}
