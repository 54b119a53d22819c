"""Everything that travels up: what the node tells a screen or a script, as frozen dataclasses.

All text in here is already clean (see `text`). Keys are full public keys in hex. Times: `heard_s` and
`uptime_s` count seconds of powered time; `at` is wall time in seconds since 1970, a label only, None
when it was not known.
"""

from dataclasses import dataclass, field

RECEIVED = "received"

RADIO_SEARCHING = "searching"
RADIO_CONNECTING = "connecting"
RADIO_UP = "up"


@dataclass(frozen=True, slots=True)
class RadioInfo:
    """The radio as it is now. `state`: searching, connecting or up; `why`: what to do when it is not up."""

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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose signed profile we hold. `level`: self, met, introduced or unknown.

    `neighbour`: the author of a signed public frame heard in the last 15 minutes; `hops` and `rssi`
    (dBm) are that frame's. `mark` is the level as one character: "*" self, "=" met, "~" introduced,
    "?" unknown. `name` is what to show: `petname`, the owner's own name for him, else his own.
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


@dataclass(frozen=True, slots=True)
class Message:
    """A public post or a private message as it is shown. `id` grows in the order of storing.

    A private one has a `peer`, the key of the other person, and no board. `state` of an own one: queued,
    waiting (for its reader's key), aired, delivered, failed; of anybody else's: received. `note` is a
    sentence to show beside it, or empty. `named`: `name` is the owner's own name for the author, and not
    merely what he calls himself. `kind`: "text" for what somebody wrote, else the word for what a device
    sent ("newer": only a newer pocketmesh knows); `text` says it in a sentence then.
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


@dataclass(frozen=True, slots=True)
class Chat:
    """A board, or what is written with one person: `peer` is his key then, `name` and `mark` as in Person.

    `last`: the newest message, None on a board without any. `unread`: others' messages after the last seen.
    """

    board: str
    peer: str
    name: str
    mark: str
    unread: int
    last: Message | None = None


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
class NodeStatus:
    """The answer to "is it working?". While it is `locked` the node knows its folder and its radio only.

    `copied`: another device with our identity was heard, in the last 48 hours of running.
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
    keys: Keys | None = None
    locked: bool = False
    copied: bool = False


@dataclass(frozen=True, slots=True)
class MessageKept:
    """A post is saved: heard from somebody, or written here."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageState:
    """An own message got further: aired, delivered, waiting for a key, failed."""

    id: int
    state: str


@dataclass(frozen=True, slots=True)
class PersonHeard:
    """A signed public frame of this person was heard; `fresh` when he was no neighbour before."""

    person: Person
    fresh: bool


@dataclass(frozen=True, slots=True)
class RadioChanged:
    """The radio came, went, or said who it is."""

    radio: RadioInfo


@dataclass(frozen=True, slots=True)
class RadioLine:
    """A line of text from the radio: boot messages, prints, tracebacks."""

    text: str


Event = MessageKept | MessageState | PersonHeard | RadioChanged | RadioLine
EVENTS: dict[str, type[Event]] = {
    "message": MessageKept,
    "state": MessageState,
    "person": PersonHeard,
    "radio": RadioChanged,
    "radio_line": RadioLine,
}
"""Events by the name they carry on the socket."""
