"""Everything that travels up: what the node tells a screen or a script, as frozen dataclasses.

All text in here is already clean (see `text`). Keys are full public keys in hex. Times: `heard_s` and
`uptime_s` count seconds of powered time; `at` is wall time in seconds since 1970, a label only, None
when it was not known.
"""

from dataclasses import field

from handheld.console import RadioEntry as RadioEntry
from handheld.console import RadioTested as RadioTested
from handheld.values import dataclass

RECEIVED = "received"

RADIO_SEARCHING = "searching"
RADIO_CONNECTING = "connecting"
RADIO_UP = "up"


@dataclass(frozen=True, slots=True)
class RadioInfo:
    """The radio as it is now. `state`: searching, connecting or up.

    `why`: what to do when it is not up, or is up and may not transmit. From `region` on: what it keeps, and
    what the law and its hardware allow with that; `duty_ppm` is the share of an hour that may be spent
    transmitting, in millionths.
    """

    state: str
    why: str = ""
    port: str = ""
    board: str = ""
    kind: str = ""
    channel: int | None = None
    firmware: str = ""
    airtime_us: int | None = None
    last_heard_s: int | None = None
    counters: dict[str, int] = field(default_factory=dict)
    region: str = ""
    preset: str = ""
    power_dbm: int | None = None
    power_max_dbm: int | None = None
    channels: int | None = None
    frequency_hz: int | None = None
    duty_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class LanInfo:
    """The local network, where the settings ask for one.

    `networks` in use, by the name of their interface; `peers`: addresses given by hand that could be looked
    up; `near`: addresses that sent something good in the last 15 minutes. `counters`: datagrams in, out and
    handed on, and frames given to the radio. `dropped` counts by reason. `why`: what is wrong, if none is up.
    """

    networks: list[str]
    peers: list[str]
    near: int
    counters: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose signed profile we hold. `level`: self, met, introduced or unknown.

    `neighbour`: the author of a signed public frame heard in the last 15 minutes; `hops` and `rssi`
    (dBm; None over a local network) are that frame's, `by` is what it came by: "radio" or "lan". `mark` is
    the level as one character: "*" self, "=" met, "~" introduced, "?" unknown. `name` is what to show:
    `petname`, the owner's own name for him, else the name that a contact introduced him by, else his own.
    Unless `named`, it is what he calls himself, which proves nothing. `beside` stands beside it: two
    check words made of the key of somebody unknown, "by" and who introduced him, "not ana!" where the name
    looks like another's; or nothing. `relation` says in words what the owner has to do with him, as
    "followed, muted", or what somebody whose word he takes has, as "bo follows"; and whether he writes on
    two devices.
    """

    key: str
    name: str
    level: str
    mark: str
    neighbour: bool
    hops: int | None
    rssi: int | None
    heard_s: int | None
    petname: str = ""
    named: bool = False
    beside: str = ""
    by: str = ""
    followed: bool = False
    muted: bool = False
    blocked: bool = False
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A post on a board, in a room, or a private message, as it is shown. `id` grows in order of storing.

    One in a room has the room's name as `room`, and no board. A private one has a `peer`, the key of the
    other person, and neither. `state` of an own one: queued, waiting (for its reader's key), aired; in
    vain so far, because nobody was near (unheard) or though somebody was (unanswered); carried (at least
    `carriers` others hold it, 0: how many is not known), delivered, read, failed (given up). Of anybody
    else's: it is received. `note` is a sentence to show with it, or empty. `named` and `beside` are those
    of its author, `peer_named` that of the other person, as in Person. `kind`: "text" for what somebody
    wrote; "need", "offer", "event" and "alert" on boards, "seen" and "over" for answers to an alert; else
    the word for what a device sent ("newer": only a newer pocketmesh knows); `text` says it in a sentence
    then. `muted`: its author is. `missing`: the first and the last number of what this author wrote right
    before it and we lack so far; empty if nothing is. `left_s`: powered seconds until a post is gone from
    all devices, None for what stays. `place` of an alert: latitude and longitude in degrees, or "".
    """

    id: int
    board: str
    author: str
    name: str
    mark: str
    text: str
    seq: int
    lamport: int
    own: bool
    hops: int | None
    rssi: int | None
    at: int | None
    state: str = RECEIVED
    peer: str = ""
    peer_name: str = ""
    note: str = ""
    named: bool = False
    kind: str = "text"
    room: str = ""
    beside: str = ""
    peer_named: bool = False
    carriers: int = 0
    left_s: int | None = None
    place: str = ""
    muted: bool = False
    missing: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Alert:
    """A call for help. `seen_by`: others who said that they saw it; `answered`: we did. `over`: it is.

    `repeats`: it is ours, and said again and again until somebody whom we know saw it. `rank`: how much its
    author counts, 0 ourselves, 1 known, 2 followed, up to 4 for anybody. `dismissed`: we put it away, without
    a word to anybody. `gone`: it is not here any more, and `over` for us.
    """

    message: Message
    seen_by: list[Person] = field(default_factory=list)
    over: bool = False
    answered: bool = False
    repeats: bool = False
    rank: int = 4
    dismissed: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A board. `posts` are held, `unread` of them not read; `kinds`: how many of each kind but notes.

    `next_s`: powered seconds until the first of those goes, None without any. Where it is not `followed` it
    was only heard of.
    """

    name: str
    posts: int = 0
    unread: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    next_s: int | None = None
    followed: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """A board, a room by its name, or what is written with one person.

    `peer` is his key then; the rest is as in Person. An `invitation` is a room that the owner has not
    come into.

    `last`: the newest message, None on a board without any. `unread`: others' messages after the last seen.
    """

    board: str
    peer: str
    name: str
    mark: str
    unread: int
    last: Message | None = None
    named: bool = False
    beside: str = ""
    room: str = ""
    invitation: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A room. `check`: two words that are the same on the screens of all who hold its newest key.

    `members`: the others who are known to be in it. `inviter`: who asks us in, None once we are.
    `may_read`: those who are gone and may have the newest key all the same, until a member makes another.
    """

    name: str
    epoch: int
    check: str
    members: list[Person]
    inviter: Person | None = None
    may_read: list[Person] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoomCard:
    """What lets somebody into a room: its `card` as text and as a QR code (`code`: as in Card).

    `words` if its newest key was made of some, else "".
    """

    name: str
    card: str
    code: list[str]
    words: str
    check: str


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file that was shared here or heard of. `id`: 12 hex digits. Its `name` is what its author claims.

    `state`: "here" when all of it is, "coming" when it is asked for, "paused", "known" when only its manifest
    came, or "full" when the disk has no room for what came, which is tried again. `have` of `symbols` pieces
    are there. `size` as it is, `travels` as it goes over the air, in bytes. `wait_s`: seconds that the rest
    takes at least, None where nothing is to come; `quiet_s`: since when no piece of it came, None where none
    has yet. One of `board`, `room` (by its name) and `peer` (the other
    person's key) says for whom it is. `lacked`: how many pieces somebody near said he lacks, within a minute;
    0 where nobody asks. `has`, `lacks`: who near said that he has all of it, or that he lacks parts.
    `waits`: it is neither asked for nor sent, for it takes this slow air long and the owner has not agreed.
    `look`: text, png, jpeg or other, and of pictures `width` and `height`, as the first bytes claim; "" as
    long as nobody looked.
    """

    id: str
    name: str
    size: int
    travels: int
    state: str
    have: int
    symbols: int
    own: bool
    pinned: bool
    author: Person
    board: str = ""
    room: str = ""
    peer: str = ""
    peer_name: str = ""
    wait_s: int | None = None
    quiet_s: int | None = None
    lacked: int = 0
    has: list[Person] = field(default_factory=list)
    lacks: list[Person] = field(default_factory=list)
    look: str = ""
    width: int = 0
    height: int = 0
    waits: bool = False


@dataclass(frozen=True, slots=True)
class FileCost:
    """What sharing a file takes. `travels`: bytes after shrinking; `frames`: at the least, nothing lost.

    `seconds` and `share_ppm`, the part of an hour's lawful air time in millionths (None where no law limits
    it), on the radio as it is; `slow` where every frame keeps the whole air busy for long, as on LoRa.
    """

    size: int
    travels: int
    frames: int
    seconds: int
    share_ppm: int | None
    radio: str
    slow: bool


@dataclass(frozen=True, slots=True)
class FilePart:
    """Bytes of a whole file in Base64, from `offset`; `name`: what it may be called in an own folder."""

    name: str
    size: int
    offset: int
    data: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it stands. `state`: none, gathering, comparing, met or over.

    `here`: devices that take part so far, ours included, of `people`. `words`: the four that all screens must
    show, while comparing. `others`: whose devices they are, then and when they are met. `say`: a sentence
    that has to be read, or "".
    """

    state: str
    number: int = 0
    people: int = 0
    here: int = 0
    words: str = ""
    others: list[Person] = field(default_factory=list)
    say: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The own card: its `text`, the same as a QR code (`code`: 15 lines of 29 half-block characters, dark
    ones drawn), and the twelve `words` that stand for the key where there is no camera.
    """

    text: str
    code: list[str]
    words: str


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list, `follows` or `blocks`: how many `people` are on it here, how many others were told of.

    `current`: what was published is what it is now. A list fades like a post, after seven days.
    """

    list: str
    people: int
    published: int
    current: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """The prekeys, which others seal private messages to. Times are powered seconds.

    `age_s` of the current one, number `epoch`; `next_s` until the next comes by itself. `older`: how many
    before it still open what is on its way. Each is erased `life_s` after it was made.
    """

    epoch: int
    age_s: int
    next_s: int
    older: int
    life_s: int


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Records that may be carried: of each two hex digits of its age (as in wire.age), then byte 0 and body.

    `device`: by what our file on a stick is known again. `after`: where to go on, "" at the end.
    """

    device: str
    records: list[str]
    after: str


@dataclass(frozen=True, slots=True)
class RecordsTaken:
    """What became of records: `new` are saved, `known` were held already, the rest counts by reason."""

    new: int
    known: int
    refused: dict[str, int]


@dataclass(frozen=True, slots=True)
class Carried:
    """Mail and posts in rooms that are held for others: `frames` of `most`, `bytes` of them together.

    `disk`: bytes of the whole database. `box`: this is one, which holds ten times as much.
    """

    frames: int
    most: int
    bytes: int
    disk: int
    box: bool


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """The answer to "is it working?". While it is `locked` the node knows its folder and its radio only.

    `ways`: to how many people a way is known. `invisible`: we never tell that we are here. `copied`: another
    device with our identity was heard, in the last 48 hours of running. `lan`: None without a local network.
    Unless `clock_sure` nobody has set the calendar: every `at` is "about" then.
    """

    version: str
    pid: int
    folder: str
    key: str
    name: str
    uptime_s: int
    radio: RadioInfo
    neighbours: int
    people: int
    messages: int
    queued: int
    outbox: dict[str, int]
    dropped: dict[str, int]
    ways: int = 0
    invisible: bool = False
    keys: Keys | None = None
    locked: bool = False
    copied: bool = False
    lan: LanInfo | None = None
    carried: Carried | None = None
    clock_sure: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. `kind`: text, flag ("yes" or "no"), number, hours, or choice, which is one of `choices`.

    `applied` says of one that was changed when it comes to be so: "now" or "at the next start".
    """

    name: str
    value: str
    kind: str
    meaning: str
    choices: list[str] = field(default_factory=list)
    applied: str = ""


