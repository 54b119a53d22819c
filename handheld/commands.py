"""Everything that travels down: what a screen or a script asks of the node, as frozen dataclasses."""

from typing import Annotated

from handheld.console import RadioLog as RadioLog
from handheld.console import RadioService as RadioService
from handheld.console import RadioTest as RadioTest
from handheld.console import RadioType as RadioType
from handheld.values import NUMBER_MAX as NUMBER_MAX
from handheld.values import Between as Between
from handheld.values import dataclass

READ_LIMIT = 200
"""Messages in one page of Read at the most."""

POST_BYTES = 512
"""Bytes of text in a post at the most, in UTF-8: what up to four frames on the air have room for."""

POST_HOURS = 168
"""The longest life of a post: 7 days of powered time."""

LETTER_BYTES = 167
"""Bytes of text in a private message at the most."""


RECORDS_AT_ONCE = 64
"""Records in one TakeRecords."""

ROOM_BYTES = 140
"""Bytes of text in a post in a room at the most."""


FILE_BYTES = 1 << 20
"""Bytes of a file at the most, whatever the settings say."""

FILE_PART = 32_768
"""Bytes of a file in one answer."""


@dataclass(frozen=True, slots=True)
class Status:
    """Is it working? Answered by NodeStatus."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody whose profile is held, neighbours first. Answered by a list of Person."""


@dataclass(frozen=True, slots=True)
class Radio:
    """The radio and its counters. Answered by RadioInfo."""


@dataclass(frozen=True, slots=True)
class RadioSet:
    """Change what the radio keeps: `what` is region, channel, preset, power (dBm) or listen.

    Answered by RadioInfo. A change starts the radio anew; it is back within seconds.
    """

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Post:
    """Write `text` on a public board. Answered by the Message once it is saved, before it is on the air.

    `kind`: note, need, offer or event; all but a note go after `hours`, 0 for the most.
    """

    board: str
    text: str
    kind: str = "note"
    hours: Annotated[int, Between(0, POST_HOURS)] = 0


@dataclass(frozen=True, slots=True)
class Delete:
    """Take back the own post of this id. Answered by nothing once the tombstone is saved.

    Copies may remain with those who have read it, or who never hear of it.
    """

    id: Annotated[int, Between(0, NUMBER_MAX)]


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for the own message of this id, of which nothing has left. Answered by the Message.

    In private and in a room it keeps its id; a post on a board is taken back, and written anew with its kind.
    """

    id: Annotated[int, Between(0, NUMBER_MAX)]
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """Messages that hold all these words, in any case; the newest last. Answered by a list of Message.

    `board`: of one board only. `who`: by one person only, or written with him, as in Send.
    """

    words: str
    board: str = ""
    who: str = ""
    limit: Annotated[int, Between(1, READ_LIMIT)] = 50


@dataclass(frozen=True, slots=True)
class Boards:
    """Every board that is followed. Answered by a list of Board."""


@dataclass(frozen=True, slots=True)
class CallHelp:
    """Send an alert to everybody, repeated until somebody saw it. Answered by the Message once it is saved.

    `place`: latitude and longitude in degrees; "" asks the program of the setting "place", if there is one;
    "none" tells none. `hours`: after which it goes; 0: a day.
    """

    text: str
    place: str = ""
    hours: Annotated[int, Between(0, POST_HOURS)] = 0


@dataclass(frozen=True, slots=True)
class SawAlert:
    """Tell whoever sent the alert of this id that we saw it. Answered by the Message once it is saved."""

    id: Annotated[int, Between(0, NUMBER_MAX)]
    text: str = ""


@dataclass(frozen=True, slots=True)
class DismissAlert:
    """Put away the alert of this id: it stands on top no more, and nobody is told. Answered by nothing."""

    id: Annotated[int, Between(0, NUMBER_MAX)]


@dataclass(frozen=True, slots=True)
class AlertOver:
    """The own alert is over. Answered by the Message once it is saved."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Alerts:
    """All alerts that live, own ones first. Answered by a list of Alert."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write `text` to one person, sealed. Answered by the Message once it is saved.

    `who`: a petname, the two check words, or at least four hex digits of the key; never a name that somebody
    gave himself.
    """

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """Write `text` in a room, for its members alone. Answered by the Message once it is saved.

    `room`: the name that the owner gave it. It has no "#": what is meant for a room never goes on a board.
    """

    room: str
    text: str


@dataclass(frozen=True, slots=True)
class Rooms:
    """Every room, and every invitation to one. Answered by a list of Room."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """Make a room with a key of its own; `words`: of so many generated words (0: of chance alone).

    Answered by the RoomCard.
    """

    name: str
    words: Annotated[int, Between(0, 24)] = 0


@dataclass(frozen=True, slots=True)
class JoinRoom:
    """Come into a room and call it `name`: by its card or its words, or ("") by an invitation of that name.

    Answered by the RoomCard.
    """

    name: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """Write the room's key to one person, sealed; `who` as in Send. Answered by the Room."""

    room: str
    who: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take somebody out: everybody else known to be in the room gets a new key. Answered by the Room."""

    room: str
    who: str


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Leave, give those who stay a new key, and forget the room with all that was written there.

    An invitation is declined by it. Answered by nothing.
    """

    room: str


