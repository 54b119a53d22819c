"""The air as a process: radios send it frames over UDP on loopback, it delivers them when and where due.

radio -> ether   MAC 6 | JOIN: here I am, or FRAME | frame, or SENSE | microseconds to listen 4
ether -> radio   FRAME | MAC 6 of who was heard | RSSI int8 | frame, or SENSE | 1: somebody was heard, 0
"""

import heapq
import json
import os
import select
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any

from handheld.sim.air import Air, Began, Heard
from handheld.sim.timing import microseconds
from handheld.wire.constants import AIR_FRAME_MAX, AirKind

MAC = 6
JOIN, FRAME, SENSE = 0, 1, 2
SENSE_SIZE = 4

BUFFER = 4 << 20
"""Bytes of datagrams that may wait in the kernel while this process is not scheduled."""

ROUND = 64
"""Datagrams read before the air is looked at again, so that a flood of them does not hold up time."""

Address = tuple[str, int]


class Ether:
    """Who is where on UDP, and what went over the air. No socket in here."""

    def __init__(self, air: Air, macs: Sequence[bytes]) -> None:
        self._air = air
        self._macs = list(macs)
        self._numbers = {mac: number for number, mac in enumerate(macs)}
        self._addresses: dict[int, Address] = {}
        self._due: deque[tuple[Address, bytes]] = deque()
        self._senses: list[tuple[int, int]] = []
        self._frames: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._airtime_us = 0

    def receive(self, datagram: bytes, address: Address, now_us: int) -> None:
        """A datagram of a radio; one that makes no sense is counted and dropped."""
        number = self._numbers.get(datagram[:MAC])
        what, data = datagram[MAC : MAC + 1], datagram[MAC + 1 :]
        if number is None:
            self._refused["stranger"] += 1
        elif what == bytes([JOIN]):
            self._addresses[number] = address
        elif what == bytes([FRAME]) and 0 < len(data) <= AIR_FRAME_MAX:
            self._addresses[number] = address
            self._air.send(number, data, now_us)
        elif what == bytes([SENSE]) and len(data) == SENSE_SIZE:
            heapq.heappush(self._senses, (now_us + int.from_bytes(data, "big"), number))
        else:
            self._refused["strange"] += 1

    def next_datagram(self, now_us: int) -> tuple[Address, bytes] | None:
        """What is due to a radio by `now_us`; None when that is all."""
        while not self._due:
            asked = self._senses and self._senses[0][0] <= now_us
            if event := self._air.next_event(self._senses[0][0] if asked else now_us):
                self._happened(event)
            elif asked:
                self._answer(*heapq.heappop(self._senses))
            else:
                return None
        return self._due.popleft()

    def next_deadline(self) -> int | None:
        """When to look again at the latest."""
        times = [at_us for at_us, _ in self._senses[:1]]
        if (deadline := self._air.next_deadline()) is not None:
            times.append(deadline)
        return min(times, default=None)

    def _happened(self, event: Began | Heard) -> None:
        if isinstance(event, Began):
            self._count(event)
        else:
            self._deliver(event)

    def _answer(self, at_us: int, number: int) -> None:
        busy = self._air.busy_until(number, at_us) > at_us
        if address := self._addresses.get(number):
            self._due.append((address, bytes([SENSE, busy])))

    def report(self) -> dict[str, Any]:
        """Transmissions per kind of frame, what became of them at the receivers, and the time they took."""
        return {
            "frames": dict(sorted(self._frames.items())),
            "receptions": {key: self._air.counts[key] for key in ("heard", "collided", "deaf", "faded")},
            "refused": dict(self._refused + Counter(full=self._air.counts["refused"])),
            "airtime_s": round(self._airtime_us / 1e6, 6),
        }

    def _count(self, event: Began) -> None:
        self._frames[kind_name(event.data)] += 1
        self._airtime_us += event.airtime_us

    def _deliver(self, event: Heard) -> None:
        # A radio that is not up yet hears nothing.
        if address := self._addresses.get(event.receiver):
            whose = self._macs[event.sender] + struct.pack("b", event.rssi)
            self._due.append((address, bytes([FRAME]) + whose + event.data))


def kind_name(frame: bytes) -> str:
    """The kind of an air frame in lower case, "kind 9" for one that has no name here."""
    kind = frame[0] >> 2 & 15
    return AirKind(kind).name.lower() if kind in set(AirKind) else f"kind {kind}"


def open_socket() -> socket.socket:
    """The ether's door on loopback, on a port of the system's choice."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    door.bind(("127.0.0.1", 0))
    door.setblocking(False)
    return door


def serve(ether: Ether, door: socket.socket, control: int, clock: Callable[[], int] = microseconds) -> None:
    """Carry frames until the other end of `control` is shut; then write the report there as JSON."""
    stopped = False
    while not stopped:
        deadline = ether.next_deadline()
        timeout = None if deadline is None else max(0, deadline - clock()) / 1e6
        readable, _, _ = select.select([door.fileno(), control], [], [], timeout)
        stopped = control in readable
        for _ in range(ROUND):
            try:
                datagram, address = door.recvfrom(2048)
            except BlockingIOError:
                break
            ether.receive(datagram, address, clock())
        while due := ether.next_datagram(clock()):
            _send(door, *due)
    os.write(control, json.dumps(ether.report()).encode())


def _send(door: socket.socket, address: Address, datagram: bytes) -> None:
    try:
        door.sendto(datagram, address)
    except OSError:
        # A radio that was just switched off, or one that does not read: the air does not wait for anybody.
        return
