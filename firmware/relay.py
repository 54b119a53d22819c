# SPDX-License-Identifier: MIT
"""The packet rules: heard before? hand on? when? what first? Pure: time and chance are arguments.

`now` is in milliseconds and goes round at 2^30, as ticks_ms does on an ESP32. A frame costs no memory but
what the hash objects take; everything else was set aside at the start.
"""

from micropython import const

from mac import Hasher
from seen import NO_SLOT, Seen
from slots import TICKS, Slots
from wire_tables import (
    AIR_FRAME_MAX,
    AIR_VERSION,
    FLAG_URGENT,
    KIND_ACK,
    KIND_POST,
    KIND_PRIVATE,
    KIND_PROFILE,
    KIND_SESSION,
    MODE_COLLECT,
    MODE_FLOOD,
    MODE_ONE_HOP,
    MODE_WAY,
    PATH_HEADER,
    PATH_NAMES,
    PLAIN_HEADER,
    SENT_QUEUE_FULL,
    SENT_REFUSED,
)

# What `receive` says of a frame; only the host's copy of a new one travels up the cable.
MALFORMED = 0
BAD_MAC = 1
DUPLICATE = 2
NEW = 3

# Places in `Relay.count`, in the order of the cable's STATUS.
HEARD = 0
DUPLICATES = 1
BAD_MACS = 2
MALFORMEDS = 3
FORWARDED = 4
SENT = 5
SILENCED = 6
DROPPED = 7
STATUS_COUNTERS = 8
NOT_FORWARDED = 8  # modes collect and way; not in STATUS

SILENCE_AFTER = 3  # copies heard, the first included: whoever is around has it

_URGENT = const(0)
_ACK = const(1)
_OWN = const(2)
_PRIVATE = const(3)
_PUBLIC = const(4)
_UNKNOWN = const(5)
_PRIORITIES = {
    KIND_ACK: _ACK,
    KIND_PRIVATE: _PRIVATE,
    KIND_SESSION: _PRIVATE,
    KIND_POST: _PUBLIC,
    KIND_PROFILE: _PUBLIC,
}


def header_size(frame, n):
    """Where the body of frame[:n] begins, or 0 if that is no air frame. The rules of handheld/wire/air.py."""
    if n <= PLAIN_HEADER or n > AIR_FRAME_MAX:
        return 0
    first = frame[0]
    hop = frame[1]
    if first >> 6 != AIR_VERSION or first >> 2 & 15 == 0 or first & 3 & ~FLAG_URGENT:
        return 0
    if hop & 3 or hop >> 2 & 15 == 0:
        return 0
    mode = hop >> 6
    if mode == MODE_FLOOD or mode == MODE_ONE_HOP:
        return PLAIN_HEADER
    return PATH_HEADER if n > PATH_HEADER and _path_holds(frame, mode) else 0


def _path_holds(frame, mode):
    cursor = frame[PLAIN_HEADER]
    used = PATH_NAMES
    while used and frame[PLAIN_HEADER + used] == 0:
        used -= 1
    # No gap among the names; a collecting frame's cursor counts them.
    for i in range(1, used):
        if frame[PLAIN_HEADER + i] == 0:
            return False
    return cursor == used if mode == MODE_COLLECT else cursor <= used