@dataclass(frozen=True, slots=True)
class ShowRoomCard:
    """The room's key to be shown to somebody who is beside one. Answered by the RoomCard."""

    room: str


@dataclass(frozen=True, slots=True)
class Share:
    """Share the file at `path`, absolute: on a board, in a room, or with one person (`who` as in Send).

    Answered by the FileInfo once it is saved. Refused where it is too large, or takes slow air long without
    `yes`, which lets it take any air from now on.
    """

    path: str
    board: str = ""
    room: str = ""
    who: str = ""
    yes: bool = False


@dataclass(frozen=True, slots=True)
class AskCost:
    """What sharing the file at `path`, absolute, would take. Answered by the FileCost."""

    path: str


@dataclass(frozen=True, slots=True)
class Files:
    """Every file that is known, the newest last. Answered by a list of FileInfo."""


@dataclass(frozen=True, slots=True)
class GetFile:
    """Ask for a file until it is whole, or go on after a pause. Answered by the FileInfo.

    `id`: at least four of its digits. `look`: say what its first bytes look like, once it is whole.
    `yes`: over slow air that it takes long, too, from now on; without, it waits there.
    """

    id: str
    look: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True)
class PauseFile:
    """Neither ask for a file nor send it. Answered by the FileInfo. GetFile goes on."""

    id: str


@dataclass(frozen=True, slots=True)
class PinFile:
    """Never drop a file for space or age, or do so again. Answered by the FileInfo."""

    id: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class WhoHas:
    """Ask those near who has a file. Answered by the FileInfo at once; what they say comes as FileChanged."""

    id: str


@dataclass(frozen=True, slots=True)
class ForgetFile:
    """Take away what is here of a file, told as FileChanged. If that is nothing: its name. Answered by None.

    While its name is known, GetFile fetches it again from whoever has it.
    """

    id: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Up to FILE_PART bytes of a whole file from `offset`. Answered by the FilePart."""

    id: str
    offset: Annotated[int, Between(0, FILE_BYTES)] = 0


@dataclass(frozen=True, slots=True)
class Name:
    """Call the person whose key begins with `who` by the own name `petname`; "" takes it away.

    Answered by the Person.
    """

    who: str
    petname: str


@dataclass(frozen=True, slots=True)
class Meet:
    """Meet `people` people, oneself included, under a number of two digits. Answered by the Meeting."""

    number: int
    people: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Whether all screens show the same words: everybody there is met then. Answered by the Meeting.

    `same` false ends a meeting at any time.
    """

    same: bool


@dataclass(frozen=True, slots=True)
class ShowMeeting:
    """The meeting as it stands. Answered by the Meeting."""


@dataclass(frozen=True, slots=True)
class ShowCard:
    """The own card. Answered by the Card."""


@dataclass(frozen=True, slots=True)
class TakeCard:
    """Meet the holder of a card: its text, or the twelve words of somebody who was heard.

    Answered by the Person.
    """

    card: str


@dataclass(frozen=True, slots=True)
class Unmeet:
    """The person meant by `who`, as in Send, was not met after all. Answered by the Person."""

    who: str


@dataclass(frozen=True, slots=True)
class Introduce:
    """Tell the person `to` who `who` is, both as in Send: his key, and the owner's own name for him.

    Answered by the Message.
    """

    who: str
    to: str


@dataclass(frozen=True, slots=True)
class Records:
    """What may be carried on a stick, page by page. Answered by RecordPage.

    `after`: what the page before said; "" for the first.
    """

    after: str = ""


@dataclass(frozen=True, slots=True)
class TakeRecords:
    """Take in records that came on a stick, at most RECORDS_AT_ONCE, each as RecordPage has them.

    Answered by RecordsTaken once they are saved.
    """

    records: list[str]


