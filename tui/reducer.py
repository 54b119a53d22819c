"""How each thing that happens changes the view. Pure: a view and an event make a view."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from handheld.events import (
    Chat,
    Message,
    MessageKept,
    MessageState,
    NodeStatus,
    Person,
    PersonHeard,
    RadioChanged,
)
from tui.state import Door, Known, Place, Question, Talk, View, chat_of

MESSAGES_MAX = 10_000
"""Messages of the open conversation in memory; beyond, the older half goes and is paged in again."""


@dataclass(frozen=True, slots=True)
class NodeFound:
    """The node answers."""


@dataclass(frozen=True, slots=True)
class NodeLost:
    """The node has gone, or does not come; the sentence says more."""

    why: str


@dataclass(frozen=True, slots=True)
class StatusRead:
    """The answer to "is it working?", and the battery in words where one is known."""

    status: NodeStatus
    battery: str = ""


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """Everybody."""

    people: list[Person]


@dataclass(frozen=True, slots=True)
class ChatsRead:
    """All conversations, the newest first."""

    chats: list[Chat]


@dataclass(frozen=True, slots=True)
class PageRead:
    """Messages of a conversation, before those that are there or (`newest`) instead of them."""

    chat: str
    messages: list[Message]
    newest: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Went:
    """To another place."""

    place: Place


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation."""

    chat: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Down a list by so many, or up."""

    by: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """A text that was begun and not sent."""

    chat: str
    text: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A text was given to the node."""

    chat: str
    text: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The node has saved it."""

    chat: str
    text: str
    message: Message


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The node did not take it: the text is a draft again."""

    chat: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the lowest line, until the next key; "" takes it away."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question is put, or answered (None)."""

    question: Question | None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""


def reduce(view: View, event: object, now: int) -> View:
    """The view after the event. What is not known changes nothing but the time."""
    view = replace(view, now=now) if now != view.now else view
    reducer = _REDUCERS.get(type(event))
    return view if reducer is None else reducer(view, event)


def _node_found(view: View, _event: NodeFound) -> View:
    return replace(view, door=Door.OPEN, why="")


def _node_lost(view: View, event: NodeLost) -> View:
    return replace(view, door=Door.LOST if view.status else Door.KNOCKING, why=event.why)


def _status_read(view: View, event: StatusRead) -> View:
    return replace(view, status=event.status, status_at=view.now, battery=event.battery)


def _people_read(view: View, event: PeopleRead) -> View:
    people = [_known(person, view.now) for person in event.people if person.level != "self"]
    return replace(view, people=_ordered(people, view.now))


def _person_heard(view: View, event: PersonHeard) -> View:
    if event.person.level == "self" or view.people is None:
        return view
    others = [known for known in view.people if known.person.key != event.person.key]
    return replace(view, people=_ordered([*others, _known(event.person, view.now)], view.now))


def _known(person: Person, now: int) -> Known:
    return Known(person, None if person.heard_s is None else now - person.heard_s * 1000)


def _ordered(people: list[Known], now: int) -> tuple[Known, ...]:
    def rank(known: Known) -> tuple[bool, int, bool, str, str]:
        one, is_near = known.person, known.near(now)
        hops = one.hops if is_near and one.hops is not None else 99
        # Not by the second when he was heard: rows that jump cannot be chosen.
        return (not is_near, hops, known.heard is None, one.name.casefold() or "\U0010ffff", one.key)

    return tuple(sorted(people, key=rank))


def _radio_changed(view: View, event: RadioChanged) -> View:
    if view.status is None:
        return view
    return replace(view, status=replace(view.status, radio=event.radio), status_at=view.now)


def _chats_read(view: View, event: ChatsRead) -> View:
    chats = tuple(replace(chat, unread=0) if _is_open(view, chat_of(chat)) else chat for chat in event.chats)
    return replace(view, chats=chats)


def _is_open(view: View, chat: str) -> bool:
    return view.place is Place.TALK and view.talk is not None and view.talk.chat == chat


def _page_read(view: View, event: PageRead) -> View:
    talk = view.talk
    if talk is None or talk.chat != event.chat:
        return view
    held = () if event.newest else talk.messages
    first = held[0].id if held else None
    page = tuple(one for one in event.messages if first is None or one.id < first)
    talk = replace(talk, messages=page + held, read=True, complete=event.complete)
    if event.newest and talk.waiting:
        others = [one.id for one in page if not one.own][-talk.waiting :]
        talk = replace(talk, waiting=0, new_from=others[0] if others else 0)
    return replace(view, talk=talk)


def _message_kept(view: View, event: MessageKept) -> View:
    message = event.message
    chat = chat_of(message)
    talk = view.talk
    if talk is not None and talk.chat == chat and talk.read:
        view = replace(view, talk=_with(talk, message))
    if view.chats is None:
        return view
    old = next((one for one in view.chats if chat_of(one) == chat), None)
    if old is not None and old.last is not None and old.last.id >= message.id:
        return view
    seen = message.own or _is_open(view, chat)
    entry = Chat(
        board=message.board,
        peer=message.peer,
        name=message.peer_name,
        mark=old.mark if old else (message.mark if message.peer and not message.own else ""),
        unread=(old.unread if old else 0) + (0 if seen else 1),
        last=message,
    )
    return replace(view, chats=(entry, *(one for one in view.chats if one is not old)))


