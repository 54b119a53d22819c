# SPDX-License-Identifier: MIT
"""Whom a waiting frame still lacks, as far as the copies tell that were heard meanwhile.

By name where the copies say who transmitted them: our neighbours that none of them reached. By strength where
they do not: the share of our surroundings that none of their transmitters covers.
"""

from micropython import const
from neighbours import count
from paths import NAMES, last
from wire_tables import KIND_HERE, MODE_COLLECT

# A flood's first copy leaves at most 61 % of our surroundings uncovered, heard at the edge of what can be
# heard; a nearer transmitter, less (Ni and others, MobiCom 1999). Shares of 255, by margin in steps of 4 dB.
_UNCOVERED = b"\x9b\x7f\x67\x54\x44\x38\x2d\x25\x1e\x18"
_STEP = const(4)  # dB
_SPARSE = const(3)
_FEW = const(51)  # of 255: that little is not worth a transmission

# Neighbours without a copy count 16, those with one in reach 2: one in eight misses it.
ONE = const(16)
_ONCE = const(2)
_COPIES = const(4)  # so many are enough, whomever they reached
_LITTLE = const(25)  # of 255: by name less is needed than by strength alone


class Cover:
    """Keeps `bare`, `lacks` and `once` of the slots. `floor`: dBm of the weakest frame that is heard."""

    def __init__(self, neighbours, slots, seen, floor):
        self._neighbours = neighbours
        self._slots = slots
        self._seen = seen
        self._floor = floor
        self.lacks = 0  # what `weigh` found: the set of those who lack it surely
        self._once = 0

    def weigh(self, frame):
        """Whom this collecting frame, heard for the first time, has not reached: 16 for each, 2 for maybe."""
        near = self._neighbours
        speaker = last(frame)
        lacks = near.hear_us & ~near.bit(speaker) & ~near.bit(frame[NAMES])
        self._once = lacks & self._reached(frame)
        self.lacks = lacks & ~self._once
        return ONE * count(self.lacks) + _ONCE * count(self._once)

    def enough(self, need):
        """Whether so little `need` is not worth a transmission; without known neighbours nobody can tell."""
        return self._neighbours.hear_us != 0 and need < ONE

    def begin(self, slot, rssi):
        """This slot waits now, with the copy heard at `rssi`; a collecting frame was weighed just before."""
        slots = self._slots
        slots.bare[slot] = self._uncovered(rssi)
        if slots.frames[slot][1] >> 6 == MODE_COLLECT:
            slots.lacks[slot] = self.lacks
            slots.once[slot] = self._once

    def add(self, frame, rssi, slot):
        """One more copy of it is in the air: who has it now?"""
        slots = self._slots
        if frame[1] >> 6 == MODE_COLLECT:
            reached = self._reached(frame)
            has = ~self._neighbours.bit(last(frame))
            twice = slots.once[slot] & reached
            slots.once[slot] = (slots.once[slot] & ~twice | slots.lacks[slot] & reached) & has
            slots.lacks[slot] &= ~reached & has
        slots.bare[slot] = slots.bare[slot] * self._uncovered(rssi) // 255

    def whole(self, slot):
        """Whether it need not go out any more."""
        slots = self._slots
        copies = self._seen.copies[slots.entry[slot]]
        few = _FEW
        sparse = 0 < count(self._neighbours.hear_us) <= _SPARSE
        if slots.frames[slot][1] >> 6 == MODE_COLLECT and self._neighbours.hear_us:
            if ONE * count(slots.lacks[slot]) + _ONCE * count(slots.once[slot]) < ONE or copies >= _COPIES:
                return True
            few = _LITTLE
        # One copy alone never silences us: behind us may be the only one who hears nobody else.
        # And among two or three neighbours strong copies from one side say nothing of the other.
        return slots.bare[slot] < few and copies > 1 and not sparse

    def _reached(self, frame):
        # A `here` is to teach a way, so it must get there by a link that works both ways.
        near = self._neighbours
        return near.mutual(last(frame)) if frame[0] >> 2 & 15 == KIND_HERE else near.reached_by(last(frame))

    def _uncovered(self, rssi):
        margin = max(0, rssi - self._floor) // _STEP
        return _UNCOVERED[min(margin, len(_UNCOVERED) - 1)]
