# SPDX-License-Identifier: MIT
"""What was heard in the last ten minutes: a ring of (frame id, mode) pairs with the copies counted."""

from array import array

from micropython import const
from viper import copy, find_id
from wire_tables import ID_LENGTH

SIZE = 1024
NO_SLOT = const(255)

_KEY = const(9)  # the id, and mode + 1; zero there marks an entry that has aged out
# Ages are counted in units of 1,024 ms, so that 16 bits go round in 18 hours and not in a minute.
_UNIT = const(10)
_LIFE = const(586)  # 600,064 ms


class Seen:
    """Entries by number, the oldest overwritten when all are taken; `slots` says where one waits to go out."""

    def __init__(self, size=SIZE):
        self.slots = bytearray(size)
        self.copies = bytearray(size)
        self.score = bytearray(size)  # of the best path on which a frame came
        self.sent = bytearray(size)  # how often we sent it
        self._size = size
        self._keys = bytearray(_KEY * size)
        self._born = array("H", bytes(2 * size))
        self._key = bytearray(_KEY)
        self._oldest = 0
        self._next = 0
        self._used = 0  # between oldest and next
        self._filled = 0  # entries that were ever written: no need to search the rest

    def expire(self, now):
        """Let what is older than ten minutes go. At least once in 18 hours, or ages are lost."""
        unit = now >> _UNIT
        while self._used and (unit - self._born[self._oldest]) & 0xFFFF >= _LIFE:
            self._keys[self._oldest * _KEY + ID_LENGTH] = 0
            self._drop_oldest()

    def _drop_oldest(self):
        self._oldest = (self._oldest + 1) % self._size
        self._used -= 1

    def find(self, digest, mode):
        """The entry of this id (the first 8 bytes of `digest`) in this mode, or -1. `add` adds the same."""
        copy(digest, 0, self._key, 0, ID_LENGTH)
        self._key[ID_LENGTH] = mode + 1
        return find_id(self._keys, self._filled, self._key, _KEY)

    def add(self, now):
        """A new entry, without copies or slot, for what `find` looked for last."""
        if self._used == self._size:
            self._drop_oldest()
        entry = self._next
        copy(self._key, 0, self._keys, entry * _KEY, _KEY)
        self._born[entry] = now >> _UNIT & 0xFFFF
        self.copies[entry] = 0
        self.score[entry] = 0
        self.sent[entry] = 0
        self.slots[entry] = NO_SLOT
        self._next = (entry + 1) % self._size
        self._used += 1
        self._filled = max(self._filled, entry + 1)
        return entry

    def again(self, entry):
        """Count a copy; how many there were, at most 255."""
        copies = min(self.copies[entry] + 1, 255)
        self.copies[entry] = copies
        return copies
