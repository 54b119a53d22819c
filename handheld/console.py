"""What a console for the radio asks of the node, and what it hears: parts of `commands` and `events`."""

from typing import Annotated

from handheld.values import NUMBER_MAX, Between, dataclass


@dataclass(frozen=True, slots=True)
class RadioLog:
    """What the radio did last, oldest first: only what has a number above `after`.

    Answered by a list of RadioEntry, at most 512 of them.
    """

    after: Annotated[int, Between(0, NUMBER_MAX)] = 0


@dataclass(frozen=True, slots=True)
class RadioType:
    """Type a line of at most 96 bytes to the radio's own console. Answered by nothing; text follows."""

    line: str


@dataclass(frozen=True, slots=True)
class RadioTest:
    """Have the radio send so many probes. Answered by nothing; a RadioTested follows when it is over."""

    probes: Annotated[int, Between(1, 100)] = 10


@dataclass(frozen=True, slots=True)
class RadioService:
    """Have the radio start into its Python prompt, and leave its port to others for a while."""


@dataclass(frozen=True, slots=True)
class RadioEntry:
    """One thing that the radio did; sent to those who watch the radio.

    `what`: "in" a frame from the air, "out" one given to the radio, "sent" what became of that, "line" of
    text, "state" of the port; "cable_in" and "cable_out": a frame of the cable, which has number 0. `say`:
    the frame or the rest in one line, clean. `data`: the frame in hex. `ms`: since 1970, as far as the node
    knows the date.
    """

    number: int
    ms: int
    what: str
    say: str
    data: str = ""
    rssi: int | None = None


@dataclass(frozen=True, slots=True)
class RadioTested:
    """A test tone is over: of `probes` so many came `back`; the strengths are in dBm, 0 if none did."""

    probes: int
    back: int
    weakest: int
    mean: int
    strongest: int
