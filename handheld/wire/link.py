"""The frames of the cable between host and radio (DESIGN section 4).

Every frame begins with the same four bytes. `session` is the last byte of the host's nonce, so that what
was left in a buffer from an earlier opening is not taken for this one's. Kinds from 16 on are numbered.
"""

from enum import IntEnum

from construct import Bytes, Int8sb, Int8ub, Int16sb, Int16ub, Int32ub, Struct

from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.constants import (
    AIR_FRAME_MAX,
    LINE_MAX,
    LINK_FRAME_MAX,
    LINK_HEADER,
    PROBES_MAX,
    LinkKind,
    Preset,
    RadioKind,
    Region,
    SentResult,
    SetResult,
    Setting,
)
from handheld.wire.layout import Frame, Layout, frame

BOARD_MAX = 16

_HELLO_HEAD = 9


def _known(kind: type[IntEnum], value: int, what: str) -> None:
    try:
        kind(value)
    except ValueError:
        raise WireError("enum", f"{what} {value}") from None


@frame(
    Layout(
        "link_header",
        Struct("kind" / Int8ub, "session" / Int8ub, "seq" / Int8ub, "ack" / Int8ub),
        tail="body",
        tail_max=LINK_FRAME_MAX - LINK_HEADER,
    )
)
@dataclass(frozen=True)
class LinkFrame(Frame):
    """What every frame begins with. `ack` is the number of the frame expected next from the other end."""

    kind: int
    session: int
    seq: int
    ack: int
    body: bytes

    def check(self) -> None:
        """Numbers must be known ones."""
        _known(LinkKind, self.kind, "link kind")


@frame(
    Layout(
        "hello",
        Struct("version" / Int8ub, "schema" / Bytes(4), "nonce" / Int32ub),
        tail="rest",
        tail_max=LINK_FRAME_MAX - LINK_HEADER - _HELLO_HEAD,
    )
)
@dataclass(frozen=True)
class Hello(Frame):
    """What both hellos begin with in every version, so that two ends of different age can say so."""

    version: int
    schema: bytes
    nonce: int
    rest: bytes


@frame(
    Layout(
        "hello_host",
        Struct("version" / Int8ub, "schema" / Bytes(4), "nonce" / Int32ub, "window" / Int16ub),
    )
)
@dataclass(frozen=True)
class HelloHost(Frame):
    """The host opens: it names this opening and says how many unacknowledged bytes it takes."""

    version: int
    schema: bytes
    nonce: int
    window: int

    def check(self) -> None:
        """Nonce zero is the radio's, for saying that it has started."""
        if self.nonce == 0:
            raise WireError("reserved", "a host's nonce of zero")


@frame(
    Layout(
        "hello_radio",
        Struct(
            "version" / Int8ub,
            "schema" / Bytes(4),
            "nonce" / Int32ub,
            "boot" / Int32ub,
            "window" / Int16ub,
            "radio" / Int8ub,
            "channel" / Int8ub,
            "mtu" / Int8ub,
            "airtime" / Int32ub,
            "firmware" / Bytes(3),
        ),
        tail="board",
        tail_max=BOARD_MAX,
    )
)
@dataclass(frozen=True)
class HelloRadio(Frame):
    """The radio answers with the host's nonce, or says after a boot, with nonce zero, that it is there.

    `boot` differs after every start. `window` is how many unacknowledged bytes it takes. `airtime` is
    what a frame of `mtu` bytes takes on its air, in microseconds.
    """

    version: int
    schema: bytes
    nonce: int
    boot: int
    window: int
    radio: int
    channel: int
    mtu: int
    airtime: int
    firmware: bytes
    board: bytes

    def check(self) -> None:
        """Numbers must be known ones."""
        _known(RadioKind, self.radio, "radio kind")


@frame(
    Layout(
        "status",
        Struct(
            "uptime" / Int32ub,
            "heard" / Int32ub,
            "duplicates" / Int32ub,
            "bad_mac" / Int32ub,
            "malformed" / Int32ub,
            "forwarded" / Int32ub,
            "sent" / Int32ub,
            "silenced" / Int32ub,
            "dropped" / Int32ub,
            "undelivered" / Int32ub,
            "queued" / Int8ub,
            "heap_free" / Int32ub,
        ),
    )
)
@dataclass(frozen=True)
class Status(Frame):
    """The radio's counters since its boot, the answer to a ping. `uptime` is in seconds.

    `silenced`: forwards given up because enough copies were heard. `dropped`: frames that found the
    queue full. `undelivered`: frames heard that the host did not take in time.
    """

    uptime: int
    heard: int
    duplicates: int
    bad_mac: int
    malformed: int
    forwarded: int
    sent: int
    silenced: int
    dropped: int
    undelivered: int
    queued: int
    heap_free: int


