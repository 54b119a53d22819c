"""What the node wants done. It decides, the daemon and the simulator carry out, in the given order.

An effect that keeps something is carried out when its row is durable; only then may a screen hear of it
and the air carry it.
"""

from dataclasses import dataclass

from handheld.events import Event


@dataclass(frozen=True, slots=True)
class KeepProfile:
    """Save a profile: `raw` is byte 0 and the body, exactly as signed. `at` is a wall-time label."""

    key: bytes
    epoch: int
    raw: bytes
    at: int


@dataclass(frozen=True, slots=True)
class KeepPost:
    """Save a post once per (author, seq), then tell of it; an own one then goes to the outbound queue.

    `text` is exact. `hops` and `rssi` are None for own posts.
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


@dataclass(frozen=True, slots=True)
class KeepBoard:
    """Save that a board is followed from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class KeepAired:
    """Save that an own post went on the air, then tell of it."""

    message: int


@dataclass(frozen=True, slots=True)
class Transmit:
    """Give an air frame to the radio; `token` (16 bits) comes back with what became of it."""

    token: int
    air: bytes


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell whoever watches; nothing is saved for it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Dropped:
    """A frame was dropped and counted: for the debug log, which names it and never what it says."""

    reason: str
    detail: str


Keep = KeepProfile | KeepPost | KeepBoard | KeepAired
Effect = Keep | Transmit | Tell | Dropped
