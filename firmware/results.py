# SPDX-License-Identifier: MIT
"""What became of the host's frames, until the cable has told it: a ring of three bytes each, token and result."""

from micropython import const

SIZE = const(3)
_MOST = const(32)


class Results:
    """`awaited`: frames whose result is still to come; `count`: results that the host does not have yet."""

    def __init__(self):
        self.awaited = 0
        self.count = 0
        self.ring = bytearray(SIZE * _MOST)
        self._first = 0

    def full(self):
        """Whether there is no room for the result of one more frame."""
        return self.awaited + self.count == _MOST

    def add(self, token, result):
        """The result of a frame; nothing, if the host has gone since."""
        if self.awaited == 0:
            return
        self.awaited -= 1
        at = SIZE * ((self._first + self.count) % _MOST)
        self.ring[at] = token >> 8
        self.ring[at + 1] = token & 255
        self.ring[at + 2] = result
        self.count += 1

    def first(self):
        """Where in `ring` the oldest stands."""
        return SIZE * self._first

    def drop(self):
        """The oldest is told."""
        self._first = (self._first + 1) % _MOST
        self.count -= 1

    def clear(self):
        """Nobody is there to be told."""
        self.awaited = 0
        self.count = 0
