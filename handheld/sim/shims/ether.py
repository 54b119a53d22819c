# SPDX-License-Identifier: MIT
"""The air and the time of a radio, in real time: what every simulated radio chip is built on.

shims_virtual/ether.py offers the same in virtual time. Times are microseconds. What comes by a call comes while
the firmware waits, in a poll or a sleep, and never within its code.

Datagrams on loopback, to the ether:  address 6 | JOIN, or FRAME | frame, or SENSE | microseconds 4
from it:                              FRAME | address 6, RSSI 1, frame, or SENSE | 1: busy, 0: free
"""

import socket

import alarms
from uos import getenv, urandom  # noqa: F401 - one of the things that virtual time has its own of
from utime import sleep_us as _sleep_us
from utime import ticks_us as now  # noqa: F401

JOIN = 0
FRAME = 1
SENSE = 2
_LONGEST = 8 + 255

_door = None
_address = b""
_heard = None
_tell = None


def join(heard):
    """Be on the air: heard(address, rssi, frame) is called for each frame that comes to its end here."""
    global _door, _address, _heard
    _heard = heard
    if _door is None:
        _address = bytes.fromhex(getenv("PM_MAC"))
        _door = _open()
    _send(JOIN, b"")


def _open():
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.connect(socket.getaddrinfo("127.0.0.1", int(getenv("PM_AIR_PORT")))[0][-1])
    door.setblocking(False)
    return door


def leave():
    """Hear nothing any more."""
    global _heard
    _heard = None


def transmit(frame):
    """The frame is on the air from now on; for how long the caller knows."""
    _send(FRAME, bytes(frame))


def sense(microseconds, tell):
    """Listen for so long for anybody's transmission; then tell(busy) is called."""
    global _tell
    _tell = tell
    _send(SENSE, microseconds.to_bytes(4, "big"))


def look(kernel, until):
    """What `kernel`, a poll of files, finds ready; if nothing, wait until `until` or until anything happens.

    `until` None: for ever; 0: do not wait. The answer may be empty before `until`.
    """
    if _door is not None:
        kernel.register(_door, 1)
    ready = [found for found in kernel.poll(_patience(until)) if found[0] is not _door]
    _receive()
    alarms.ring(now())
    return ready


def sleep(microseconds):
    """Let so much time pass."""
    _sleep_us(microseconds)
    _receive()
    alarms.ring(now())


def _patience(until):
    if until == 0:
        return 0
    times = [at for at in (until, alarms.first()) if at is not None]
    return max(0, -(-(min(times) - now()) // 1000)) if times else -1


def _send(what, data):
    try:
        _door.send(_address + bytes((what,)) + data)
    except OSError:
        pass  # an ether that is not there: nobody hears, as on a mountain


def _receive():
    while _door is not None:
        try:
            datagram = _door.recv(_LONGEST)
        except OSError:
            return
        if len(datagram) > 8 and datagram[0] == FRAME:
            rssi = datagram[7]
            if _heard is not None:
                _heard(datagram[1:7], rssi - 256 if rssi > 127 else rssi, datagram[8:])
        elif len(datagram) == 2 and datagram[0] == SENSE and _tell is not None:
            _tell(datagram[1] == 1)
