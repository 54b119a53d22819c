"""What the actions of the keymap do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui import (
    boards,
    ends,
    filing,
    following,
    helping,
    jumping,
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


_ACTIONS: dict[str, Action] = {
    "up": lambda shell: shell.choose(-1),
    "down": lambda shell: shell.choose(1),
    "page-up": lambda shell: shell.leaf(-1),
    "page-down": lambda shell: shell.leaf(1),
    "back": lambda shell: shell.back(),
    "leave": _ask(ends.QUIT),
    "quit": _ask(ends.QUIT),
    "lock": ends.lock,
    "alerts-now": _go(Place.ALERTS),
    "open": opening.enter,
    "home": _go(Place.HOME),
    "chats": _go(Place.CHATS),
    "people": _go(Place.PEOPLE),
    "help": _go(Place.HELP),
    "alerts": _go(Place.ALERTS),
    "search": _ask(boards.SEARCH),
    "files": filing.show,
    "commands": palette.enter,
    "jump": jumping.begin,
    "radio": radio.enter,
    "read": library.enter,
    "card": knowing.show_card,
    "settings": settings.enter,
    "next-new": opening.next_new,
    "board": _ask(NEW_BOARD),
    "room": _ask(rooms.NEW),
    "invite": rooms.invite,
    "room-card": rooms.show_card,
    "name": knowing.rename,
    "meet": _ask(knowing.NUMBER),
    "introduce": knowing.introduce,
    "follow": following.follow,
    "mute": following.mute,
    "block": following.block,
    "take-card": _ask(knowing.CARD),
    "same": lambda shell: knowing.compare(shell, same=True),
    "not-same": lambda shell: knowing.compare(shell, same=False),
    "saw": boards.saw,
    "put-away": boards.dismiss,
    "call": _ask(boards.CALL),
    "over": boards.over,
    "share": filing.ask_share,
    "get": filing.get,
    "pause": filing.pause,
    "view": filing.look,
    "write-out": filing.ask_save,
    "who": filing.who,
    "forget": filing.ask_forget,
    "hold": radio.hold,
    "pick": picking.begin,
    "find": _ask(picking.FIND),
    "to-new": picking.to_new,
    "kind": boards.next_kind,
    "delete": boards.ask_delete,
}
"""What an action of `keymap` does."""

_THERE: dict[tuple[Place, str], Action] = {
    (Place.HOME, "next"): _go(Place.CHATS),
    (Place.CHATS, "next"): opening.across,
    (Place.PEOPLE, "next"): _go(Place.HOME),
    (Place.TALK, "next"): opening.tab,
    (Place.MEET, "back"): knowing.leave,
    (Place.FOUND, "open"): picking.open_found,
    (Place.FILE, "back"): _go(Place.FILES),
    (Place.LIBRARY, "open"): library.read,
    (Place.LIBRARY, "back"): library.back,
    (Place.SETTINGS, "open"): settings.change,
    (Place.WELCOME, "back"): _go(Place.HOME),
    (Place.WELCOME, "open"): settings.begin,
    (Place.HELP, "search"): helping.ask,
    (Place.HELP, "back"): helping.back,
    (Place.SAID, "back"): lambda shell: shell.runner.leave(),
}
"""What it does in one place only."""


def act(place: Place, action: str) -> Action:
    """What an action does there."""
    return _THERE.get((place, action)) or _ACTIONS[action]
