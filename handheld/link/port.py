"""The radio's serial port: finds it, opens it for us alone, keeps one session on it, and finds it again.

No threads and no polling: while a port is open the loop wakes for bytes and for the session's deadlines.
"""

import asyncio
import contextlib
import errno
import os
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Final

from serial import Serial, SerialException
from serial.tools.list_ports import comports

from handheld.clock import Clock, Entropy
from handheld.errors import RadioBusy, RadioForeign, RadioMissing, UserError
from handheld.events import RADIO_CONNECTING, RADIO_SEARCHING, RADIO_UP
from handheld.link.hello import fresh_nonce
from handheld.link.holders import holders
from handheld.link.session import Closed, Opened, Session, SessionEvent
from handheld.link.states import State
from handheld.logs import logger
from handheld.text import clean_line
from handheld.values import dataclass
from handheld.wire.codec import encode
from handheld.wire.constants import LinkKind
from handheld.wire.link import Line, Send, Set, ToneTest
from handheld.wire.schema import schema

AUTO: Final = "auto"
BAUD = 115_200

VENDORS = {0x303A: "Espressif", 0x10C4: "CP210x", 0x1A86: "CH34x", 0x0403: "FTDI"}
"""USB vendor ids of what an ESP32 is plugged in with."""

PAUSE_MIN = 200
PAUSE_MAX = 2_000
"""Milliseconds between two looks for a radio."""
REFUSED_PAUSE = 15_000
"""How long a device that did not answer as a radio is left alone, unless it is named or plugged in anew."""

SERVICE_PAUSE = 60_000
"""How long the port is left to whoever wants the prompt; and then for as long as another program has it."""

_READ_MAX = 4_096
_BLOCKED_PAUSE = 100
_UNPLUGGED = "The radio was unplugged."
_SERVICED = (
    "The radio is at its prompt. It is looked for again in a minute, if no other program has its port then."
)

