"""Everything that travels down: what a screen or a script asks of the node, as frozen dataclasses."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

READ_LIMIT = 200
"""Messages in one page of Read at the most."""

POST_BYTES = 160
"""Bytes of text in a post at the most, in UTF-8: what the frame on the air has room for."""

LETTER_BYTES = 167
"""Bytes of text in a private message at the most."""


class Between(NamedTuple):
    """The range of a whole number, both ends included."""

    low: int
    high: int


NUMBER_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6)."""


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
class Post:
    """Write `text` on a public board. Answered by the Message once it is saved, before it is on the air."""

    board: str
    text: str


@dataclass(frozen=True, slots=True)
class Send:
    """Write `text` to one person, sealed. Answered by the Message once it is saved.

    `who`: a petname, or at least four hex digits of the key; never a name that somebody gave himself.
    """

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """Call the person whose key begins with `who` by the own name `petname`; "" takes it away.

    Answered by the Person.
    """

    who: str
    petname: str


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

    `board`: one board's only. `who`: the private ones with one person only, as in Send. Both empty: all.
    `before`: only those with a smaller id, for paging back; 0: from the newest.
    """

    board: str = ""
    who: str = ""
    limit: Annotated[int, Between(1, READ_LIMIT)] = 50
    before: Annotated[int, Between(0, NUMBER_MAX)] = 0


@dataclass(frozen=True, slots=True)
class Chats:
    """Every board and everybody who was written with, the one with the newest message first.

    Answered by a list of Chat.
    """


@dataclass(frozen=True, slots=True)
class Seen:
    """Messages of this board, or with this person (as in Send), were read up to the one with this id.

    Answered by nothing. Kept: after a restart they are still read.
    """

    id: Annotated[int, Between(0, NUMBER_MAX)]
    board: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Open the keys of a node that waits for them. Answered by nothing; Locked if it is another key.

    `key`: 64 hex digits that `Lock.key` of handheld/crypto/keyring.py made of the passphrase. `stay`: the
    node goes on when its last client has left, be it a child.
    """

    key: str
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Drop the keys; what follows waits for Unlock. Answered by nothing; Refused without a passphrase."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Destroy the keys, then all that is stored, and end. Answered by nothing when the keys are gone."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Send events from now on, until the connection ends. Answered by nothing."""


Command = (
    Status
    | People
    | Radio
    | Post
    | Send
    | Name
    | Prekeys
    | FindPerson
    | Read
    | Chats
    | Seen
    | Unlock
    | Lock
    | Wipe
    | Watch
)
COMMANDS: dict[str, type[Command]] = {
    "status": Status,
    "people": People,
    "radio": Radio,
    "post": Post,
    "send": Send,
    "name": Name,
    "keys": Prekeys,
    "person": FindPerson,
    "read": Read,
    "chats": Chats,
    "seen": Seen,
    "unlock": Unlock,
    "lock": Lock,
    "wipe": Wipe,
    "watch": Watch,
}
"""Commands by the name they carry on the socket."""