def _with(talk: Talk, message: Message) -> Talk:
    messages = talk.messages
    if messages and messages[-1].id >= message.id:
        return talk  # told twice: by the answer and by the event
    complete = talk.complete
    if len(messages) >= MESSAGES_MAX:
        messages, complete = messages[-MESSAGES_MAX // 2 :], False
    return replace(talk, messages=(*messages, message), complete=complete)


def _message_state(view: View, event: MessageState) -> View:
    talk = view.talk
    if talk is not None:
        place = next(
            (at for at in range(len(talk.messages) - 1, -1, -1) if talk.messages[at].id == event.id), None
        )
        if place is not None:
            changed = replace(talk.messages[place], state=event.state)
            messages = (*talk.messages[:place], changed, *talk.messages[place + 1 :])
            view = replace(view, talk=replace(talk, messages=messages))
    if view.chats is None:
        return view
    for at, chat in enumerate(view.chats):
        if chat.last is not None and chat.last.id == event.id:
            changed_chat = replace(chat, last=replace(chat.last, state=event.state))
            return replace(view, chats=(*view.chats[:at], changed_chat, *view.chats[at + 1 :]))
    return view


def _went(view: View, event: Went) -> View:
    if event.place is view.place:
        return view
    before = view.before if view.place in {Place.TALK, Place.HELP} else view.place
    return replace(view, place=event.place, before=before, question=None)


def _opened(view: View, event: Opened) -> View:
    before = view.before if view.place in {Place.TALK, Place.HELP} else view.place
    view = replace(view, place=Place.TALK, before=before, question=None)
    chats = view.chats or ()
    entry = next((chat for chat in chats if chat_of(chat) == event.chat), None)
    waiting = entry.unread if entry else 0
    if view.talk is None or view.talk.chat != event.chat:
        view = replace(view, talk=Talk(event.chat))
    talk = replace(view.talk or Talk(event.chat), waiting=waiting, new_from=0)
    cleared = tuple(replace(chat, unread=0) if chat is entry else chat for chat in chats)
    chosen = event.chat if entry else view.chosen_chat
    return replace(view, talk=talk, chats=cleared if view.chats is not None else None, chosen_chat=chosen)


def _moved(view: View, event: Moved) -> View:
    if view.place is Place.CHATS:
        chats = [chat_of(chat) for chat in view.chats or ()]
        return replace(view, chosen_chat=_shifted(chats, view.chosen_chat, event.by))
    if view.place is Place.PEOPLE:
        keys = [known.person.key for known in view.people or ()]
        return replace(view, chosen_person=_shifted(keys, view.chosen_person, event.by))
    return view


def _shifted(items: list[str], chosen: str, by: int) -> str:
    if not items:
        return chosen
    at = items.index(chosen) if chosen in items else 0
    return items[min(max(at + by, 0), len(items) - 1)]


def _drafted(view: View, event: Drafted) -> View:
    if view.drafts.get(event.chat, "") == event.text:
        return view
    return replace(view, drafts={**view.drafts, event.chat: event.text})


def _sending(view: View, event: Sending) -> View:
    drafts = {**view.drafts, event.chat: ""}
    return replace(view, pending=(*view.pending, (event.chat, event.text)), drafts=drafts)


def _saved(view: View, event: Saved) -> View:
    view = _message_kept(_taken_back(view, event), MessageKept(event.message))
    return replace(view, flash=event.message.note or view.flash)


def _not_saved(view: View, event: NotSaved) -> View:
    begun = view.drafts.get(event.chat, "")
    text = f"{event.text} {begun}" if begun else event.text
    return replace(_taken_back(view, event), drafts={**view.drafts, event.chat: text}, flash=event.why)


def _taken_back(view: View, event: Saved | NotSaved) -> View:
    pending = list(view.pending)
    if (event.chat, event.text) in pending:
        pending.remove((event.chat, event.text))
    return replace(view, pending=tuple(pending))


_REDUCERS: dict[type, Callable[[View, Any], View]] = {
    NodeFound: _node_found,
    NodeLost: _node_lost,
    StatusRead: _status_read,
    PeopleRead: _people_read,
    ChatsRead: _chats_read,
    PageRead: _page_read,
    PersonHeard: _person_heard,
    RadioChanged: _radio_changed,
    MessageKept: _message_kept,
    MessageState: _message_state,
    Went: _went,
    Opened: _opened,
    Moved: _moved,
    Drafted: _drafted,
    Sending: _sending,
    Saved: _saved,
    NotSaved: _not_saved,
    Told: lambda view, event: replace(view, flash=event.sentence),
    Asked: lambda view, event: replace(view, question=event.question),
}