_log = logger("port")


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this machine. USB ids are None for one that has none; `name` is clean."""

    device: str
    vendor: int | None = None
    product: int | None = None
    serial: str = ""
    name: str = ""

    @property
    def likely(self) -> bool:
        """Whether an ESP32 may be behind it."""
        return self.vendor in VENDORS

    @property
    def identity(self) -> tuple[int | None, int | None, str] | None:
        """What stays the same when it gets another name; None without USB ids."""
        return None if self.vendor is None else (self.vendor, self.product, self.serial)


@dataclass(frozen=True, slots=True)
class PortState:
    """Where we are with the radio: a state of `events`, why it is not up, and the port."""

    state: str
    why: str
    port: str


PortEvent = SessionEvent | PortState


def list_ports() -> list[FoundPort]:
    """The serial ports there are, by name."""
    found = (
        FoundPort(
            port.device,
            port.vid,
            port.pid,
            port.serial_number or "",
            clean_line(port.product or port.description),
        )
        for port in comports()
    )
    return sorted(found, key=lambda port: port.device)


class Port:
    """Keeps the radio connected while `run` runs. `wanted`: a device's path, or "auto" for known USB ids.

    A radio that answered once is found again by its USB ids and serial number, under any name. Everything
    is told by `report`, on the event loop; a change of state comes as a PortState.
    """

    def __init__(
        self,
        wanted: str,
        clock: Clock,
        entropy: Entropy,
        report: Callable[[PortEvent], None],
        find: Callable[[], list[FoundPort]] = list_ports,
        holders: Callable[[str], list[int]] = holders,
    ) -> None:
        self._wanted = wanted
        self._clock = clock
        self._entropy = entropy
        self._report = report
        self._find = find
        self._holders = holders
        self._state = PortState("", "", "")
        self._nonce = 0
        self._known: tuple[int | None, int | None, str] | None = None
        self._refused: dict[FoundPort, int] = {}
        self._connection: _Connection | None = None
        self._serviced = False
        self._tapped = False

    async def run(self) -> None:
        """Find, open, converse, again and again, until cancelled; the radio is told goodbye.

        After `service` the prompt is left to whoever wants it, for a while.
        """
        pause = PAUSE_MIN
        while True:
            was_up = await self._look()
            if self._serviced:
                self._set(RADIO_SEARCHING, _SERVICED, self._state.port)
                await self._leave(self._state.port)
                self._serviced = False
            pause = PAUSE_MIN if was_up else min(2 * pause, PAUSE_MAX)
            await asyncio.sleep(pause / 1000)

    def send(self, token: int, air: bytes) -> bool:
        """Give a frame to the radio; a FrameSent with `token` will follow. False: it cannot be taken now."""
        return self._give(LinkKind.SEND, encode(Send(token, air)))

    def set(self, number: int, value: int) -> bool:
        """Ask the radio to change a setting; a SettingsHeard will follow. False: it cannot be asked now."""
        return self._give(LinkKind.SET, encode(Set(number, value)))

    def line(self, text: bytes) -> bool:
        """Type a line to the radio's console; text will follow. False: it cannot be asked now."""
        return self._give(LinkKind.LINE, encode(Line(text)))

    def test(self, probes: int) -> bool:
        """Ask the radio for a test tone; a ToneHeard will follow. False: it cannot be asked now."""
        return self._give(LinkKind.TEST, encode(ToneTest(probes)))

    def tap(self, on: bool) -> None:
        """Whether every frame of the cable is reported as a CableFrame, from now on."""
        self._tapped = on
        if self._connection is not None:
            self._connection.tap(on)

    def service(self) -> bool:
        """Ask the radio to restart into its prompt, and leave its port; False: it cannot be asked now."""
        asked = self._give(LinkKind.SERVICE, b"")
        self._serviced = self._serviced or asked
        return asked

    def _give(self, kind: LinkKind, body: bytes) -> bool:
        return self._connection is not None and self._connection.send(kind, body)

    async def _leave(self, device: str) -> None:
        await asyncio.sleep(SERVICE_PAUSE / 1000)
        # Many programs lock no port: our hello would be typed into theirs.
        while self._holders(device):  # noqa: ASYNC110 - nobody tells us when they are done
            await asyncio.sleep(REFUSED_PAUSE / 1000)

    async def _look(self) -> bool:
        """One look at what is plugged in; whether a session was up."""
        candidates = self._candidates()
        if not candidates and not self._refused:
            self._set(RADIO_SEARCHING, "No radio is plugged in. Plug it into USB: it is found by itself.", "")
        for found in candidates:
            try:
                await self._attempt(found)
            except UserError as error:
                self._set(RADIO_SEARCHING, str(error), found.device)
            else:
                return True
        return False

    def _candidates(self) -> list[FoundPort]:
        found = self._find()
        known = [port for port in found if port.identity is not None and port.identity == self._known]
        if self._wanted != AUTO:
            # What is named in /dev/serial/by-id is a link.
            named = str(Path(self._wanted).resolve())
            return known or [port for port in found if port.device == named] or [FoundPort(self._wanted)]
        now = self._clock.now()
        self._refused = {
            port: until for port, until in self._refused.items() if port in found and now < until
        }
        return known + [
            port for port in found if port.likely and port not in known and port not in self._refused
        ]

    async def _attempt(self, found: FoundPort) -> None:
        """Open a port and hold one session on it until that is over. Raises why it never was up."""
        device = open_port(found.device)
        if self._state.port != found.device or not self._state.why:
            self._set(RADIO_CONNECTING, "", found.device)
        self._nonce = fresh_nonce(self._entropy, self._nonce)
        connection = _Connection(device, self._nonce, self._clock, lambda event: self._heard(event, found))
        self._connection = connection
        connection.tap(self._tapped)
        try:
            reason = await connection.run()
        finally:
            self._connection = None
            device.close()
        if self._state.state == RADIO_UP:
            self._set(RADIO_CONNECTING, reason, found.device)
            return
        if reason == _UNPLUGGED:
            raise RadioMissing(_UNPLUGGED)
        self._refused[found] = self._clock.now() + REFUSED_PAUSE
        raise RadioForeign(f"{found.device}: {reason}")

    def _heard(self, event: SessionEvent, found: FoundPort) -> None:
        if isinstance(event, Opened):
            self._known = found.identity
            self._set(RADIO_UP, "", found.device)
        self._report(event)

    def _set(self, state: str, why: str, port: str) -> None:
        changed = PortState(state, why, port)
        if changed != self._state:
            self._state = changed
            _log.info("radio %s %s %s", state, port, why)
            self._report(changed)


