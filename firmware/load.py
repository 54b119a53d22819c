# SPDX-License-Identifier: MIT
"""How full the air is: the share of the time in which frames were heard of late."""

from micropython import const
from slots import TICKS
from wire_tables import AIR_FRAME_MAX

_SPAN = const(64)  # airtimes of the longest frame over which it is counted
_FULL = const(5)  # part of the time


class Load:
    """What a frame took is forgotten by and by. `medium` has its airtime.

    `full`: more than a fifth of the time was taken when a frame was last heard. Then one frame more costs
    others theirs: frames that collided are not counted, so more than this is on the air. In a village of 100
    whose air was full, fewer got a post the more often it was repeated.
    """

    def __init__(self, medium):
        self._medium = medium
        self._span = (medium.airtime(AIR_FRAME_MAX) // 1000 + 1) * _SPAN
        self._taken = 0  # ms within the span
        self._at = 0
        self.full = False

    def heard(self, n, now):
        """A frame of n bytes was on the air."""
        passed = min(self._span, (now - self._at) & TICKS)
        taken = self._taken - self._taken * passed // self._span + self._medium.airtime(n) // 1000
        self._taken = min(self._span, taken)
        self._at = now
        self.full = self._taken * _FULL > self._span
