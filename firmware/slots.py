# SPDX-License-Identifier: MIT
"""Frames that wait for the air: sixteen slots, by priority, each with the moment from which it may go.

Times are milliseconds that go round at 2^30, as ticks_ms does on an ESP32. A difference is masked, never
compared with zero: there a number of 31 bits is an object and allocated.
"""

from array import array

from micropython import const
from viper import copy
from wire_tables import AIR_FRAME_MAX

SIZE = const(16)
FREE = const(255)
_AIRED = const(6)  # a priority below all others
TICKS = const(0x3FFFFFFF)
HALF = const(0x20000000)


class Slots:
    """Sixteen frames at most. A smaller `priority` goes first, among equals the one that came first."""

    def __init__(self):
        self.frames = [bytearray(AIR_FRAME_MAX) for _ in range(SIZE)]
        self.length = bytearray(SIZE)
        self.priority = bytearray(FREE for _ in range(SIZE))
        self.token = array("i", (-1 for _ in range(SIZE)))
        self.entry = array("h", (-1 for _ in range(SIZE)))
        self.left = bytearray(SIZE)  # repeats, after the first time
        self.aired = bytearray(SIZE)  # 1: was sent, and waits to see whether that was enough
        self.bare = bytearray(SIZE)  # of a frame without names: the share of 255 that nobody covers yet
        # Of one with names: those who hear us and had no copy in reach yet, and those who had one.
        self.lacks = array("i", (0 for _ in range(SIZE)))
        self.once = array("i", (0 for _ in range(SIZE)))
        self.used = 0
        self._due = array("I", (0 for _ in range(SIZE)))
        self._order = array("H", (0 for _ in range(SIZE)))
        self._count = 0

    def room(self, priority):
        """Where a frame of this priority may go: a free slot, or the oldest of the least; -1: all are better.

        What was sent already gives way to everything.
        """
        worst = -1
        worst_rank = priority << 16
        for slot in range(SIZE):
            if self.priority[slot] == FREE:
                return slot
            rank = self._rank(slot, 1)
            if rank >= worst_rank:
                worst = slot
                worst_rank = rank
        return worst

    def _rank(self, slot, sign):
        age = (self._count - self._order[slot]) & 0xFFFF
        return (self.priority[slot] << 16) + sign * age

    def fill(self, slot, priority, frame, n, due, token, entry, left):
        """Put a copy of frame[:n] into a free slot, to go from `due` on, and `left` times more."""
        self.used += 1
        copy(frame, 0, self.frames[slot], 0, n)
        self.length[slot] = n
        self.priority[slot] = priority
        self.token[slot] = token
        self.entry[slot] = entry
        self.left[slot] = left
        self.aired[slot] = 0
        self.lacks[slot] = 0
        self.once[slot] = 0
        self._due[slot] = due
        self._order[slot] = self._count
        self._count = (self._count + 1) & 0xFFFF

    def again(self, slot, due):
        """It was sent, and is due once more then, unless somebody is heard to hand it on."""
        self.aired[slot] = 1
        self.token[slot] = -1
        self.priority[slot] = _AIRED
        self._due[slot] = due

    def taken(self, slot):
        """Whether something waits there."""
        return self.priority[slot] != FREE

    def fresh(self):
        """How many were not sent yet."""
        return self.used - sum(self.aired)

    def clear(self, slot):
        """Nothing waits there any more."""
        self.priority[slot] = FREE
        self.aired[slot] = 0
        self.used -= 1

    def first(self, now):
        """The slot that may go now and should go first, or -1."""
        best = -1
        if not self.used:
            return best
        best_rank = FREE << 16
        for slot in range(SIZE):
            if self.priority[slot] != FREE and (now - self._due[slot]) & TICKS < HALF:
                rank = self._rank(slot, -1)
                if rank < best_rank:
                    best = slot
                    best_rank = rank
        return best

    def wait(self, now):
        """Milliseconds until some slot may go, 0 when one may; -1: all are free."""
        shortest = -1
        if not self.used:
            return shortest
        for slot in range(SIZE):
            if self.priority[slot] != FREE:
                left = (self._due[slot] - now) & TICKS
                if left >= HALF:
                    return 0
                if shortest < 0 or left < shortest:
                    shortest = left
        return shortest
