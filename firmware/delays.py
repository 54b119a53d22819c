# SPDX-License-Identifier: MIT
"""How long frames wait: before they go on, and then for somebody to be heard handing them on. Milliseconds.

All of it is counted in airtimes, so that the same rules serve a radio whose frames take 2 ms and one whose
frames take 2 s.
"""

from cover import ONE
from micropython import const
from paths import CURSOR, GOOD, length, quality
from wire_tables import AIR_FRAME_MAX, MODE_WAY

_TYPICAL = const(120)  # bytes
_NEAR = const(30)  # dB of margin; such a hearer speaks last
_STALE_WINDOWS = const(2)
_HURRY = const(4)

_TURN = const(30)  # ms that the next radio's loop may take
_HOST = const(1000)  # ms that a reader's host may take to save a message


class Delays:
    """Those of one radio: `medium` has its airtime, spread and floor, `random(limit)` draws below `limit`."""

    def __init__(self, medium, load, random):
        self._medium = medium
        self._load = load
        self._random = random

    def window(self, n):
        """Over how long the forwards of n bytes are strewn: a short frame waits for the same long ones."""
        spread = self._medium.spread
        if self._load.full:
            # What is far then is late by the waits at each hop, and longer ones let no fewer collide.
            spread = spread // _HURRY + 1
        return spread * self._medium.airtime(max(n, _TYPICAL)) // 1000 + 1

    def stale(self):
        """A frame of others that is late by so much is old news."""
        return self.window(_TYPICAL) * _STALE_WINDOWS + _TURN

    def flood(self, n, rssi):
        """Before it floods on. Whoever hears it weakest is the farthest, and speaks first."""
        window = self.window(n)
        margin = min(_NEAR, max(0, rssi - self._medium.floor))
        return 1 + window * 3 * margin // (5 * _NEAR) + self._random(window // 5 + 1)

    def collect(self, frame, n, need):
        """Before a collecting frame goes on. Whoever has the most neighbours without a copy speaks first."""
        window = self.window(n)
        wait = window * ONE // max(need, ONE) + self._random(window // 5 + 1)
        # By a weak link it may come again by a better one first.
        return 1 + wait + window * (GOOD - min(quality(frame), GOOD)) // (8 * GOOD)

    def way(self, n, ahead):
        """Before it goes on by its way, when our turn is `ahead` turns from now.

        Whoever is further on goes first; those whom he saves a transmission hear him.
        """
        step = self.window(n) // 40 + 1
        return 1 + step * (3 - min(3, ahead)) + self._random(step)

    def echo(self, frame, n):
        """After it went out: in this time the next radio should be heard to hand it on."""
        airtime = self._medium.airtime(n) // 1000 + 1
        window = self.window(n)
        if frame[1] >> 6 != MODE_WAY:
            return airtime + window + window // 4 + self._random(window // 2 + 1) + _TURN
        if frame[CURSOR] < length(frame) - 1:
            # Others may be talking when it is the next one's turn.
            longest = self._medium.airtime(AIR_FRAME_MAX) // 1000
            return 2 * airtime + window // 10 + longest + self._random(longest) + _TURN
        return 4 * airtime + self._random(airtime) + _HOST
