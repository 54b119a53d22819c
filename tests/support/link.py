"""Both ends of the cable in one process: a host's sessions, and firmware/host_link.py under CPython.

    bench = Bench(seed=1)
    bench.run(500)          # milliseconds of virtual time
    bench.hear()            # the radio heard a frame
    bench.send()            # the host wants to send one

What either end took from the other is kept by the nonce of the session, and `check` compares.
"""

import struct
from collections import defaultdict
from functools import cache
from types import ModuleType
from typing import Any

from handheld.clock import SeededEntropy
from handheld.link.hello import fresh_nonce
from handheld.link.session import (
    Closed,
    CountersHeard,
    FrameHeard,
    FrameSent,
    Opened,
    Session,
    SessionEvent,
    TextHeard,
)
from handheld.link.states import State
from handheld.wire.codec import encode
from handheld.wire.constants import LinkKind, SentResult
from handheld.wire.link import Send
from handheld.wire.schema import schema
from tests.support.cable import Faults, Line
from tests.support.cpython_firmware import load

CLOCK_WRAP = 1 << 30
BOOT = 0xB0070000
STATUS = (7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4)


@cache
def host_link() -> ModuleType:
    """firmware/host_link.py, imported once."""
    return load("host_link")[0]


def hello(**changes: Any) -> dict[str, Any]:
    """What a radio says of itself."""
    fields = {
        "boot": BOOT + 1,
        "window": 2048,
        "radio": 1,
        "channel": 6,
        "mtu": 250,
        "airtime": 2600,
        "firmware": b"\0\1\0",
        "board": b"ESP32",
    }
    return fields | changes


class Uart:
    """The radio's port: MicroPython's stream methods over two byte queues; takes at most `room` bytes."""

    def __init__(self, room: int = 10_000) -> None:
        self.room = room
        self.incoming = bytearray()
        self.outgoing = bytearray()

    def readinto(self, buf: bytearray) -> int | None:
        """What is there, at most a buffer full."""
        count = min(len(buf), len(self.incoming))
        buf[:count] = self.incoming[:count]
        del self.incoming[:count]
        return count or None

    def write(self, buf: bytearray, count: int) -> int | None:
        """As many bytes as there is room for, None when there is none."""
        count = min(count, self.room - len(self.outgoing))
        self.outgoing += buf[:count]
        return count or None


class Radio:
    """A radio that takes every frame and says at once that it went on the air."""

    def __init__(self, boot: int, now: int, uart: Uart) -> None:
        self.uart = uart
        self.link = host_link().HostLink(uart, **hello(boot=boot))
        self.taken: dict[bytes, list[bytes]] = defaultdict(list)
        self.given: dict[bytes, list[bytes]] = defaultdict(list)
        self.commands: list[int] = []
        self.link.tick(now)

    @property
    def nonce(self) -> bytes:
        """Of the session that the radio is in, or was in last."""
        return bytes(self.link._nonce)

    def run(self, now: int) -> None:
        """One turn of a radio's main loop."""
        while self.uart.incoming:
            self.link.readable(now)
            while kind := self.link.next_command():
                self.commands.append(kind)
                if kind == LinkKind.SEND:
                    self.taken[self.nonce].append(bytes(self.link.command[: self.link.length]))
                    self.link.sent(self.link.token, SentResult.ON_AIR, now)
                if kind == LinkKind.PING:
                    self.link.status(STATUS, now)
        self.link.tick(now)


