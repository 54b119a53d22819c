"""One own private message on its way: where it stands, by a table, and what was made of it."""

from dataclasses import field
from enum import Enum
from typing import NamedTuple

from handheld.values import dataclass
from handheld.wire.constants import LetterKind


class State(Enum):
    """Where a message stands, in the word that is stored and shown."""

    QUEUED = "queued"
    WAITING = "waiting"
    """Its reader's prekey is not known yet, or is none."""
    AIRED = "aired"
    UNHEARD = "unheard"
    """On the air, and in vain so far: nobody was in reach at all."""
    UNANSWERED = "unanswered"
    """On the air, and in vain so far, though somebody was in reach."""
    CARRIED = "carried"
    """Others hold it, to hand it on."""
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    """Given up."""


class Input(Enum):
    """What can happen to it."""

    KEY = "key"
    NO_KEY = "no key"
    SENT = "sent"
    ALONE = "alone"
    """The quick tries were in vain, and nobody is near."""
    SILENT = "silent"
    """The quick tries were in vain, and somebody is near."""
    HELD = "held"
    """Somebody offers to hand it on."""
    ACKED = "acked"
    READ = "read"
    TOO_OLD = "too old"


def _open(state: State, **moves: State) -> dict[Input, State]:
    """The row of a state in which a message is still sent again: what is not said leaves it as it is."""
    ends = {Input.ACKED: State.DELIVERED, Input.READ: State.READ, Input.TOO_OLD: State.FAILED}
    return {**dict.fromkeys(Input, state), **ends, **{Input[name]: to for name, to in moves.items()}}


TABLE: dict[State, dict[Input, State]] = {
    # Who has sent nothing yet can say nothing of those who might have heard it.
    State.QUEUED: _open(State.QUEUED, NO_KEY=State.WAITING, SENT=State.AIRED, HELD=State.CARRIED),
    State.WAITING: _open(State.WAITING, KEY=State.QUEUED, SENT=State.AIRED, HELD=State.CARRIED),
    State.AIRED: _open(State.AIRED, ALONE=State.UNHEARD, SILENT=State.UNANSWERED, HELD=State.CARRIED),
    State.UNHEARD: _open(State.UNHEARD, SILENT=State.UNANSWERED, HELD=State.CARRIED),
    State.UNANSWERED: _open(State.UNANSWERED, HELD=State.CARRIED),
    State.CARRIED: _open(State.CARRIED),
    State.DELIVERED: {**dict.fromkeys(Input, State.DELIVERED), Input.READ: State.READ},
    State.READ: dict.fromkeys(Input, State.READ),
    # An ack that comes after we gave up still tells the truth.
    State.FAILED: {
        **dict.fromkeys(Input, State.FAILED),
        Input.ACKED: State.DELIVERED,
        Input.READ: State.READ,
    },
}

OPEN = (
    State.QUEUED,
    State.WAITING,
    State.AIRED,
    State.UNHEARD,
    State.UNANSWERED,
    State.CARRIED,
)
"""States in which a message is still sent again."""


class Sealing(NamedTuple):
    """What takes a sealing back, and when it was made (ms)."""

    preimage: bytes
    at: int
    prekey: bytes = b""
    """To which it was made; b"" where that is not known any more."""
    first: bool = False
    """Whether it was made for somebody who may not know us."""

    @property
    def made(self) -> tuple[bytes, bool]:
        """How it was made: who can open one can open another."""
        return self.prekey, self.first


@dataclass(slots=True)
class Entry:
    """One own message; `message` is its id in the store, `reader` a full public key.

    `short`: tries in short form, one after the other, that were not answered.
    `powered`: what the odometer said when it was written, in seconds.
    """

    message: int
    reader: bytes
    seq: int
    lamport: int
    text: bytes = field(repr=False)
    state: State = State.QUEUED
    sealings: list[bytes] = field(default_factory=list)
    kept: dict[bytes, Sealing] = field(default_factory=dict, repr=False)
    """By commitment, the oldest first, those that others may carry."""
    carriers: int = 0
    """So many others hold it, or more: offers do not say whose they are."""
    tries: int = 0
    hops: int = 0
    """Of the last try, if that went by way and nothing has changed since."""
    wait: int = 0
    at: int = 0
    short: int = 0
    powered: int = 0
    kind: int = LetterKind.TEXT
    away: bool = False
    """Its reader was not heard for long, or does not answer."""
    revived: int = 0
    """So often it was tried since he was heard again."""
    last: int = 0
    """When it was given to the radio."""
    left: bool = False
    """Something of it may have left this device: its text is settled."""
    held: bool = False
    """Another text of it is being saved: nothing is sealed until then."""
    again: bool = False
    """It was delivered before, and its reader has lost it: how far it gets now is told to nobody."""
