"""What a console sees of the radio: all of it, in its order, decoded; and what it may ask."""

import random
from collections.abc import Callable

import pytest

from handheld.clock import ManualClock
from handheld.commands import RadioLog, RadioService, RadioTest, RadioType
from handheld.daemon.console import KEPT, RadioConsole
from handheld.errors import RadioMissing, Refused
from handheld.events import Event, RadioEntry, RadioTested
from handheld.link.framing import CRC, Framer, Loops
from handheld.link.port import PortState
from handheld.link.session import CableFrame, Closed, FrameHeard, FrameSent, Session, TextHeard, ToneHeard
from handheld.node.inbound import OURSELVES
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import LINK_FRAME_MAX, PROTOCOL_VERSION, AirKind, LinkKind, RadioKind
from handheld.wire.link import Heard, HelloRadio, ToneResult
from handheld.wire.schema import schema

ACK = flood(AirKind.ACK, 8, bytes(range(8)))
NONCE = 0x01020304


class Desk:
    """A console and what it publishes."""

    def __init__(self) -> None:
        self.clock = ManualClock(5_000)
        self.events: list[Event] = []
        self.cable: list[Event] = []
        self.console = RadioConsole(self.clock, None, self._publish)

    def _publish(self, make: Callable[[], Event], *, cable: bool = False) -> None:
        (self.cable if cable else self.events).append(make())

    async def log(self, after: int = 0) -> list[RadioEntry]:
        answer = await self.console.answers()[RadioLog](RadioLog(after))
        assert isinstance(answer, list)
        return answer


def framed(payload: bytes) -> bytes:
    framer = Framer(Loops, LINK_FRAME_MAX)
    return bytes(framer.frame[: framer.close(bytearray(payload + bytes(CRC)), len(payload))])


def hello() -> bytes:
    fields = HelloRadio(
        PROTOCOL_VERSION, schema(), NONCE, 7, 2048, RadioKind.ESPNOW, 6, 250, 2536, b"\0\1\0", b"board"
    )
    return framed(bytes([LinkKind.HELLO_RADIO, NONCE & 255, 0, 0]) + encode(fields))


async def test_what_the_radio_says_of_itself_is_no_frame_that_was_heard() -> None:
    desk = Desk()
    desk.console.heard(FrameHeard(OURSELVES, ACK))
    (entry,) = await desk.log()
    assert (entry.what, entry.rssi) == ("out", None)
    assert entry.say.endswith("(the radio's own)")


async def test_frames_and_lines_in_their_order_decoded() -> None:
    desk = Desk()
    desk.console.heard(PortState("up", "", "/dev/ttyUSB0"))
    desk.console.heard(FrameHeard(-71, ACK))
    desk.clock.advance(1_500)
    desk.console.given(9, ACK)
    desk.console.heard(FrameSent(9, 1))
    desk.console.heard(TextHeard(b"wifi: \x1b[31mretry"))
    desk.console.heard(Closed("The radio fell silent."))

    entries = await desk.log()

    assert entries == desk.events
    assert [(entry.what, entry.say) for entry in entries] == [
        ("state", "up /dev/ttyUSB0"),
        ("in", "ACK FLOOD ttl=8 preimage=0001020304050607"),
        ("out", "ACK FLOOD ttl=8 preimage=0001020304050607 (token 9)"),
        ("sent", "token 9 ON_AIR"),
        ("line", "wifi: [31mretry"),
        ("state", "The radio fell silent."),
    ]
    assert (entries[1].rssi, entries[1].data) == (-71, ACK.hex())
    assert entries[2].ms - entries[1].ms == 1_500
    assert await desk.log(after=5) == entries[5:]


async def test_the_ring_is_bounded_and_numbers_go_on() -> None:
    desk = Desk()
    for _ in range(KEPT + 10):
        desk.console.heard(FrameHeard(-71, ACK))

    assert [entry.number for entry in await desk.log()] == list(range(11, KEPT + 11))


async def test_the_cable_is_told_apart_and_not_kept() -> None:
    desk = Desk()
    desk.console.heard(CableFrame(out=True, frame=bytes([LinkKind.PING, 4, 0, 0])))

    assert await desk.log() == desk.events == []
    assert [(each.what, each.say) for each in desk.cable if isinstance(each, RadioEntry)] == [
        ("cable_out", "PING")
    ]


def test_a_calendar_that_is_set_is_followed() -> None:
    desk = Desk()
    desk.console.heard(FrameHeard(-71, ACK))
    desk.clock._wall_offset += 3600
    desk.console.heard(FrameHeard(-71, ACK))

    first, second = (each.ms for each in desk.events if isinstance(each, RadioEntry))
    assert second - first == 3_600_000


def test_the_outcome_of_a_test_is_told() -> None:
    desk = Desk()
    desk.console.heard(ToneHeard(ToneResult(10, 9, -82, -75, -70)))

    assert desk.events == [RadioTested(10, 9, -82, -75, -70)]


@pytest.mark.parametrize("command", [RadioType("?"), RadioTest(3), RadioService()])
async def test_without_a_radio_nothing_can_be_asked(command: object) -> None:
    with pytest.raises(RadioMissing, match="No radio is up"):
        await Desk().console.answers()[type(command)](command)


@pytest.mark.parametrize("line", ["", "  ", "x" * 97, "a\nb", "\x1b[2J"])
async def test_a_line_is_one_plain_line(line: str) -> None:
    with pytest.raises(Refused, match="1 to 96 bytes"):
        await Desk().console.answers()[RadioType](RadioType(line))


async def test_ten_kilobytes_of_boot_log_between_frames_lose_neither() -> None:
    desk, chance = Desk(), random.Random(3)
    said = [f"Traceback line {number}: {'x' * chance.randrange(400)}" for number in range(50)]
    airs = [flood(AirKind.ACK, 8, number.to_bytes(8, "big")) for number in range(50)]
    stream = b"ets Jul 29 2019 12:21:46\r\n" + hello()
    for number, (line, air) in enumerate(zip(said, airs, strict=True)):
        head = bytes([LinkKind.HEARD, NONCE & 255, number & 255, 0])
        stream += line.encode() + b"\r\n" + framed(head + encode(Heard(-70, air)))
    session = Session(NONCE, 0, schema())
    at = 0
    while at < len(stream):
        size = chance.randint(1, 300)
        session.receive(stream[at : at + size], at)
        at += size
        session.data_to_send(at)
        while (event := session.next_event()) is not None:
            desk.console.heard(event)

    entries = await desk.log()
    text = "".join(entry.say for entry in entries if entry.what == "line")
    assert sum(map(len, said)) > 10_000
    assert text == "ets Jul 29 2019 12:21:46" + "".join(said)
    assert [entry.data for entry in entries if entry.what == "in"] == [air.hex() for air in airs]
