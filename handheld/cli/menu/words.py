"""What the menus print: values of the door as lines."""

from __future__ import annotations

from handheld.cli import show
from handheld.text import ago, amount, clean_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COLUMNS = 80
"""Columns of a terminal that does not say how many it has."""


def width() -> int:
    """Columns of a line."""
    return show.columns() or COLUMNS


def chat_name(chat: dict[str, Any]) -> str:
    """A board, a room, or a person."""
    if chat["board"]:
        return f"#{chat['board']}"
    if chat["room"]:
        return f"room {chat['room']}{' (invitation)' if chat['invitation'] else ''}"
    person = {**chat, "key": chat["peer"]}
    return f"{chat['mark']} {show.called(person)}"


def chat_line(chat: dict[str, Any], room: int) -> str:
    """A chat in a list: what is new, and how its newest message begins."""
    new = f" ({chat['unread']} new)" if chat["unread"] else ""
    last = chat["last"]
    said = f": {clean_line(last['text'])}" if last else ""
    return show.fit(f"{chat_name(chat)}{new}{said}", room)


def person_line(person: dict[str, Any], room: int) -> str:
    """A person in a list: who, how far, how long ago."""
    facts = []
    if person["neighbour"] and person["hops"] is not None:
        facts.append(show.count(person["hops"], "hop"))
    heard = person["heard_s"]
    facts.append("never heard" if heard is None else f"heard {ago(heard)} ago")
    end = ", " + ", ".join(facts)
    return show.fit(f"{person['mark']} {show.called(person, max(12, room - len(end) - 2))}{end}", room)


def file_line(file: dict[str, Any], room: int) -> str:
    """A file in a list: its name, how large, how far."""
    from handheld.cli import file_words

    end = f", {amount(file['size'])}, {file_words.state(file)}"
    return f"{show.fit(file['name'], max(8, room - len(end)))}{end}"


def arrival(message: dict[str, Any]) -> str:
    """A message that arrives while one is elsewhere."""
    place = f"#{message['board']}" if message["board"] else ""
    place = f"room {message['room']}" if message["room"] else place or "to you"
    who = f"{message['mark']} {show.called(message)}"
    return show.fit(f"> {who} {place}: {clean_line(message['text'])}", width())


def progress(value: dict[str, Any]) -> str:
    """How far an own message got."""
    return f"> your message {value['id']}: {value['state']}"


def near(person: dict[str, Any]) -> str:
    """Somebody came near."""
    return show.fit(f"> {person_line(person, width() - 10)} is near", width())