@frame(Layout("send", Struct("token" / Int16ub), tail="air", tail_min=7, tail_max=AIR_FRAME_MAX))
@dataclass(frozen=True)
class Send(Frame):
    """The host gives a frame to the radio; `token` comes back in Sent. The MAC is filled in by the radio."""

    token: int
    air: bytes


@frame(Layout("heard", Struct("rssi" / Int8sb), tail="air", tail_min=7, tail_max=AIR_FRAME_MAX))
@dataclass(frozen=True)
class Heard(Frame):
    """A frame from the air, the first copy of it; `rssi` in dBm."""

    rssi: int
    air: bytes


@frame(Layout("sent", Struct("token" / Int16ub, "result" / Int8ub)))
@dataclass(frozen=True)
class Sent(Frame):
    """What became of the frame with this token."""

    token: int
    result: int

    def check(self) -> None:
        """Numbers must be known ones."""
        _known(SentResult, self.result, "result")


@frame(Layout("set", Struct("number" / Int8ub, "value" / Int16sb)))
@dataclass(frozen=True)
class Set(Frame):
    """The host asks for a setting to be changed. Answered by Settings."""

    number: int
    value: int

    def check(self) -> None:
        """Numbers must be known ones."""
        _known(Setting, self.number, "setting")


@frame(
    Layout(
        "settings",
        Struct(
            "result" / Int8ub,
            "region" / Int8ub,
            "channel" / Int8ub,
            "preset" / Int8ub,
            "power" / Int8sb,
            "channels" / Int8ub,
            "power_min" / Int8sb,
            "power_max" / Int8sb,
            "duty" / Int32ub,
            "frequency" / Int32ub,
        ),
    )
)
@dataclass(frozen=True)
class Settings(Frame):
    """What became of a Set, and all settings as they are now.

    `region` 0: none chosen. `channels` and `power_max` are what the law and the radio allow with the others
    as they are, in dBm; `duty` is the share of an hour that may be spent transmitting, in millionths;
    `frequency` is in Hz, 0 while LoRa has no region. `preset` 0: the radio has none.
    """

    result: int
    region: int
    channel: int
    preset: int
    power: int
    channels: int
    power_min: int
    power_max: int
    duty: int
    frequency: int

    def check(self) -> None:
        """Numbers must be known ones."""
        _known(SetResult, self.result, "result")
        if self.region:
            _known(Region, self.region, "region")
        if self.preset:
            _known(Preset, self.preset, "preset")


@frame(Layout("line", Struct(), tail="text", tail_min=1, tail_max=LINE_MAX))
@dataclass(frozen=True)
class Line(Frame):
    """A line as a person would type it to the radio's console, without its end. Answered by text."""

    text: bytes

    def check(self) -> None:
        """One line, of bytes that are no control characters."""
        if any(byte < 32 or byte == 127 for byte in self.text):
            raise WireError("text", "a control character in a line")


@frame(Layout("test", Struct("probes" / Int8ub)))
@dataclass(frozen=True)
class ToneTest(Frame):
    """The host asks for a test tone of so many probes. Answered by ToneResult."""

    probes: int

    def check(self) -> None:
        """1 to PROBES_MAX."""
        if not 0 < self.probes <= PROBES_MAX:
            raise WireError("reserved", f"probes {self.probes}")


@frame(
    Layout(
        "tested",
        Struct(
            "probes" / Int8ub,
            "back" / Int8ub,
            "weakest" / Int8sb,
            "mean" / Int8sb,
            "strongest" / Int8sb,
        ),
    )
)
@dataclass(frozen=True)
class ToneResult(Frame):
    """What became of a test tone: how many probes were heard coming back, and how strong, in dBm.

    The strengths are 0 when none came back.
    """

    probes: int
    back: int
    weakest: int
    mean: int
    strongest: int

    def check(self) -> None:
        """No more come back than went out."""
        if self.back > self.probes:
            raise WireError("reserved", f"back {self.back} of {self.probes} probes")


LINK_BODIES: dict[LinkKind, type[Frame] | None] = {
    LinkKind.HELLO_HOST: HelloHost,
    LinkKind.HELLO_RADIO: HelloRadio,
    LinkKind.ACK: None,
    LinkKind.PING: None,
    LinkKind.STATUS: Status,
    LinkKind.BYE: None,
    LinkKind.SEND: Send,
    LinkKind.HEARD: Heard,
    LinkKind.SENT: Sent,
    LinkKind.SERVICE: None,
    LinkKind.SET: Set,
    LinkKind.SETTINGS: Settings,
    LinkKind.LINE: Line,
    LinkKind.TEST: ToneTest,
    LinkKind.TESTED: ToneResult,
}
"""What follows the four bytes, by kind; None: nothing."""