class Bench:
    """A host and a radio, a line each way. The host opens again whenever a session is over.

    `room`: bytes that the radio's port takes in a millisecond; `ticks`: how far its clock is ahead of ours.
    """

    def __init__(
        self,
        seed: int = 0,
        faults: Faults | None = None,
        *,
        start: int = 1_000,
        ticks: int = 0,
        room: int = 10_000,
    ) -> None:
        self.now = start
        self.entropy = SeededEntropy(seed)
        self.down = Line(2 * seed, faults)
        self.up = Line(2 * seed + 1, faults)
        self.boots = 0
        self._room = room
        self._ticks = ticks
        self.events: list[SessionEvent] = []
        self.heard: dict[bytes, list[bytes]] = defaultdict(list)
        self.confirmed: dict[bytes, list[int]] = defaultdict(list)
        self.sent: dict[bytes, list[bytes]] = defaultdict(list)
        self.radios: list[Radio] = []
        self.count = 0
        self.sessions = 0
        self.restart_radio()
        self.reopen()

    @property
    def radio(self) -> Radio:
        """The radio since its last start."""
        return self.radios[-1]

    @property
    def nonce(self) -> bytes:
        """Of the host's session."""
        return struct.pack(">I", self.session._nonce)

    @property
    def is_up(self) -> bool:
        """Whether the host has a session."""
        return self.session.state is State.UP

    def ticks(self) -> int:
        """The radio's clock, which goes round."""
        return (self.now + self._ticks) % CLOCK_WRAP

    def restart_radio(self) -> None:
        """Power off and on: what the radio has not written is gone."""
        self.boots += 1
        self.radios.append(Radio(BOOT + self.boots, self.ticks(), Uart(self._room)))

    def reopen(self) -> None:
        """The host opens the cable, again."""
        last = self.session._nonce if self.sessions else 0
        self.sessions += 1
        self.session = Session(fresh_nonce(self.entropy, last), self.now, schema())

    def frame(self) -> bytes:
        """An air frame that says which one it is, in each of its bytes."""
        self.count += 1
        return struct.pack(">I", self.count) * (2 + self.count * 7 % 60)

    def hear(self) -> bool:
        """The radio heard a frame; whether it took it for the host."""
        air = self.frame()
        taken = self.radio.link.heard(air, len(air), -70, self.ticks())
        if taken:
            self.radio.given[self.radio.nonce].append(air)
        return taken

    def send(self) -> bool:
        """The host sends a frame; whether the session took it."""
        air = self.frame()
        taken = self.session.send(LinkKind.SEND, encode(Send(self.count & 0xFFFF, air)))
        if taken:
            self.sent[self.nonce].append(air)
        return taken

    def run(self, milliseconds: int) -> None:
        """Let time pass."""
        until = self.now + milliseconds
        while self.now < until:
            self.now += 1
            self._host()
            self._radio()

    def settle(self) -> None:
        """No more faults, and time for everything to arrive; all radios and hosts are to agree then."""
        self.down.faults = self.up.faults = Faults()
        self.run(14_000)

    def _host(self) -> None:
        while data := self.up.take(self.now):
            self.session.receive(data, self.now)
        deadline = self.session.next_deadline()
        if deadline is not None and self.now >= deadline:
            self.session.tick(self.now)
        self.down.put(self.session.data_to_send(self.now), self.now)
        over = False
        while event := self.session.next_event():
            self.events.append(event)
            self._keep(event)
            over = over or isinstance(event, Closed)
        if over:
            self.reopen()

    def _keep(self, event: SessionEvent) -> None:
        if isinstance(event, FrameHeard):
            self.heard[self.nonce].append(event.air)
        if isinstance(event, FrameSent):
            self.confirmed[self.nonce].append(event.token)

    def _radio(self) -> None:
        while data := self.down.take(self.now):
            self.radio.uart.incoming += data
        self.radio.run(self.ticks())
        self.up.put(bytes(self.radio.uart.outgoing), self.now)
        self.radio.uart.outgoing.clear()

    def check(self) -> None:
        """In every session each frame arrived once, in order, undamaged; the radio counts what is missing."""
        for nonce, heard in self.heard.items():
            given = self._partner(nonce).given[nonce]
            lost = sum(radio.link.undelivered for radio in self.radios)
            assert heard == [air for air in given if air in set(heard)]
            assert len(given[: given.index(heard[-1])]) < len(heard) + lost
        for radio in self.radios:
            for nonce, taken in radio.taken.items():
                assert taken == self.sent[nonce][: len(taken)]
        for nonce, tokens in self.confirmed.items():
            assert tokens == [_token(air) for air in self.sent[nonce]][: len(tokens)]

    def _partner(self, nonce: bytes) -> Radio:
        """The start of the radio that answered this session's hello."""
        [hello] = [
            event.hello
            for event in self.events
            if isinstance(event, Opened) and event.hello.nonce == int.from_bytes(nonce, "big")
        ]
        return self.radios[hello.boot - BOOT - 1]

    def check_all(self) -> None:
        """Besides, in the session that is up, everything has arrived."""
        self.check()
        assert self.is_up
        assert self.radio.nonce == self.nonce
        missing = len(self.radio.given[self.nonce]) - len(self.heard[self.nonce])
        assert missing <= self.radio.link.undelivered
        assert self.radio.taken[self.nonce] == self.sent[self.nonce]
        assert len(self.confirmed[self.nonce]) == len(self.sent[self.nonce])


def _token(air: bytes) -> int:
    return int.from_bytes(air[:4], "big") & 0xFFFF


__all__ = ["Bench", "Closed", "CountersHeard", "Opened", "Radio", "TextHeard", "Uart", "hello", "host_link"]
