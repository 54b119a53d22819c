"""What the node wants done. It decides, the daemon and the simulator carry out, in the given order.

An effect that keeps something is carried out when its row is durable; only then may a screen hear of it.
What stands before the first such effect is carried out at once, what stands behind it waits with it.
"""

from dataclasses import field

from handheld.events import Event
from handheld.node.fileeffects import ForgetFile as ForgetFile
from handheld.node.fileeffects import KeepFile as KeepFile
from handheld.node.fileeffects import KeepSymbols as KeepSymbols
from handheld.node.fileeffects import LoadFile as LoadFile
from handheld.node.standing import REST
from handheld.values import dataclass
from handheld.wire.constants import LetterKind, PostType, RoomType


@dataclass(frozen=True, slots=True)
class KeepProfile:
    """Save a profile: `raw` is byte 0 and the body, exactly as signed. `at` is a wall-time label."""

    key: bytes
    epoch: int
    raw: bytes
    at: int | None


@dataclass(frozen=True, slots=True)
class KeepPost:
    """Save a post once per (author, seq), then tell of it; an own one then goes to the outbound queue.

    `text` is exact: with the fields of its `kind`, a PostType. `hops` and `rssi` are None for own posts.
    `age`: seconds when it came, `powered`: the odometer then; `expires`: the age in seconds at which it goes,
    None for the longest that any post lives. `more`: texts of the MORE posts under the numbers that follow,
    as far as they are at hand; b"" where one is missing. They are rows of their own, and not kept with this.
    `rank`, here and below: of its author, as in `standing`.
    """

    author: bytes
    seq: int
    lamport: int
    board: str
    text: bytes
    raw: bytes
    own: bool
    hops: int | None
    rssi: int | None
    at: int | None
    kind: int = PostType.NOTE
    age: int = 0
    powered: int = 0
    expires: int | None = None
    more: tuple[bytes, ...] = ()
    rank: int = REST


@dataclass(frozen=True, slots=True)
class KeepBoard:
    """Save that a board is followed from now on, or no more: then it is hidden, and carried all the same."""

    name: str
    followed: bool = True


@dataclass(frozen=True, slots=True)
class KeepHeardBoard:
    """Save the name of a board that is not followed, so that its posts can be checked and carried."""

    name: str


@dataclass(frozen=True, slots=True)
class KeepLetter:
    """Save a private message once per (peer, author, seq), then tell of it, unless its kind is a quiet one.

    `peer` is the other person, `text` the body of the letter without its padding. An own one then goes to
    the outbox; another's, new or not, is then acknowledged: `preimage` answers the `commitment` of the
    sealing it came in (own: both empty; in short form there is no commitment to remember). `powered`:
    seconds of the odometer. `seed`: of that sealing, and kept nowhere. `carried`: somebody handed it on.
    """

    peer: bytes
    author: bytes
    seq: int
    lamport: int
    text: bytes
    own: bool
    at: int | None
    preimage: bytes = b""
    commitment: bytes = b""
    kind: int = LetterKind.TEXT
    powered: int = 0
    seed: bytes = field(default=b"", repr=False)
    carried: bool = False
    rank: int = REST


@dataclass(frozen=True, slots=True)
class KeepRoom:
    """Save a room under its number: `content` is what `room.Room.pack` made."""

    id: bytes
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetRoom:
    """Take a room away, with everything that was written in it."""

    id: bytes


@dataclass(frozen=True, slots=True)
class KeepRoomPost:
    """Save a post in a room once per (room, author, seq), then tell of it; an own one then goes out.

    `kind`: a RoomType. `old`: it was sealed under a key that holds no more.
    """

    room: bytes
    author: bytes
    seq: int
    lamport: int
    text: bytes
    own: bool
    at: int | None
    kind: int = RoomType.NOTE
    old: bool = False
    rank: int = REST


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Save another text, and number, for an own message of which nothing has left, then tell of it.

    `keep` is the whole message as it is from now on, `state` where it stands. Refused by the store when there
    is a sealing of it, or it got further.
    """

    message: int
    keep: KeepLetter | KeepRoomPost
    state: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Save that everything which says that something has left was saved: the node ends in good order."""


@dataclass(frozen=True, slots=True)
class KeepSealing:
    """Save that an ack of this commitment delivers this own message. The air does not wait for it.

    `preimage`: what the commitment hashes, of a sealing that others may carry.
    """

    message: int
    commitment: bytes
    preimage: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class KeepState:
    """Save how far an own message got, then tell of it, and of how many `carriers` at the least."""

    message: int
    state: str
    carriers: int = 0


