# SPDX-License-Identifier: MIT
"""How a radio tells its neighbours, and nobody beyond, what it is called and whom it hears: a `here` of nobody.

It says so at its start, and then ever more rarely. One hop, no author: it says nothing of who owns the radio.
"""

from micropython import const
from slots import HALF, TICKS
from wire_tables import AIR_VERSION, KIND_HERE, MODE_COLLECT, PATH_HEADER

# Where a `here` has room for the names that its origin's radio hears: behind author and counter.
HERE_NAMES = const(10)
_AUTHOR = const(8)

_WINDOWS = const(2)
_SECOND = const(2)
_STRETCH = const(6)
_HOUR = const(3_600_000)


class Hello:
    """When it is due, and the frame, as a host would submit it. `window`: that of the longest frame, in ms."""

    def __init__(self, window, random):
        self._random = random
        self._wait = window * _WINDOWS
        self._at = -1
        self.made = 0
        self.frame = bytearray(PATH_HEADER + HERE_NAMES)
        self.frame[0] = AIR_VERSION << 6 | KIND_HERE << 2
        self.frame[1] = MODE_COLLECT << 6 | 1 << 2

    def due(self, now):
        """Whether `frame` is to be submitted now: then it is another one than the last, and not due again."""
        if self._at < 0:
            # Not all at once where the power has come back.
            self._at = (now + self._random(self._wait)) & TICKS
            return False
        if (now - self._at) & TICKS >= HALF:
            return False
        self._at = (now + self._wait // 2 + self._random(self._wait // 2 + 1)) & TICKS
        # The second tells those who were heard after the first that they are.
        self._wait = min(_HOUR, self._wait * (_STRETCH if self.made else _SECOND))
        self.made += 1
        for i in range(PATH_HEADER + _AUTHOR, len(self.frame)):
            self.frame[i] = self._random(256)
        return True

    def soon(self, now):
        """Let the next one be due now: there is something to tell."""
        self._at = now

    def wait(self, now):
        """Milliseconds until `due` should be asked."""
        wait = (self._at - now) & TICKS if self._at >= 0 else 0
        return 0 if wait >= HALF else wait
