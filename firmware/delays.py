# SPDX-License-Identifier: MIT
"""How long frames wait: before they go on, and then for somebody to be heard handing them on. Milliseconds.

All of it is counted in airtimes, so that the same rules serve a radio whose frames take 2 ms and one whose
frames take 2 s.
"""

from cover import ONE
from micropython import const
from paths import CURSOR, GOOD, length, quality
from slots import TICKS
from wire_tables import AIR_FRAME_MAX, MODE_WAY

_TYPICAL = const(120)  # bytes
_NEAR = const(30)  # dB of margin; such a hearer speaks last
_STALE_WINDOWS = const(2)
_HURRY = const(4)
_SPAN = const(64)  # airtimes of the longest frame over which is counted what the air carries
_FULL = const(5)  # part of it

_TURN = const(30)  # ms that the next radio's loop may take
_HOST = const(1000)  # ms that a reader's host may take to save a message


class Delays:
    """Those of one radio: `medium` has its airtime, spread and floor, `random(limit)` draws below `limit`.

    `full`: frames took more than a fifth of the time when one was last heard. Then one more costs others
    theirs: those that collided are not counted, so more than this is on the air. In a village of 100 whose
    air was full, fewer got a post the more often it was repeated.
    """

    def __init__(self, medium, random):
        self._medium = medium
        self._random = random
        self._span = (medium.airtime(AIR_FRAME_MAX) // 1000 + 1) * _SPAN
        self._taken = 0  # ms within the span; what a frame took is forgotten by and by
        self._at = 0
        self.full = False

    def heard(self, n, now):
        """A frame of n bytes was on the air."""
        passed = min(self._span, (now - self._at) & TICKS)
        taken = self._taken - self._taken * passed // self._span + self._medium.airtime(n) // 1000
        self._taken = min(self._span, taken)
        self._at = now
        self.full = self._taken * _FULL > self._span

    def window(self, n):
        """Over how long the forwards of n bytes are strewn: a short frame waits for the same long ones."""
        spread = self._medium.spread
        if self.full:
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
