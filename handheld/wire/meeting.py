"""How people get to know each other: what devices say in a meeting, and what a letter of introduction holds.

A meeting's frames go one hop far: first a commitment, then what it was of. The words that all devices show
are computed in `crypto.meeting`. The radio never reads these.
"""

from construct import Bytes, Int8ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.air import NO_MAC, AirPlain, first_byte, hop_byte
from handheld.wire.codec import decode, encode
from handheld.wire.constants import NICKNAME_MAX, AirKind, AirMode, MeetStep
from handheld.wire.layout import Frame, Layout, frame
from handheld.wire.records import KEY, SIGNATURE

PEOPLE_MIN, PEOPLE_MAX = 2, 10
NUMBER_MAX = 99
COMMITMENT = 32
NONCE = 32


class _Step(Frame):
    """What both steps share: which meeting it is."""

    step: int
    number: int
    people: int
    _step: MeetStep

    def check(self) -> None:
        """The step is this one, the number has two digits, 2 to 10 people meet."""
        if self.step != self._step:
            raise WireError("enum", f"meeting step {self.step}")
        if self.number > NUMBER_MAX or not PEOPLE_MIN <= self.people <= PEOPLE_MAX:
            raise WireError("reserved", f"number {self.number}, {self.people} people")


@frame(
    Layout(
        "meet_commit",
        Struct(
            "step" / Int8ub,
            "number" / Int8ub,
            "people" / Int8ub,
            "turn" / Int8ub,
            "commitment" / Bytes(COMMITMENT),
        ),
    )
)
@dataclass(frozen=True)
class MeetCommit(_Step):
    """A device takes part and has chosen its nonce. `turn` makes each repetition a frame of its own."""

    step: int
    number: int
    people: int
    turn: int
    commitment: bytes

    _step = MeetStep.COMMIT


@frame(
    Layout(
        "meet_reveal",
        Struct(
            "step" / Int8ub,
            "number" / Int8ub,
            "people" / Int8ub,
            "turn" / Int8ub,
            "key" / Bytes(KEY),
            "nonce" / Bytes(NONCE),
        ),
        tail="nickname",
        tail_max=NICKNAME_MAX,
        trailer=Struct("signature" / Bytes(SIGNATURE)),
    )
)
@dataclass(frozen=True)
class MeetReveal(_Step):
    """Whose commitment it was; said only when all commitments of the meeting are known."""

    step: int
    number: int
    people: int
    turn: int
    key: bytes
    nonce: bytes
    nickname: bytes
    signature: bytes

    _step = MeetStep.REVEAL

    def check(self) -> None:
        """As for any step; a name holds no NUL."""
        super().check()
        if b"\0" in self.nickname:
            raise WireError("text", "a NUL in the nickname")


@frame(Layout("introduction", Struct("key" / Bytes(KEY)), tail="name", tail_min=1, tail_max=NICKNAME_MAX))
@dataclass(frozen=True)
class Introduction(Frame):
    """The body of a letter of kind INTRODUCTION: whose key it is, and what the writer calls him."""

    key: bytes
    name: bytes

    def check(self) -> None:
        """A name holds no NUL."""
        if b"\0" in self.name:
            raise WireError("text", "a NUL in the name")


def decode_step(body: bytes) -> MeetCommit | MeetReveal:
    """The body of a meeting's frame; WireError if it is neither step."""
    if not body:
        raise WireError("short", "meeting of 0 bytes")
    return decode(MeetReveal, body) if body[0] == MeetStep.REVEAL else decode(MeetCommit, body)


def one_hop(step: MeetCommit | MeetReveal) -> bytes:
    """The air frame of a step, with an empty MAC, that no radio hands on."""
    return encode(AirPlain(first_byte(AirKind.MEET), hop_byte(AirMode.ONE_HOP, 1), NO_MAC, encode(step)))
