"""The air as a process: radios send it frames over UDP on loopback, it delivers them when and where due.

radio -> ether   MAC 6 | frame; without a frame: "here I am"
ether -> radio   MAC 6 of who was heard | RSSI int8 | frame
"""

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
        self._frames: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._airtime_us = 0

    def receive(self, datagram: bytes, address: Address, now_us: int) -> None:
        """A datagram of a radio; one that makes no sense is counted and dropped."""
        number = self._numbers.get(datagram[:MAC])
        frame = datagram[MAC:]
        if number is None:
            self._refused["stranger"] += 1
        elif len(frame) > AIR_FRAME_MAX:
            self._refused["long"] += 1
        else:
            self._addresses[number] = address
            if frame:
                self._air.send(number, frame, now_us)

    def next_datagram(self, now_us: int) -> tuple[Address, bytes] | None:
        """What is due to a radio by `now_us`; None when that is all."""
        while not self._due and (event := self._air.next_event(now_us)):
            if isinstance(event, Began):
                self._count(event)
            else:
                self._deliver(event)
        return self._due.popleft() if self._due else None

    def next_deadline(self) -> int | None:
        """When to look again at the latest."""
        return self._air.next_deadline()

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
            self._due.append((address, self._macs[event.sender] + struct.pack("b", event.rssi) + event.data))


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
