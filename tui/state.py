"""What the screen shows, as one frozen value, and what can be read off it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from handheld.config import Config
from handheld.events import (
    Alert,
    Card,
    Chat,
    FileInfo,
    Meeting,
    Message,
    NodeStatus,
    Person,
    RadioEntry,
    Setting,
)
from tui.glyphs import TIERS, Glyphs

if TYPE_CHECKING:
    from tui.picture import Picture

NEIGHBOUR_MS = 15 * 60 * 1000
"""Somebody heard within this time is near, as the node has it."""


DEFAULTS = Config()

KINDS = ("note", "need", "offer", "event")
"""What a post on a board can be."""


class Place(StrEnum):
    """Where one is."""

    HOME = "home"
    CHATS = "chats"
    PEOPLE = "people"
    TALK = "talk"
    MEET = "meet"
    CARD = "card"
    ALERTS = "alerts"
    FOUND = "found"
    FILES = "files"
    FILE = "file"
    RADIO = "radio"
    LIBRARY = "library"
    SETTINGS = "settings"
    WELCOME = "welcome"
    HELP = "help"
    COMMANDS = "commands"
    SAID = "said"


ASIDE = frozenset(set(Place) - {Place.HOME, Place.CHATS, Place.PEOPLE})
"""Places that one goes back from to where one was."""


class Door(StrEnum):
    """How it stands with the node."""

    KNOCKING = "knocking"
    OPEN = "open"
    LOST = "lost"


class Known(NamedTuple):
    """Somebody, and when he was heard by the clock of the screen, in ms."""

    person: Person
    heard: int | None

    def near(self, now: int) -> bool:
        """Whether he is a neighbour now."""
        return self.person.neighbour and self.heard is not None and now - self.heard <= NEIGHBOUR_MS


@dataclass(frozen=True, slots=True)
class Talk:
    """The open conversation, its messages in the order of their ids.

    `read`: the newest page is there; `complete`: the oldest one too. `new_from`: id of the first message
    that was not read when it was opened, 0 if none; `waiting`: how many those are, until that is known.
    """

    chat: str
    messages: tuple[Message, ...] = ()
    complete: bool = False
    read: bool = False
    waiting: int = 0
    new_from: int = 0


class Question(NamedTuple):
    """Something that is asked on the lowest lines: `quit`, or something to be typed, `about` somebody."""

    kind: str
    label: str
    about: str = ""


class Preview(NamedTuple):
    """What is in a file: a text, or a picture."""

    id: str
    content: "str | Picture"


class Said(NamedTuple):
    """A command line that was typed, what it printed, and its exit code when that was all.

    `back`: where it was typed.
    """

    line: str
    lines: tuple[str, ...] = ()
    code: int | None = None
    back: Place = Place.HOME


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is drawn. `now`: milliseconds; `zone_s`: local time is so much ahead of UTC.

    `unnamed`: who was met just now, and is still to be given a name.

    `tier`: what signs the terminal has, a key of TIERS; `colours`: whether it has them.

    `radio`: what it did, while one looks at that; `held`: the page stands still.

    `folder`: where the node keeps its things, if somebody chose that place.

    `config`: what the screen goes by; `settings`: all of them, once somebody has looked.

    `reading`: which text of the library, "" for their list.

    `helping`: where one was when one asked for help; `helped`: words that were looked for in it.

    `left`: the conversation one came from to a page that one goes back from, "" if none.

    `typed`: how far a command is typed in the palette, `calling`: where one was then; `said`: what the last
    one printed.

    `found`: what has the words that were `looked_for`. `writing`: which of KINDS the next post on a board is.
    """

    now: int = 0
    zone_s: int = 0
    folder: str = ""
    tier: str = "ascii"
    colours: bool = True
    place: Place = Place.HOME
    before: Place = Place.HOME
    helping: Place = Place.HOME
    calling: Place = Place.HOME
    left: str = ""
    door: Door = Door.KNOCKING
    why: str = ""
    battery: str = ""
    status: NodeStatus | None = None
    status_at: int = 0
    people: tuple[Known, ...] | None = None
    chats: tuple[Chat, ...] | None = None
    chosen_chat: str = ""
    chosen_person: str = ""
    talk: Talk | None = None
    drafts: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[tuple[str, str], ...] = ()
    meeting: Meeting | None = None
    unnamed: tuple[Person, ...] = ()
    card: Card | None = None
    alerts: tuple[Alert, ...] = ()
    looked_for: str = ""
    found: tuple[Message, ...] = ()
    chosen_found: int = 0
    writing: str = "note"
    files: tuple[FileInfo, ...] | None = None
    chosen_file: str = ""
    preview: Preview | None = None
    radio: tuple[RadioEntry, ...] | None = None
    held: bool = False
    config: Config = DEFAULTS
    settings: tuple[Setting, ...] | None = None
    chosen_setting: str = ""
    chosen_text: str = "range"
    reading: str = ""
    helped: str = ""
    typed: str = ""
    chosen_command: str = ""
    said: Said | None = None
    flash: str = ""
    question: Question | None = None

    @property
    def glyphs(self) -> Glyphs:
        """The signs to draw with: those the owner chose, else those of the terminal."""
        return TIERS.get(self.config.glyphs, TIERS[self.tier])

    @property
    def theme(self) -> str:
        """The looks to draw with: those the owner chose, as far as the terminal has colours."""
        if not self.colours:
            return "mono"
        return "console" if self.config.theme == "plain" and self.tier == "console" else self.config.theme


