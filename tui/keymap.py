"""Which key does what where: as it is, and as its owner wants it. Pure; what is done then is in `keys`.

A key is its character, or its name: "enter", "tab", "ctrl+e". Where one writes, only names will do.
"""

from collections.abc import Mapping
from functools import cache

from handheld.errors import UsageError
from tui.state import Place

Given = tuple[tuple[str, str], ...]
"""(action, key) of those that the owner has changed."""

_EVERYWHERE = {
    "up": "up",
    "down": "down",
    "page-up": "pageup",
    "page-down": "pagedown",
    "back": "escape",
    "leave": "ctrl+c",
    "lock": "ctrl+l",
    "alerts-now": "ctrl+g",
}

_PAGES = {
    **_EVERYWHERE,
    "open": "enter",
    "home": "h",
    "chats": "c",
    "people": "p",
    "help": "?",
    "alerts": "a",
    "search": "/",
    "files": "f",
    "commands": ":",
    "jump": "j",
}

_FILE = {"share": "s", "get": "g", "pause": "x", "view": "v", "write-out": "w", "forget": "d"}

DEFAULTS: dict[Place, dict[str, str]] = {
    Place.HOME: {
        **_PAGES,
        "next": "tab",
        "radio": "r",
        "read": "i",
        "card": "k",
        "settings": "s",
        "quit": "q",
    },
    Place.CHATS: {
        **_PAGES,
        "next": "tab",
        "next-new": "n",
        "board": "b",
        "room": "r",
        "invite": "i",
        "room-card": "k",
    },
    Place.PEOPLE: {
        **_PAGES,
        "next": "tab",
        "name": "n",
        "meet": "m",
        "introduce": "i",
        "follow": "l",
        "mute": "u",
        "block": "x",
        "card": "k",
        "take-card": "t",
    },
    Place.MEET: {**_EVERYWHERE, "same": "y", "not-same": "n"},
    Place.CARD: _PAGES,
    Place.ALERTS: {**_PAGES, "saw": "s", "put-away": "d", "call": "w", "over": "o"},
    Place.FOUND: _PAGES,
    Place.FILES: {**_PAGES, **_FILE},
    Place.FILE: {**_PAGES, **_FILE, "who": "o"},
    Place.RADIO: {**_PAGES, "hold": "space"},
    Place.TALK: {
        **_EVERYWHERE,
        "next": "tab",
        "pick": "ctrl+e",
        "find": "ctrl+f",
        "to-new": "ctrl+n",
        "kind": "ctrl+k",
        "delete": "ctrl+d",
    },
    Place.LIBRARY: _PAGES,
    Place.SETTINGS: _PAGES,
    Place.WELCOME: {**_EVERYWHERE, "open": "enter"},
    Place.HELP: _PAGES,
    Place.COMMANDS: _EVERYWHERE,
    Place.SAID: _PAGES,
}
"""Place -> action -> key."""

NAMED = frozenset({"enter", "tab", "space", "up", "down", "pageup", "pagedown", "escape", "home", "end"})

TAKEN = {
    **dict.fromkeys(("ctrl+a", "ctrl+b", "ctrl+t", "ctrl+]"), "serial programs take it"),
    **dict.fromkeys(("ctrl+s", "ctrl+q", "ctrl+z", "ctrl+v", "ctrl+\\"), "terminals take it"),
    **dict.fromkeys(("ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+["), "terminals send it for another key"),
    **dict.fromkeys(("ctrl+x", "ctrl+u"), "it has a meaning that cannot be changed"),
}
"""Keys that nothing can be put on, and why."""

_LABELS = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn"}


def label(key: str) -> str:
    """A key as it stands on the screen."""
    if key.startswith("ctrl+"):
        return f"Ctrl-{key[5:].upper()}"
    return _LABELS.get(key, key.capitalize() if key in NAMED else key)


@cache
def in_force(given: Given) -> dict[Place, dict[str, str]]:
    """Place -> key -> action. UsageError where a key cannot be, or would mean two things."""
    wanted = {action: _spelled(action, key) for action, key in given}
    known = {action for actions in DEFAULTS.values() for action in actions}
    if unknown := sorted(wanted.keys() - known):
        raise UsageError(f"keys: there is no action {unknown[0]!r}; there are {', '.join(sorted(known))}.")
    return {place: _of_place(place, actions, wanted) for place, actions in DEFAULTS.items()}


def _of_place(place: Place, actions: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for action, usual in actions.items():
        key = wanted.get(action, usual)
        if place is Place.TALK and (len(key) == 1 or key in {"space", "home", "end", "enter"}):
            raise UsageError(f'keys: "{label(key)}" writes, in a chat; {action} needs another, as "ctrl-o".')
        if key in found:
            raise UsageError(f'keys: "{label(key)}" would be both {found[key]} and {action}, in {place}.')
        found[key] = action
    return found


def _spelled(action: str, written: str) -> str:
    """A key as it comes from a keyboard, of how it is written in the settings."""
    key = written.lower().replace("ctrl-", "ctrl+") if len(written) > 1 else written
    if key in TAKEN:
        raise UsageError(f'keys: "{written}" cannot be {action}: {TAKEN[key]}.')
    is_control = len(key) == 6 and key.startswith("ctrl+") and key[5].isascii() and key[5].islower()
    is_character = len(key) == 1 and key.isascii() and key.isprintable() and key != " "
    if is_control or is_character or key in NAMED:
        return key
    names = ", ".join(sorted(NAMED))
    raise UsageError(f'keys: "{written}" is no key: a character, one such as "ctrl-o", or {names}.')


@cache
def labels(given: Given) -> dict[str, str]:
    """Action -> its key as it stands on the screen."""
    found: dict[str, str] = {}
    for keys in in_force(given).values():
        for key, action in keys.items():
            found.setdefault(action, label(key))
    return found


def action_of(given: Given, place: Place, key: str, character: str | None) -> str:
    """What a key does there, "" if nothing."""
    keys = in_force(given)[place]
    return keys.get(character or key) or keys.get(key, "")
