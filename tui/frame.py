"""What stands around a place: the highest line and the lowest ones. Pure."""

from collections.abc import Sequence

from tui import alerts, panes, words
from tui.cells import Line, between, filled, line_width, safe, width, wrap
from tui.hints import COMPARING, keys_of
from tui.state import Door, Place, View, chat_of, compares, is_board, is_room, unread

KEY_ROWS = {Place.HOME: 2, Place.PEOPLE: 3}
"""Lines that the keys of a place may take, where it is not one."""

PRESSED = frozenset(
    {
        "quit",
        "wipe",
        "asked",
        "block",
        "delete",
        "forget",
        "share sure",
        "slow sure",
        "paste",
        "secret",
        "pick",
        "jump",
    }
)
"""Questions that one key answers."""

SENTENCE_LINES = 4
"""Lines that a sentence at the bottom may take."""


def title(view: View, columns: int, *, beside: bool = False) -> Line:
    """What the highest line says at its left; the name gives way to "private" in so many columns.

    `beside` the chats it is what is open there.
    """
    if beside and view.place is Place.CHATS:
        return () if view.talk is None else tuple((text, "bar") for text, _ in _talk_title(view, columns))
    if view.place is not Place.TALK or view.talk is None:
        return ((f" {_TITLES[view.place]}", "bar strong"),)
    return _talk_title(view, columns)


def _talk_title(view: View, columns: int) -> Line:
    if view.talk is None:
        return ()
    chat = next((one for one in view.chats or () if chat_of(one) == view.talk.chat), None)
    known = next((one.person for one in view.people or () if one.person.key == view.talk.chat), None)
    if is_room(view.talk.chat):
        return ((f" {safe(view.talk.chat)}", "bar strong"), ("  room", "bar"))
    if is_board(view.talk.chat):
        return ((f" {safe(view.talk.chat)}", "bar strong"), ("  public", "bar"))
    limit = max(1, columns - len(" ?   private"))
    mark = known.mark if known else (chat.mark if chat else "?") or "?"
    found = words.name_of(known, limit) if known else words.chat_name(chat, limit) if chat else ""
    name = found or view.talk.chat[:8]
    return ((f" {mark} {name}", "bar strong"), ("  private", "bar"))


_TITLES = {place: place.value.capitalize() for place in Place} | {
    Place.HOME: "pocketmesh",
    Place.FOUND: "Search",
    Place.LIBRARY: "To read",
    Place.WELCOME: "pocketmesh",
}


def bar(view: View, columns: int) -> Line:
    """The highest line: an alert, or where one is, and whether it works."""
    if (alarm := alerts.bar(view, columns)) is not None:
        return alarm
    left, rest = panes.heading(view, columns)
    waiting = unread(view)
    new = f"{waiting} new, " if waiting and view.place is not Place.CHATS and not left else ""
    right = f"  {new}{words.health(view)} "
    return (
        *left,
        *between(title(view, rest - width(right), beside=bool(left)), ((right, "bar"),), rest, "bar"),
    )


def hint(view: View, columns: int) -> list[Line]:
    """The lowest lines: a question, a sentence that has to be read, or the keys."""
    if view.question is not None and view.question.kind in PRESSED:
        return _sentence(view.question.label, columns)
    if view.flash:
        return _sentence(safe(view.flash), columns)
    if view.door is Door.LOST and view.place is not Place.HOME:
        return _sentence(words.lost(view), columns)
    wide = panes.panes(view, columns).left > 0
    keys = keys_of(view, view.place, wide=wide, hints=COMPARING if compares(view) else None)
    if view.question is not None and view.place is not Place.COMMANDS:
        keys = (("Enter", "save" if view.question.kind in {"name", "board"} else "go on"), ("Esc", "back"))
    rows = _key_rows(keys, columns)[: KEY_ROWS.get(view.place, 1)]
    return [filled(_keys(row), columns) for row in rows]


def _key_rows(keys: Sequence[tuple[str, str]], columns: int) -> list[list[tuple[str, str]]]:
    """The keys in as many rows as they take; what is wider than the screen begins a row of its own."""
    rows: list[list[tuple[str, str]]] = [[]]
    for key in keys:
        if rows[-1] and line_width(_keys([*rows[-1], key])) > columns:
            rows.append([])
        rows[-1].append(key)
    return rows


def _keys(keys: Sequence[tuple[str, str]]) -> Line:
    spans: list[tuple[str, str]] = []
    for key, word in keys:
        spans += [("  " if spans else " ", ""), (key, "strong"), (f" {word}", "quiet")]
    return tuple(spans)


def _sentence(text: str, columns: int) -> list[Line]:
    return [filled(((f" {line}", "note"),), columns) for line in wrap(text, columns - 2)[:SENTENCE_LINES]]
