"""What a key does where. Where one writes, keys that write come first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui import (
    boards,
    ends,
    filing,
    following,
    knowing,
    library,
    opening,
    palette,
    picking,
    radio,
    rooms,
    settings,
)
from tui.state import Place, Question

if TYPE_CHECKING:
    from tui.shell import Shell

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
    "ctrl+c": _ask(ends.QUIT),
    "ctrl+l": ends.lock,
    "ctrl+a": _go(Place.ALERTS),
}

_PAGES: dict[str, Action] = {
    **_EVERYWHERE,
    "enter": opening.enter,
    "h": _go(Place.HOME),
    "c": _go(Place.CHATS),
    "p": _go(Place.PEOPLE),
    "question_mark": _go(Place.HELP),
    "a": _go(Place.ALERTS),
    "slash": _ask(boards.SEARCH),
    "f": filing.show,
    "colon": palette.enter,
}

_FILE: dict[str, Action] = {
    "s": filing.ask_share,
    "g": filing.get,
    "x": filing.pause,
    "v": filing.look,
    "w": filing.ask_save,
    "d": filing.ask_forget,
}

KEYS: dict[Place, dict[str, Action]] = {
    Place.HOME: {
        **_PAGES,
        "tab": _go(Place.CHATS),
        "r": radio.enter,
        "i": library.enter,
        "k": knowing.show_card,
        "s": settings.enter,
        "q": _ask(ends.QUIT),
    },
    Place.CHATS: {
        **_PAGES,
        "tab": opening.across,
        "n": opening.next_new,
        "b": _ask(NEW_BOARD),
        "r": _ask(rooms.NEW),
        "i": rooms.invite,
        "k": rooms.show_card,
    },
    Place.PEOPLE: {
        **_PAGES,
        "tab": _go(Place.HOME),
        "n": knowing.rename,
        "m": _ask(knowing.NUMBER),
        "i": knowing.introduce,
        "l": following.follow,
        "u": following.mute,
        "x": following.block,
        "k": knowing.show_card,
        "t": _ask(knowing.CARD),
    },
    Place.MEET: {
        **_EVERYWHERE,
        "escape": knowing.leave,
        "y": lambda shell: knowing.compare(shell, same=True),
        "n": lambda shell: knowing.compare(shell, same=False),
    },
    Place.CARD: _PAGES,
    Place.ALERTS: {**_PAGES, "s": boards.saw, "d": boards.dismiss, "w": _ask(boards.CALL), "o": boards.over},
    Place.FOUND: {**_PAGES, "enter": picking.open_found},
    Place.FILES: {**_PAGES, **_FILE},
    Place.FILE: {**_PAGES, **_FILE, "escape": _go(Place.FILES)},
    Place.RADIO: {**_EVERYWHERE, "escape": radio.leave, "space": radio.hold},
    Place.TALK: {
        **_EVERYWHERE,
        "tab": opening.tab,
        "ctrl+e": picking.begin,
        "ctrl+f": _ask(picking.FIND),
        "ctrl+n": picking.to_new,
        "ctrl+t": boards.next_kind,
        "ctrl+d": boards.ask_delete,
    },
    Place.LIBRARY: {**_PAGES, "enter": library.read, "escape": library.back},
    Place.SETTINGS: {**_PAGES, "enter": settings.change},
    Place.WELCOME: {**_EVERYWHERE, "escape": _go(Place.HOME), "enter": settings.begin},
    Place.HELP: _PAGES,
    Place.COMMANDS: _EVERYWHERE,
    Place.SAID: {**_PAGES, "escape": lambda shell: shell.runner.leave()},
}
