"""How each thing that happens changes the view. Pure: a view and what happened make a view.

`reduce` takes the node's events; everything else that happens is a function of its own. A class for each
would cost a slow board a fifth of a second at the start.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handheld.events import (
    Alert,
    AlertChanged,
    Card,
    Chat,
    Event,
    FileChanged,
    FileForgotten,
    Meeting,
    MeetingChanged,
    Message,
    MessageChanged,
    MessageKept,
    MessageState,
    NodeStatus,
    Person,
    PersonHeard,
    RadioChanged,
    RadioEntry,
)
from tui import files, radio
from tui.state import ASIDE, KINDS, Door, Known, Place, Question, Talk, View, chat_of, person, remembered

MESSAGES_MAX = 10_000
"""Messages of the open conversation in memory; beyond, the older half goes and is paged in again."""

ALERTS_MAX = 64
"""Alerts that are shown."""


def node_found(view: View) -> View:
    """The node answers."""
    return replace(view, door=Door.OPEN, why="")


def node_lost(view: View, why: str) -> View:
    """The node has gone, or does not come; the sentence says more."""
    return replace(view, door=Door.LOST if view.status else Door.KNOCKING, why=why)


def status_read(view: View, status: NodeStatus, battery: str = "") -> View:
    """The answer to "is it working?", and the battery in words where one is known."""
    return replace(view, status=status, status_at=view.now, battery=battery)


def people_read(view: View, people: list[Person]) -> View:
    """Everybody."""
    others = [_known(person, view.now) for person in people if person.level != "self"]
    return replace(view, people=_ordered(others, view.now))


def _person_heard(view: View, event: PersonHeard) -> View:
    if event.person.level == "self" or view.people is None:
        return view
    one = event.person
    before = person(view, one.key)
    others = [known for known in view.people if known.person.key != one.key]
    view = replace(view, people=_ordered([*others, _known(one, view.now)], view.now))
    if before is None or _signature(before) != _signature(one) or before.muted != one.muted:
        view = _signed_anew(view, one)
    return _hidden(view, one.key) if one.blocked else _renamed(view, one)


def _hidden(view: View, key: str) -> View:
    """Nothing of somebody blocked is shown."""
    talk = view.talk
    if talk is not None:
        shown = tuple(one for one in talk.messages if key not in {one.author, one.peer})
        view = replace(view, talk=replace(talk, messages=shown))
    if view.chats is None:
        return view
    return replace(view, chats=tuple(chat for chat in view.chats if chat.peer != key))


def _signature(one: Person | Chat) -> tuple[str, bool, str, str]:
    return one.name, one.named, one.beside, one.mark


def _signed_anew(view: View, one: Person) -> View:
    """Above what he wrote stands what he is called now: never a name of his own as if it were ours."""
    talk = view.talk
    if talk is None:
        return view
    signed = (
        replace(message, name=one.name, named=one.named, beside=one.beside, mark=one.mark, muted=one.muted)
        if message.author == one.key
        else message
        for message in talk.messages
    )
    return replace(view, talk=replace(talk, messages=tuple(signed)))


def _renamed(view: View, one: Person) -> View:
    """His conversation is called as he is called."""
    old = next((chat for chat in view.chats or () if chat.peer == one.key), None)
    if old is None or _signature(old) == _signature(one):
        return view
    new = replace(old, name=one.name, mark=one.mark, named=one.named, beside=one.beside)
    return replace(view, chats=tuple(new if chat is old else chat for chat in view.chats or ()))


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


def chats_read(view: View, chats: list[Chat]) -> View:
    """All conversations, the newest first."""
    seen = (replace(chat, unread=0) if _is_open(view, chat_of(chat)) else chat for chat in chats)
    return replace(view, chats=tuple(seen))


def _is_open(view: View, chat: str) -> bool:
    return view.place is Place.TALK and view.talk is not None and view.talk.chat == chat


def page_read(view: View, chat: str, messages: list[Message], *, newest: bool, complete: bool) -> View:
    """Messages of a conversation: before those that are there, or (`newest`) instead of them."""
    talk = view.talk
    if talk is None or talk.chat != chat:
        return view
    held = () if newest else talk.messages
    first = held[0].id if held else None
    page = tuple(one for one in messages if first is None or one.id < first)
    talk = replace(talk, messages=page + held, read=True, complete=complete)
    if newest and talk.waiting:
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
    seen = message.own or message.muted or _is_open(view, chat)
    known = person(view, message.peer)
    entry = Chat(
        board=message.board,
        peer=message.peer,
        name=message.peer_name,
        mark=known.mark if known else old.mark if old else _mark(message),
        unread=(old.unread if old else 0) + (0 if seen else 1),
        last=message,
        named=known.named if known else message.peer_named,
        beside=known.beside if known else "",
        room=message.room,
    )
    return replace(view, chats=(entry, *(one for one in view.chats if one is not old)))


def _mark(message: Message) -> str:
    return "" if message.own or not message.peer else message.mark


def _with(talk: Talk, message: Message) -> Talk:
    messages = talk.messages
    if messages and messages[-1].id >= message.id:
        return talk  # told twice: by the answer and by the event
    complete = talk.complete
    if len(messages) >= MESSAGES_MAX:
        messages, complete = messages[-MESSAGES_MAX // 2 :], False
    # Few have any: the rest is not to be asked one by one for each message that comes.
    if any(one.missing for one in messages):
        messages = tuple(_filled(one, message) for one in messages)
    return replace(talk, messages=(*messages, message), complete=complete)


def _filled(message: Message, came: Message) -> Message:
    """A message before which some were missing, now that one of them came: what is left lies behind that."""
    if message.author != came.author or len(message.missing) != 2:
        return message
    first, last = message.missing
    if not first <= came.seq <= last:
        return message
    return replace(message, missing=[came.seq + 1, last] if came.seq < last else [])


def _message_state(view: View, event: MessageState) -> View:
    return _turned(view, event.id, lambda one: replace(one, state=event.state, carriers=event.carriers))


def _turned(view: View, number: int, turn: Callable[[Message], Message]) -> View:
    messages = view.talk.messages if view.talk else ()
    place = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].id == number), None)
    if view.talk is not None and place is not None:
        messages = (*messages[:place], turn(messages[place]), *messages[place + 1 :])
        view = replace(view, talk=replace(view.talk, messages=messages))
    chats = list(view.chats or ())
    for at, chat in enumerate(chats):
        if chat.last is not None and chat.last.id == number:
            chats[at] = replace(chat, last=turn(chat.last))
            return replace(view, chats=tuple(chats))
    return view


def went(view: View, place: Place) -> View:
    """To another place."""
    if place is view.place:
        return view
    before = view.before if view.place in ASIDE else view.place
    if view.place not in ASIDE and place not in ASIDE:
        # A list that is entered anew begins at its top; one comes back to where one was.
        view = replace(view, chosen_chat="", chosen_person="")
    return pinned(replace(remembered(view, place), place=place, before=before, question=None))


def pinned(view: View) -> View:
    """The first row of a list is chosen by its name: what arrives must not move another under the finger."""
    chats, people = view.chats or (), view.people or ()
    if view.place is Place.CHATS and not view.chosen_chat and chats:
        return replace(view, chosen_chat=chat_of(chats[0]))
    if view.place is Place.PEOPLE and not view.chosen_person and people:
        return replace(view, chosen_person=people[0].person.key)
    if view.place is Place.FILES and not view.chosen_file and view.files:
        return replace(view, chosen_file=view.files[0].id)
    return view


def opened(view: View, chat: str) -> View:
    """A conversation."""
    before = view.before if view.place in ASIDE else view.place
    view = replace(view, place=Place.TALK, before=before, left="", question=None)
    chats = view.chats or ()
    entry = next((one for one in chats if chat_of(one) == chat), None)
    waiting = entry.unread if entry else 0
    if view.talk is None or view.talk.chat != chat:
        view = replace(view, talk=Talk(chat))
    talk = replace(view.talk or Talk(chat), waiting=waiting, new_from=0)
    cleared = tuple(replace(one, unread=0) if one is entry else one for one in chats)
    chosen = chat if entry else view.chosen_chat
    return replace(view, talk=talk, chats=cleared if view.chats is not None else None, chosen_chat=chosen)


def moved(view: View, by: int) -> View:
    """Down a list by so many, or up."""
    if view.place is Place.CHATS:
        chats = [chat_of(chat) for chat in view.chats or ()]
        return replace(view, chosen_chat=_shifted(chats, view.chosen_chat, by))
    if view.place is Place.PEOPLE:
        keys = [known.person.key for known in view.people or ()]
        return replace(view, chosen_person=_shifted(keys, view.chosen_person, by))
    if view.place is Place.SETTINGS:
        names = [one.name for one in view.settings or ()]
        return replace(view, chosen_setting=_shifted(names, view.chosen_setting, by))
    if view.place is Place.FILES:
        ids = [one.id for one in view.files or ()]
        return replace(view, chosen_file=_shifted(ids, view.chosen_file, by))
    return view


def _shifted(items: list[str], chosen: str, by: int) -> str:
    if not items:
        return chosen
    at = items.index(chosen) if chosen in items else 0
    return items[min(max(at + by, 0), len(items) - 1)]


def drafted(view: View, chat: str, text: str) -> View:
    """A text that was begun and not sent."""
    if view.drafts.get(chat, "") == text:
        return view
    return replace(view, drafts={**view.drafts, chat: text})


def sending(view: View, chat: str, text: str) -> View:
    """A text was given to the node."""
    drafts = {**view.drafts, chat: ""}
    return replace(view, pending=(*view.pending, (chat, text)), drafts=drafts, writing=KINDS[0])


def saved(view: View, chat: str, text: str, message: Message) -> View:
    """The node has saved it."""
    view = _message_kept(_taken_back(view, chat, text), MessageKept(message))
    return replace(view, flash=message.note or view.flash)


def not_saved(view: View, chat: str, text: str, why: str) -> View:
    """The node did not take it: the text is a draft again."""
    begun = view.drafts.get(chat, "")
    whole = f"{text} {begun}" if begun else text
    return replace(_taken_back(view, chat, text), drafts={**view.drafts, chat: whole}, flash=why)


def _taken_back(view: View, chat: str, text: str) -> View:
    pending = list(view.pending)
    if (chat, text) in pending:
        pending.remove((chat, text))
    return replace(view, pending=tuple(pending))


def meeting_read(view: View, meeting: Meeting) -> View:
    """How a meeting stands. Those who are met by it are to be given names."""
    is_new = meeting.state == "met" and (view.meeting is None or view.meeting.state != "met")
    unnamed = tuple(one for one in meeting.others if not one.petname) if is_new else view.unnamed
    return replace(view, meeting=meeting, unnamed=unnamed)


def named(view: View) -> View:
    """The first of those who were met is asked for."""
    return replace(view, unnamed=view.unnamed[1:])


def _meeting_changed(view: View, event: MeetingChanged) -> View:
    return meeting_read(view, event.meeting)


def card_read(view: View, card: Card) -> View:
    """The own card."""
    return went(replace(view, card=card), Place.CARD)


def alerts_read(view: View, alerts: list[Alert]) -> View:
    """All alerts that live."""
    return replace(view, alerts=tuple(alerts))


def _alert_changed(view: View, event: AlertChanged) -> View:
    """As the node orders and bounds them: who counts most first, then the newest."""
    number = event.alert.message.id
    found = [one for one in view.alerts if one.message.id != number]
    if not event.alert.gone:
        found.append(event.alert)
    found.sort(key=lambda one: (one.rank, -one.message.id))
    return replace(view, alerts=tuple(found[:ALERTS_MAX]))


def search_done(view: View, words: str, found: list[Message]) -> View:
    """What has these words."""
    return replace(view, looked_for=words, found=tuple(found))


def kind_chosen(view: View) -> View:
    """The next kind of post is written."""
    return replace(view, writing=KINDS[(KINDS.index(view.writing) + 1) % len(KINDS)])


def told(view: View, sentence: str) -> View:
    """A sentence for the lowest line, until the next key; "" takes it away."""
    return replace(view, flash=sentence)


def asked(view: View, question: Question | None) -> View:
    """A question is put, or answered (None)."""
    return replace(view, question=question)


_REDUCERS: dict[type, Callable[[View, Any], View]] = {
    PersonHeard: _person_heard,
    RadioChanged: _radio_changed,
    RadioEntry: radio.happened,
    MeetingChanged: _meeting_changed,
    FileChanged: files.changed_event,
    FileForgotten: files.forgotten,
    MessageKept: _message_kept,
    MessageChanged: lambda view, event: _turned(view, event.message.id, lambda _: event.message),
    MessageState: _message_state,
    AlertChanged: _alert_changed,
}


def reduce(view: View, event: Event) -> View:
    """The view after an event of the node; what the screen does not show changes nothing."""
    reducer = _REDUCERS.get(type(event))
    return view if reducer is None else reducer(view, event)
