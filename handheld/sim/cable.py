"""The cable between a node and its radio: a pty that pyserial opens like /dev/ttyUSB0, at the wire's pace.

    node <-> pty <-> Wire, ten bits a byte <-> the radio's end, a socket

`Wire` and `Fault` are pure; `Cable` moves the bytes, on the event loop of whoever owns it.
"""

import asyncio
import contextlib
import os
import socket
import termios
import tty
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from handheld.clock import Entropy
from handheld.sim.timing import microseconds

BAUD = 115_200
BITS = 10
"""Per byte on the wire: start, eight, stop."""

PACKET = 64
"""Bytes a USB bridge hands over at once: a full-speed bulk packet."""

BACKLOG = 4096
"""Bytes under way in one direction at the most; the sender is not read meanwhile, as a tty makes him wait."""

MILLION = 1_000_000

Plug = Callable[[bytes], bytes]
"""What a bad plug does to the bytes that pass it."""


@dataclass(frozen=True)
class Fault:
    """A bad plug: each byte is lost, or has a bit turned, so many times in a million; by a seed."""

    entropy: Entropy
    lost_ppm: int = 0
    turned_ppm: int = 0

    def __call__(self, data: bytes) -> bytes:
        """What is left of `data` after the plug."""
        result = bytearray()
        for byte in data:
            drawn = self.entropy.below(MILLION)
            if drawn >= self.lost_ppm:
                turned = drawn < self.lost_ppm + self.turned_ppm
                result.append(byte ^ 1 << self.entropy.below(8) if turned else byte)
        return bytes(result)


class Wire:
    """One direction: bytes put in at any time come out one after the other at the baud rate. Microseconds.

    `packet`: after how many bytes of those put in together it wants to be looked at.
    """

    def __init__(self, baud: int = BAUD, fault: Plug | None = None, packet: int = PACKET) -> None:
        self._baud = baud
        self._packet = packet
        self._fault = fault
        self._chunks: deque[tuple[int, bytes]] = deque()  # when its first bit goes out, bytes
        self._taken = 0  # bytes of the first chunk that came out already
        self._free_us = 0
        self.backlog = 0

    def put(self, data: bytes, now_us: int) -> None:
        """Append bytes behind those under way."""
        if data:
            start_us = max(now_us, self._free_us)
            self._chunks.append((start_us, data))
            self._free_us = start_us + self._duration(len(data))
            self.backlog += len(data)

    def take(self, now_us: int) -> bytes:
        """The bytes whose stop bit has passed since the last call."""
        result = b""
        while self._chunks and self._chunks[0][0] < now_us:
            start_us, data = self._chunks[0]
            passed = min(len(data), (now_us - start_us) * self._baud // (BITS * MILLION))
            result += data[self._taken : passed]
            self._taken = passed
            if passed < len(data):
                break
            self._chunks.popleft()
            self._taken = 0
        self.backlog -= len(result)
        return self._fault(result) if self._fault else result

    def next_deadline(self) -> int | None:
        """When a packet's worth of bytes, or the last of those put in together, is through."""
        if not self._chunks:
            return None
        start_us, data = self._chunks[0]
        return start_us + self._duration(min(self._taken + self._packet, len(data)))

    def _duration(self, count: int) -> int:
        return -(-count * BITS * MILLION // self._baud)


class _Lane:
    """One direction at work: from a file descriptor through a wire to whoever takes the bytes."""

    def __init__(self, source: int, wire: Wire, sink: Callable[[bytes], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._wire = wire
        self._sink = sink
        self._alarm: asyncio.TimerHandle | None = None
        self._loop.add_reader(source, self._read)

    def close(self) -> None:
        """Move nothing any more; what is under way is gone."""
        self._loop.remove_reader(self._source)
        if self._alarm:
            self._alarm.cancel()

    def _read(self) -> None:
        try:
            data = os.read(self._source, BACKLOG - self._wire.backlog)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # The other end is gone for good, and would be readable for ever.
            self._loop.remove_reader(self._source)
            return
        self._wire.put(data, microseconds())
        if self._wire.backlog >= BACKLOG:
            self._loop.remove_reader(self._source)
        self._move()

    def _move(self) -> None:
        now_us = microseconds()
        held_back = self._wire.backlog >= BACKLOG
        if data := self._wire.take(now_us):
            self._sink(data)
        if held_back and self._wire.backlog < BACKLOG:
            self._loop.add_reader(self._source, self._read)
        if self._alarm:
            self._alarm.cancel()
        deadline = self._wire.next_deadline()
        delay_us = 0 if deadline is None else max(0, deadline - now_us)
        self._alarm = None if deadline is None else self._loop.call_later(delay_us / MILLION, self._move)


class Cable:
    """Both directions between a radio's end, which stays, and a pty, which is there while plugged in.

    Made, used and closed on a running event loop. Bytes that the other side does not take are lost, as on
    a serial line.
    """

    def __init__(self, radio: socket.socket, *, baud: int = BAUD, fault: Plug | None = None) -> None:
        radio.setblocking(False)
        self._radio = radio
        self._baud = baud
        self._fault = fault
        self._pty: tuple[int, int] | None = None
        self._up = _Lane(radio.fileno(), Wire(baud, fault), self._to_node)
        self._down: _Lane | None = None

    def plug(self) -> str:
        """Plug in; the name of the port to open, which may be another one each time."""
        self.unplug()
        master, slave = os.openpty()
        # Until a node sets it up the port would echo the radio's boot messages back to it. Our copy of the
        # node's end stays open, or the master would report a hang-up whenever nobody has the port open.
        tty.setraw(slave, termios.TCSANOW)
        os.set_blocking(master, False)
        self._pty = (master, slave)
        self._down = _Lane(master, Wire(self._baud, self._fault), self._to_radio)
        return os.ttyname(slave)

    def unplug(self) -> None:
        """Pull the plug: whoever has the port open sees it vanish."""
        if self._pty and self._down:
            self._down.close()
            for end in self._pty:
                os.close(end)
        self._pty = self._down = None

    def close(self) -> None:
        """Unplug, and let go of the radio's end."""
        self.unplug()
        self._up.close()
        self._radio.close()

    def _to_node(self, data: bytes) -> None:
        if self._pty:
            with contextlib.suppress(BlockingIOError):
                os.write(self._pty[0], data)

    def _to_radio(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._radio.send(data)