class _Connection:
    """One session on one opening of a port."""

    def __init__(
        self, device: Serial, nonce: int, clock: Clock, report: Callable[[SessionEvent], None]
    ) -> None:
        self._fd: int = device.fileno()
        self._clock = clock
        self._report = report
        self._session = Session(nonce, clock.now(), schema())
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[str] = self._loop.create_future()
        self._out = b""
        self._alarm: asyncio.TimerHandle | None = None

    async def run(self) -> str:
        """Converse until the session is over; why it is."""
        self._loop.add_reader(self._fd, self._guarded, self._read)
        self._guarded(self._turn)
        try:
            return await self._over
        finally:
            self._farewell()
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
            if self._alarm:
                self._alarm.cancel()

    def _farewell(self) -> None:
        if self._session.state is State.UP:
            self._session.close(self._clock.now())
            self._write()
            return
        # Nobody takes what is still to be written: closing would wait for that half a minute.
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._fd, termios.TCOFLUSH)

    def tap(self, on: bool) -> None:
        """Whether every frame is reported."""
        self._session.tapped = on

    def send(self, kind: LinkKind, body: bytes) -> bool:
        """Give a numbered frame to the session; whether it took it."""
        taken = self._session.send(kind, body)
        if taken:
            self._guarded(self._turn)
        return taken

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            if not self._over.done():
                step()
        except Exception as error:
            # A bug of ours: it is for whoever awaits `run`.
            if self._over.done():
                raise
            self._over.set_exception(error)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, _READ_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._over.set_result(_UNPLUGGED)
            return
        self._session.receive(data, self._clock.now())
        self._turn()

    def _wake(self) -> None:
        self._alarm = None
        self._session.tick(self._clock.now())
        self._turn()

    def _turn(self) -> None:
        """After anything happened: write, report, set the alarm."""
        self._write()
        while (event := self._session.next_event()) is not None:
            self._report(event)
            if isinstance(event, Closed) and not self._over.done():
                self._over.set_result(event.reason)
        self._set_alarm()

    def _write(self) -> None:
        blocked = bool(self._out)
        while self._out or self._more():
            try:
                count = os.write(self._fd, self._out)
            except BlockingIOError:
                count = 0
            except OSError:
                # The reader hears of it as well, and ends this.
                self._out = b""
                break
            self._out = self._out[count:]
            if self._out:
                if not blocked:
                    self._loop.add_writer(self._fd, self._guarded, self._turn)
                return
        if blocked:
            self._loop.remove_writer(self._fd)

    def _more(self) -> bool:
        self._out = self._session.data_to_send(self._clock.now())
        return bool(self._out)

    def _set_alarm(self) -> None:
        deadline = self._session.next_deadline()
        if deadline is None or self._over.done():
            return
        # What is due while the port takes nothing cannot be done at once.
        soonest = _BLOCKED_PAUSE if self._out else 0
        delay = max(soonest, deadline - self._clock.now()) / 1000
        at = self._loop.time() + delay
        # An alarm that is early only sets the next one: cheaper than a new one for each frame.
        if self._alarm and self._alarm.when() <= at:
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(at, self._guarded, self._wake)


_GONE = (RadioMissing, "There is nothing behind {}: is the radio plugged in?")
_FORBIDDEN = (RadioMissing, "You may not use {}: join the group that owns it (dialout), and log in again.")
_BUSY = (RadioBusy, "Another program uses {}: close it, or name another port.")
_NO_PORT = (RadioMissing, "{} is no serial port. See which there are: pocketmesh radio list")
_OPEN_ERRORS: dict[int, tuple[type[UserError], str]] = {
    errno.ENOENT: (RadioMissing, "There is no {}: is the radio plugged in?"),
    **dict.fromkeys((errno.ENODEV, errno.ENXIO, errno.EIO), _GONE),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _FORBIDDEN),
    **dict.fromkeys((errno.EBUSY, errno.EAGAIN), _BUSY),
}


def open_port(device: str) -> Serial:
    """The port, locked for us; RadioMissing or RadioBusy say why it could not be had."""
    try:
        port = Serial(device, BAUD, timeout=0, write_timeout=0, exclusive=True)
    except (SerialException, OSError) as error:
        kind, sentence = _OPEN_ERRORS.get(error.errno or 0, _NO_PORT)
        raise kind(sentence.format(device)) from error
    attributes = termios.tcgetattr(port.fileno())
    # So that a read of nothing means that the device is gone, and never that there is nothing to read yet.
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
    return port