@dataclass(frozen=True, slots=True)
class MessageKept:
    """A post is saved: heard from somebody, or written here."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """An own message, of which nothing had left, has another text; its id is the same."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageState:
    """An own message got further: aired, carried, delivered, waiting for a key, failed; as in Message."""

    id: int
    state: str
    carriers: int = 0


@dataclass(frozen=True, slots=True)
class PersonHeard:
    """A signed public frame of this person was heard; `fresh` when he was no neighbour before."""

    person: Person
    fresh: bool


@dataclass(frozen=True, slots=True)
class BoardChanged:
    """Posts on a board ("": on any) were taken back, have gone, or got longer: read it again."""

    name: str


@dataclass(frozen=True, slots=True)
class AlertChanged:
    """Somebody called for help, somebody saw it, it is over, or it has gone."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A room was made, changed or forgotten; or somebody asks us into one."""

    name: str


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A file was heard of, came further, or is whole."""

    file: FileInfo


@dataclass(frozen=True, slots=True)
class FileForgotten:
    """A file is gone: forgotten, too old, or dropped for another."""

    id: str


@dataclass(frozen=True, slots=True)
class MeetingChanged:
    """A meeting got further, or is over."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class RadioChanged:
    """The radio came, went, or said who it is."""

    radio: RadioInfo


@dataclass(frozen=True, slots=True)
class RadioLine:
    """A line of text from the radio: boot messages, prints, tracebacks."""

    text: str


Event = (
    MessageKept
    | MessageChanged
    | MessageState
    | BoardChanged
    | AlertChanged
    | PersonHeard
    | RoomChanged
    | FileChanged
    | FileForgotten
    | MeetingChanged
    | RadioChanged
    | RadioLine
    | RadioEntry
    | RadioTested
)
EVENTS: dict[str, type[Event]] = {
    "message": MessageKept,
    "changed": MessageChanged,
    "state": MessageState,
    "board": BoardChanged,
    "alert": AlertChanged,
    "person": PersonHeard,
    "room": RoomChanged,
    "file": FileChanged,
    "file_forgotten": FileForgotten,
    "meeting": MeetingChanged,
    "radio": RadioChanged,
    "radio_line": RadioLine,
    "radio_entry": RadioEntry,
    "radio_tested": RadioTested,
}
"""Events by the name they carry on the socket."""