@dataclass(frozen=True, slots=True)
class Relate:
    """Be related to the person meant by `who`, as in Send, or (`on` false) no more. Answered by the Person.

    `relation`: followed, muted, blocked, or obeyed: whom he publishes as blocked is blocked here, too.
    """

    who: str
    relation: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class FollowBoard:
    """Follow a public board, or (`on` false) hide it and carry its posts for others. Answered by nothing."""

    board: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish whom the owner `follows` or `blocks`, as it is now; `on` false takes it back.

    Without `on` nothing is done. Answered by the PublishedList.
    """

    list: str
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Prekeys:
    """The prekeys, which others seal private messages to; `renew`: make a new one first.

    Answered by Keys.
    """

    renew: bool = False


@dataclass(frozen=True, slots=True)
class FindPerson:
    """The one person meant by `who`, as in Send. Answered by the Person."""

    who: str


@dataclass(frozen=True, slots=True)
class Read:
    """The newest messages, oldest first. Answered by a list of Message.

    `board`: one board's only. `who`: the private ones with one person only, as in Send. `room`: those of
    one room only. All three empty: all. `before`: only those with a smaller id, for paging back; 0: from
    the newest.
    """

    board: str = ""
    who: str = ""
    limit: Annotated[int, Between(1, READ_LIMIT)] = 50
    before: Annotated[int, Between(0, NUMBER_MAX)] = 0
    room: str = ""


@dataclass(frozen=True, slots=True)
class Chats:
    """Every board, room and person written with, the one with the newest message first.

    Answered by a list of Chat.
    """


@dataclass(frozen=True, slots=True)
class Seen:
    """Messages of this board or room, or with this person (as in Send), were read up to this id.

    Answered by nothing. Kept: after a restart they are still read.
    """

    id: Annotated[int, Between(0, NUMBER_MAX)]
    board: str = ""
    who: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Open the keys of a node that waits for them. Answered by nothing; Locked if it is another key.

    `key`: 64 hex digits that `Lock.key` of handheld/crypto/keyring.py made of the passphrase. `stay`: the
    node goes on when its last client has left, be it a child.
    """

    key: str
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Older:
    """Ask those who are near for posts older than what is held. Answered by nothing; they come by and by."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Drop the keys; what follows waits for Unlock. Answered by nothing; Refused without a passphrase."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Destroy the keys, then all that is stored, and end. Answered by nothing when the keys are gone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the owner chose. Answered by a list of Setting."""


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Change the setting `name`, in the file and where that can be at once. Answered by the Setting.

    `value`: as Setting has it. Where the node has to open anew for it, the connection ends.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Send events from now on, until the connection ends. Answered by nothing.

    `radio`: also each frame of the air and each line of the radio, as RadioEntry; `cable`: those of the
    cable, too. Asking again changes it.
    """

    radio: bool = False
    cable: bool = False


Command = (
    Status
    | People
    | Radio
    | RadioSet
    | RadioLog
    | RadioType
    | RadioTest
    | RadioService
    | Post
    | Delete
    | Edit
    | Search
    | Boards
    | CallHelp
    | SawAlert
    | DismissAlert
    | AlertOver
    | Alerts
    | Send
    | Say
    | Rooms
    | NewRoom
    | JoinRoom
    | Invite
    | Remove
    | LeaveRoom
    | ShowRoomCard
    | Share
    | AskCost
    | Files
    | GetFile
    | PauseFile
    | PinFile
    | WhoHas
    | ForgetFile
    | ReadFile
    | Name
    | Meet
    | Compare
    | ShowMeeting
    | ShowCard
    | TakeCard
    | Unmeet
    | Introduce
    | Records
    | TakeRecords
    | Relate
    | FollowBoard
    | Publish
    | Prekeys
    | FindPerson
    | Read
    | Chats
    | Seen
    | Unlock
    | Older
    | Lock
    | Wipe
    | Settings
    | ChangeSetting
    | Watch
)
NOTICE_COMMANDS = (Boards, Search, Older, Delete, Edit, CallHelp, SawAlert, DismissAlert, AlertOver, Alerts)
"""All about boards and alerts."""

FILE_COMMANDS = (Share, AskCost, Files, GetFile, PauseFile, PinFile, WhoHas, ForgetFile, ReadFile)
"""Those about files."""

COMMANDS: dict[str, type[Command]] = {
    "status": Status,
    "people": People,
    "radio": Radio,
    "radio_set": RadioSet,
    "radio_log": RadioLog,
    "radio_type": RadioType,
    "radio_test": RadioTest,
    "radio_service": RadioService,
    "post": Post,
    "delete": Delete,
    "edit": Edit,
    "search": Search,
    "boards": Boards,
    "alert": CallHelp,
    "alert_seen": SawAlert,
    "alert_dismiss": DismissAlert,
    "alert_over": AlertOver,
    "alerts": Alerts,
    "send": Send,
    "say": Say,
    "rooms": Rooms,
    "room_new": NewRoom,
    "room_join": JoinRoom,
    "room_invite": Invite,
    "room_remove": Remove,
    "room_leave": LeaveRoom,
    "room_card": ShowRoomCard,
    "share": Share,
    "file_cost": AskCost,
    "files": Files,
    "file_get": GetFile,
    "file_pause": PauseFile,
    "file_pin": PinFile,
    "file_who": WhoHas,
    "file_forget": ForgetFile,
    "file_read": ReadFile,
    "name": Name,
    "meet": Meet,
    "compare": Compare,
    "meeting": ShowMeeting,
    "card": ShowCard,
    "take_card": TakeCard,
    "unmeet": Unmeet,
    "introduce": Introduce,
    "records": Records,
    "take_records": TakeRecords,
    "relate": Relate,
    "board_follow": FollowBoard,
    "publish": Publish,
    "keys": Prekeys,
    "person": FindPerson,
    "read": Read,
    "chats": Chats,
    "seen": Seen,
    "unlock": Unlock,
    "older": Older,
    "lock": Lock,
    "wipe": Wipe,
    "settings": Settings,
    "set": ChangeSetting,
    "watch": Watch,
}
"""Commands by the name they carry on the socket."""