class Relay:
    """One radio's rules. `random(limit)` draws a whole number below `limit`; forwards spread over `spread` ms."""

    def __init__(self, key, spread, random):
        self.count = [0] * (STATUS_COUNTERS + 1)
        self.lost_token = -1  # of the own frame that gave way in the last call, or -1
        self._spread = spread
        self._random = random
        self._hasher = Hasher(key)
        self._seen = Seen()
        self._slots = Slots()

    def receive(self, frame, n, rssi, now):
        """A frame from the air, heard at `rssi` dBm: NEW is for the host, the rest are counted only."""
        # The signal will decide who hands on first; until then chance alone does.
        self.lost_token = -1
        header = header_size(frame, n)
        if header == 0:
            self._add(MALFORMEDS)
            return MALFORMED
        self._hasher.load(frame, n, header)
        if not self._hasher.holds(frame):
            self._add(BAD_MACS)
            return BAD_MAC
        self._seen.expire(now)
        mode = frame[1] >> 6
        entry = self._seen.find(self._hasher.id(), mode)
        if entry >= 0:
            self._add(DUPLICATES)
            self._heard_again(entry)
            return DUPLICATE
        entry = self._seen.add(now)
        self._seen.again(entry)
        self._add(HEARD)
        if mode == MODE_FLOOD:
            if frame[1] >> 2 & 15 > 1:
                self._forward(frame, n, entry, now)
        elif mode == MODE_COLLECT or mode == MODE_WAY:
            self._add(NOT_FORWARDED)
        return NEW

    def _heard_again(self, entry):
        copies = self._seen.again(entry)
        slot = self._seen.slots[entry]
        if slot != NO_SLOT and copies >= SILENCE_AFTER:
            self._add(SILENCED)
            self._clear(slot)

    def _forward(self, frame, n, entry, now):
        priority = _URGENT if frame[0] & FLAG_URGENT else _PRIORITIES.get(frame[0] >> 2 & 15, _UNKNOWN)
        due = (now + 1 + self._random(self._spread)) & TICKS
        slot = self._wait(priority, frame, n, due, -1, entry)
        if slot >= 0:
            self._slots.frames[slot][1] -= 1 << 2

    def submit(self, frame, n, token, now):
        """The host's own frame, whose MAC is still empty. 0: it waits; else the result that says why not."""
        self.lost_token = -1
        header = header_size(frame, n)
        if header == 0:
            return SENT_REFUSED
        self._hasher.load(frame, n, header)
        self._seen.expire(now)
        # So that what others hand on of it is known when it comes back.
        if self._seen.find(self._hasher.id(), frame[1] >> 6) < 0:
            self._seen.add(now)
        priority = _URGENT if frame[0] & FLAG_URGENT else min(_OWN, _PRIORITIES.get(frame[0] >> 2 & 15, _OWN))
        return 0 if self._wait(priority, frame, n, now, token, -1) >= 0 else SENT_QUEUE_FULL

    def _wait(self, priority, frame, n, due, token, entry):
        """Queue a frame; its slot, or -1 when all that wait are better. Somebody loses when all are taken."""
        slots = self._slots
        slot = slots.room(priority)
        if slot < 0:
            self._add(DROPPED)
            return slot
        if slots.taken(slot):
            self._add(DROPPED)
            self.lost_token = slots.token[slot]
            self._clear(slot)
        slots.fill(slot, priority, frame, n, due, token, entry)
        if entry >= 0:
            self._seen.slots[entry] = slot
        return slot

    def next_due(self, now):
        """The slot to be transmitted now, or -1. It stays until `sent`."""
        self._seen.expire(now)
        return self._slots.first(now)

    def fetch(self, slot):
        """The frame of a slot with its MAC, as a buffer that is good until the next call of anything here."""
        frame = self._slots.frames[slot]
        n = self._slots.length[slot]
        self._hasher.load(frame, n, header_size(frame, n))
        self._hasher.stamp(frame)
        return self._hasher.lend(frame, n)

    def sent(self, slot):
        """The slot's frame went on the air; its token, or -1 for a forward."""
        token = self._slots.token[slot]
        self._add(FORWARDED if token < 0 else SENT)
        self._clear(slot)
        return token

    def deadline(self, now):
        """Milliseconds until something is due, 0 when it is; -1: nothing waits."""
        return self._slots.wait(now)

    def queued(self):
        """How many frames wait."""
        return self._slots.used

    def _clear(self, slot):
        entry = self._slots.entry[slot]
        # The entry may have been overwritten since, and be another frame's.
        if entry >= 0 and self._seen.slots[entry] == slot:
            self._seen.slots[entry] = NO_SLOT
        self._slots.clear(slot)

    def _add(self, counter):
        self.count[counter] = (self.count[counter] + 1) & TICKS