@dataclass(frozen=True, slots=True)
class KeepCarried:
    """Save a frame that we carry: `raw` is byte 0 and the body, `rank` one of sync.mailbag's.

    `age`: seconds when it came, `powered`: the odometer then. `message`: the own one it seals, else 0.
    """

    id: bytes
    raw: bytes
    age: int
    powered: int
    rank: int
    message: int = 0


@dataclass(frozen=True, slots=True)
class DropCarried:
    """Carry a frame no more; `powered`: remember, from this reading of the odometer, that it was dropped."""

    id: bytes
    powered: int | None = None


@dataclass(frozen=True, slots=True)
class KeepReceipt:
    """Save the ack of a frame that we carried, and carry that no more. `powered`: the odometer."""

    commitment: bytes
    preimage: bytes
    id: bytes
    powered: int


@dataclass(frozen=True, slots=True)
class FindGaps:
    """Look which letters of this writer are missing, and tell `Gaps.found`."""

    writer: bytes


@dataclass(frozen=True, slots=True)
class FindAgain:
    """Look for own letters to this reader under these numbers, first and last, and tell `Gaps.sealed_again`.

    At most so many.
    """

    reader: bytes
    numbers: tuple[tuple[int, int], ...]
    most: int


@dataclass(frozen=True, slots=True)
class KeepRead:
    """Save that this reader has seen those of our letters up to this number that he has, then tell of it."""

    reader: bytes
    upto: int


@dataclass(frozen=True, slots=True)
class KeepPetname:
    """Save the owner's own name for somebody; empty: take it away."""

    key: bytes
    petname: str


@dataclass(frozen=True, slots=True)
class KeepMet:
    """Save that the owner met the holder of this key, or that he did not after all."""

    key: bytes
    met: bool


@dataclass(frozen=True, slots=True)
class KeepIntroduction:
    """Save under which name a contact introduced the holder of a key; `name` is clean."""

    key: bytes
    introducer: bytes
    name: str


@dataclass(frozen=True, slots=True)
class KeepRelation:
    """Save whom the owner follows, mutes or blocks: bits of `standing`, 0 for none of it."""

    key: bytes
    relation: int


@dataclass(frozen=True, slots=True)
class KeepRank:
    """Save how much somebody counts from now on, for everything by him, and in private with him."""

    key: bytes
    rank: int


@dataclass(frozen=True, slots=True)
class KeepKeys:
    """Save our secrets as Identity.blob, so that nothing on the disk holds what is no longer in it."""

    blob: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepOdometer:
    """Save how many seconds this device has been running in all."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Expire:
    """Take away the public posts that have lived long enough, now that the odometer says `powered`."""

    powered: int


@dataclass(frozen=True, slots=True)
class KeepCopy:
    """Save that another device with our identity was noticed, `powered` seconds on the odometer.

    No own message is given `floor` or a smaller number from now on; 0: as before.
    """

    powered: int
    floor: int


@dataclass(frozen=True, slots=True)
class CheckOwn:
    """Look whether this post, which our key has signed, is the one we wrote; tell `Node.copied` if not."""

    author: bytes
    seq: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Transmit:
    """Give an air frame to the radio; `token` (16 bits) comes back with what became of it."""

    token: int
    air: bytes


@dataclass(frozen=True, slots=True)
class Serve:
    """Read these posts, by author and number, and give them to `Node.served`."""

    posts: tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell whoever watches; nothing is saved for it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Dropped:
    """A frame was dropped and counted: for the debug log, which names it and never what it says."""

    reason: str
    detail: str


Keep = (
    KeepProfile
    | KeepPost
    | KeepBoard
    | KeepHeardBoard
    | KeepLetter
    | KeepRoom
    | ForgetRoom
    | KeepRoomPost
    | Rewrite
    | Ended
    | KeepSealing
    | KeepState
    | KeepCarried
    | DropCarried
    | KeepReceipt
    | FindGaps
    | FindAgain
    | KeepRead
    | KeepPetname
    | KeepMet
    | KeepIntroduction
    | KeepRelation
    | KeepRank
    | KeepKeys
    | KeepOdometer
    | Expire
    | KeepCopy
    | CheckOwn
    | KeepFile
    | KeepSymbols
    | LoadFile
    | ForgetFile
)
Effect = Keep | Serve | Transmit | Tell | Dropped