ROOM = "&"
"""Begins the name of a room, which has neither "#" nor the digits of a key."""


def chat_of(item: Message | Chat) -> str:
    """Which conversation: "#" and the board, ROOM and the room, or the key of the other person."""
    return item.peer or (f"{ROOM}{item.room}" if item.room else f"#{item.board}")


def is_board(chat: str) -> bool:
    """Whether it is public."""
    return chat.startswith("#")


def is_room(chat: str) -> bool:
    """Whether it is a room's."""
    return chat.startswith(ROOM)


def kind_of(chat: str) -> str:
    """public, room or private: who can read it."""
    return "public" if is_board(chat) else "room" if is_room(chat) else "private"


def near(view: View) -> list[Known]:
    """The neighbours, in the order of the people."""
    return [known for known in view.people or () if known.near(view.now) and known.person.level != "self"]


def chat_chosen(view: View) -> Chat | None:
    """The conversation that Enter opens."""
    chats = view.chats or ()
    return next((chat for chat in chats if chat_of(chat) == view.chosen_chat), chats[0] if chats else None)


def person_chosen(view: View) -> Person | None:
    """The person whom Enter writes to."""
    people = view.people or ()
    chosen = (known.person for known in people if known.person.key == view.chosen_person)
    return next(chosen, people[0].person if people else None)


def file_chosen(view: View) -> FileInfo | None:
    """The file that keys are about."""
    files = view.files or ()
    return next((one for one in files if one.id == view.chosen_file), files[0] if files else None)


def person(view: View, key: str) -> Person | None:
    """Somebody by his key."""
    return next((known.person for known in view.people or () if known.person.key == key), None)


def compares(view: View) -> bool:
    """Whether words stand on the screen that have to be answered for."""
    return view.place is Place.MEET and view.meeting is not None and view.meeting.state == "comparing"


def remembered(view: View, to: Place) -> View:
    """What leads back from a place that one goes to. Help does not lead to a palette, or what it printed."""
    asked = view.before if view.place in {Place.COMMANDS, Place.SAID, Place.WELCOME} else view.place
    left = view.talk.chat if view.place is Place.TALK and view.talk is not None else view.left
    return replace(
        view,
        helping=asked if to is Place.HELP else view.helping,
        calling=view.place if to is Place.COMMANDS else view.calling,
        left=left if to in ASIDE else "",
    )


def unread(view: View) -> int:
    """Messages that wait to be read, and rooms that somebody asks us into."""
    return sum(chat.unread + chat.invitation for chat in view.chats or ())


def next_unread(view: View) -> Chat | None:
    """Where the next unread message is: private ones first, then the newest."""
    here = view.talk.chat if view.place is Place.TALK and view.talk else ""
    waiting = [
        chat for chat in view.chats or () if chat.unread and not chat.invitation and chat_of(chat) != here
    ]
    return next((chat for chat in waiting if not chat.board), waiting[0] if waiting else None)
