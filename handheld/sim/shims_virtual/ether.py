# SPDX-License-Identifier: MIT
"""The air and the time of a radio, in virtual time: both come from a scheduler, over the line PM_LINE.

The same functions as shims/ether.py has. The radio's process runs until the firmware waits; then it says what it
did and when it wants to be woken, and sleeps until its next turn. The format of the line: handheld/sim/virtual.py.
"""

import struct
from hashlib import sha256

import alarms
from uos import getenv

LOOKS = 64  # at the clock, in one turn, for which time stands still; see `now`
_NEVER = -1
_TURN = ">qHb"
_DONE = ">qiH"
_RECEPTION = ">6sbB"
_RECEPTION_SIZE = struct.calcsize(_RECEPTION)

_line = open(int(getenv("PM_LINE")), "r+b", 0)
_head = bytearray(struct.calcsize(_TURN))
_seed = getenv("PM_SEED")

_now = 0
_turn_at = 0
_looks = 0
_drawn = 0
_listen = _NEVER
_said = bytearray()
_heard = None
_tell = None
_arrived = []  # what came in a turn and was not handed on yet: (sensed, receptions)


def now():
    """Time stands still while the firmware works. Who keeps looking at the clock waits for it: it moves."""
    global _now, _looks
    _looks += 1
    if _looks > LOOKS:
        _now += 1
    return _now


def urandom(n):
    """Chance by a seed, and by when the radio started, so that it is another one after a reset."""
    global _drawn
    drawn = b""
    while len(drawn) < n:
        _drawn += 1
        drawn += sha256(b"%s %d %d" % (_seed.encode(), _started, _drawn)).digest()
    return drawn[:n]


def join(heard):
    """Be on the air: heard(address, rssi, frame) is called for each frame that comes to its end here."""
    global _heard
    _heard = heard


def leave():
    """Hear nothing any more."""
    global _heard
    _heard = None


def transmit(frame):
    """The frame is on the air from now on; for how long the caller knows."""
    _catch_up()
    _said.append(len(frame))
    _said.extend(frame)


def sense(microseconds, tell):
    """Listen for so long for anybody's transmission; then tell(busy) is called."""
    global _listen, _tell
    _catch_up()
    _listen = microseconds
    _tell = tell


def look(kernel, until):
    """What `kernel`, a poll of files, finds ready; if nothing, wait until `until` or until anything happens.

    `until` None: for ever; 0: do not wait. The answer may be empty before `until`.
    """
    ready = kernel.poll(0)
    if ready or until == 0:
        return ready
    _rest(until)
    return kernel.poll(0)


def sleep(microseconds):
    """Let so much time pass."""
    until = _now + microseconds
    while _now < until:
        _rest(until)


def _rest(until):
    """Until then, or until something happens."""
    alarm = alarms.first()
    if alarm is not None and (until is None or alarm < until):
        until = alarm
    if until is None or until > _now:
        _turn(_NEVER if until is None else until)
    while _arrived:
        _hand_on(*_arrived.pop(0))
    alarms.ring(_now)


def _catch_up():
    # What happens on the air happens at the time of a turn.
    while _now > _turn_at:
        _turn(_now)


def _turn(wake):
    """Give the turn back, and sleep until the next one."""
    global _now, _turn_at, _looks, _listen, _said
    _line.write(struct.pack(_DONE, wake, _listen, len(_said)) + _said)
    _listen = _NEVER
    _said = bytearray()
    if _line.readinto(_head) != len(_head):
        raise SystemExit  # the scheduler is gone
    _turn_at, size, sensed = struct.unpack(_TURN, _head)
    _now = max(_now, _turn_at)
    _looks = 0
    if size or sensed >= 0:
        _arrived.append((sensed, _line.read(size) if size else b""))


def _hand_on(sensed, heard):
    if sensed >= 0 and _tell is not None:  # a radio before the reset may have asked
        _tell(sensed == 1)
    at = 0
    while at < len(heard):
        address, rssi, n = struct.unpack_from(_RECEPTION, heard, at)
        at += _RECEPTION_SIZE + n
        if _heard is not None:
            _heard(address, rssi, heard[at - n : at])


_turn(0)
_started = _now
