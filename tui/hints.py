"""The keys that the lowest line and the help name, place by place, with a word for each. Pure."""

from collections.abc import Sequence

from tui.keymap import labels
from tui.state import Place, View, is_board

Hints = Sequence[tuple[str, str]]
"""(action of the keymap, or a key that cannot be changed; a word for it)."""

HINTS: dict[Place, Hints] = {
    Place.HOME: (
        *(("chats", "Chats"), ("people", "People"), ("quit", "Quit"), ("files", "Files"), ("help", "Help")),
        *(("alerts", "alerts"), ("settings", "Settings"), ("read", "To read"), ("radio", "Radio")),
        *(("commands", "Commands"), ("card", "your card"), ("search", "search")),
    ),
    Place.CHATS: (
        *(("open", "open"), ("back", "back"), ("board", "board"), ("room", "room"), ("next", "People")),
        *(("next-new", "next new"), ("invite", "invite"), ("room-card", "its card"), ("jump", "jump")),
    ),
    Place.PEOPLE: (
        *(("open", "write"), ("back", "back"), ("follow", "follow"), ("mute", "mute"), ("block", "block")),
        *(("introduce", "introduce"), ("name", "name"), ("meet", "meet"), ("card", "your card")),
        *(("take-card", "take a card"), ("jump", "jump")),
    ),
    Place.MEET: (("back", "back"),),
    Place.CARD: (("back", "back"), ("down", "words")),
    Place.ALERTS: (
        *(("call", "write one"), ("saw", "saw it"), ("back", "back"), ("put-away", "put away")),
        ("over", "over"),
    ),
    Place.FILES: (
        *(("open", "open"), ("back", "back"), ("share", "share"), ("get", "get"), ("pause", "pause")),
        *(("write-out", "write out"), ("forget", "forget")),
    ),
    Place.FILE: (
        *(("back", "back"), ("view", "view"), ("get", "get"), ("who", "who has it")),
        *(("write-out", "write out"), ("forget", "forget")),
    ),
    Place.FOUND: (("open", "go there"), ("back", "back"), ("search", "search")),
    Place.RADIO: (("back", "back"), ("hold", "hold, go on"), ("up", "older")),
    Place.TALK: (
        *(("Enter", "send"), ("back", "back"), ("pick", "pick"), ("next", "next new"), ("up", "older")),
        *(("find", "find"), ("kind", "kind"), ("delete", "delete"), ("to-new", "to new")),
    ),
    Place.LIBRARY: (("open", "read"), ("back", "back"), ("down", "more")),
    Place.SETTINGS: (("open", "change"), ("back", "back")),
    Place.WELCOME: (("Enter", "go on"), ("Esc", "back")),
    Place.HELP: (("back", "back"), ("search", "search here"), ("down", "more")),
    Place.COMMANDS: (("Enter", "do it"), ("Esc", "back"), ("Tab", "complete"), ("Up Down", "choose")),
    Place.SAID: (("back", "back"), ("down", "more")),
}

WIDE: dict[Place, Hints] = {
    Place.CHATS: (
        *(("open", "open"), ("next", "to what is open"), ("next-new", "next new"), ("back", "back")),
        *(("board", "board"), ("room", "room"), ("people", "People"), ("search", "search")),
    ),
    Place.TALK: tuple(
        (action, "to the chats" if action == "next" else word) for action, word in HINTS[Place.TALK]
    ),
}
"""Where panes stand side by side."""

ON_BOARDS = frozenset({"kind", "delete"})
"""What acts on a board alone."""

COMPARING = (("same", "the same everywhere"), ("not-same", "not the same"))


def keys_of(view: View, place: Place, *, wide: bool = False, hints: Hints | None = None) -> Hints:
    """(key as it stands on the screen, word) of a place, or of these `hints`."""
    named = labels(view.config.keys)
    found = hints or (WIDE.get(place, HINTS[place]) if wide else HINTS[place])
    if wide and view.talk is None:
        found = [(action, "to the people" if action == "next" else word) for action, word in found]
    if view.talk is not None and not is_board(view.talk.chat):
        found = [(action, word) for action, word in found if action not in ON_BOARDS]
    return [(named.get(action, action), word) for action, word in found]
