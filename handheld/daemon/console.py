"""What the radio does, for whoever looks: the last of it in a ring, and all that happens as it happens.

A frame is put into words only when somebody asks: a node that nobody looks at pays for a place in the ring.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol

from handheld.clock import Clock
from handheld.commands import Command, RadioLog, RadioService, RadioTest, RadioType
from handheld.errors import RadioMissing, Refused
from handheld.events import Event, RadioEntry, RadioTested
from handheld.link import lines
from handheld.link.port import Port, PortEvent, PortState
from handheld.link.session import CableFrame, Closed, FrameHeard, FrameSent, Opened, TextHeard, ToneHeard
from handheld.node.inbound import OURSELVES
from handheld.text import clean, clean_line
from handheld.wire.constants import LINE_MAX, SentResult

KEPT = 512
"""Entries in the ring: an hour of a quiet village, or 30 kB of a radio's log."""

_JUMP = 2_000
"""Milliseconds by which calendar and clock may differ before the calendar was set."""

RADIOS_OWN = "the radio's own"
"""Said of a frame that the radio made and sent by itself."""

NO_RADIO = "No radio is up that could be asked. See: pocketmesh radio info"


class Publish(Protocol):
    """Door.publish_radio."""

    def __call__(self, make: Callable[[], Event], *, cable: bool = False) -> None:
        """Tell those who watch."""
        ...


class _Raw(NamedTuple):
    """An entry before it is put into words."""

    number: int
    ms: int
    what: str
    say: str
    data: bytes
    rssi: int | None


class RadioConsole:
    """Hears what the port says and what is given to the radio; answers the commands of a console."""

    def __init__(self, clock: Clock, port: Port | None, publish: Publish) -> None:
        self._clock = clock
        self._port = port
        self._publish = publish
        self._kept: deque[_Raw] = deque(maxlen=KEPT)
        self._number = 0
        self._offset = clock.wall() * 1000 - clock.now()
        self._by_event: dict[type[PortEvent], Callable[[Any], None]] = {
            FrameHeard: self._heard,
            FrameSent: lambda event: self._keep("sent", _result(event)),
            TextHeard: self._text,
            PortState: lambda event: self._keep("state", f"{event.state} {event.port} {event.why}".strip()),
            Opened: lambda event: self._keep("state", f"opened {clean_line(event.hello.board)}"),
            Closed: lambda event: self._keep("state", clean_line(event.reason)),
            ToneHeard: self._tested,
            CableFrame: self._cable,
        }

    def answers(self) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
        """Who answers which command."""
        return {
            RadioLog: self._log,
            RadioType: self._type,
            RadioTest: self._test,
            RadioService: self._service,
        }

    def heard(self, event: PortEvent) -> None:
        """One thing the port says."""
        if (keep := self._by_event.get(type(event))) is not None:
            keep(event)

    def given(self, token: int, air: bytes) -> None:
        """A frame is given to the radio; its MAC is filled in there."""
        self._keep("out", f"token {token}", air)

    def _keep(self, what: str, say: str, data: bytes = b"", rssi: int | None = None) -> None:
        self._number += 1
        raw = _Raw(self._number, self._ms(), what, say, data, rssi)
        self._kept.append(raw)
        self._publish(lambda: _entry(raw))

    def _heard(self, event: FrameHeard) -> None:
        if event.rssi == OURSELVES:
            self._keep("out", RADIOS_OWN, event.air)
        else:
            self._keep("in", "", event.air, event.rssi)

    def _ms(self) -> int:
        # The calendar knows seconds only, and may jump; what happened must stay in its order.
        ms = self._clock.now() + self._offset
        if abs(self._clock.wall() * 1000 - ms) > _JUMP:
            self._offset = self._clock.wall() * 1000 - self._clock.now()
            ms = self._clock.now() + self._offset
        return ms

    def _text(self, event: TextHeard) -> None:
        for line in event.data.splitlines():
            if said := clean(line, lines.LINE_MAX):
                self._keep("line", said, line)

    def _tested(self, event: ToneHeard) -> None:
        told = event.tested
        self._publish(lambda: RadioTested(told.probes, told.back, told.weakest, told.mean, told.strongest))

    def _cable(self, event: CableFrame) -> None:
        what = "cable_out" if event.out else "cable_in"
        raw = _Raw(0, self._ms(), what, "", event.frame, None)
        self._publish(lambda: _entry(raw), cable=True)

    async def _log(self, command: RadioLog) -> list[RadioEntry]:
        return [_entry(raw) for raw in self._kept if raw.number > command.after]

    async def _type(self, command: RadioType) -> None:
        line = command.line.strip().encode()
        if not line or len(line) > LINE_MAX or not command.line.strip().isprintable():
            raise Refused(f"A line for the radio has 1 to {LINE_MAX} bytes of plain text.")
        if self._port is None or not self._port.line(line):
            raise RadioMissing(NO_RADIO)

    async def _test(self, command: RadioTest) -> None:
        if self._port is None or not self._port.test(command.probes):
            raise RadioMissing(NO_RADIO)

    async def _service(self, _command: RadioService) -> None:
        if self._port is None or not self._port.service():
            raise RadioMissing(NO_RADIO)


def _result(event: FrameSent) -> str:
    return f"token {event.token} {SentResult(event.result).name}"


def _entry(raw: _Raw) -> RadioEntry:
    say = raw.say
    if raw.what in _FRAMES:
        from handheld.wire import explain  # noqa: PLC0415  only whoever looks pays for it

        said = explain.line(raw.data, explain.AIR if raw.what in _AIR else explain.LINK)
        say = f"{said} ({say})" if say else said
    return RadioEntry(raw.number, raw.ms, raw.what, say, raw.data.hex(), raw.rssi)


_AIR = frozenset({"in", "out"})
_FRAMES = _AIR | {"cable_in", "cable_out"}
