# SPDX-License-Identifier: MIT
"""How full the air is: the share of the time in which frames were heard of late."""

from micropython import const
from slots import TICKS

_SPAN = const(64)  # airtimes of the longest frame over which it is counted
_FULL = const(6)  # part of the time


class Load:
    """What a frame took is forgotten by and by. `longest`: milliseconds of the longest frame.

    `full`: more than a sixth of the time was taken when a frame was last heard. Then one frame more costs
    others theirs: frames that collided are not counted, so more than this is on the air.
    """

    def __init__(self, longest):
        self._span = longest * _SPAN
        self._taken = 0  # ms within the span
        self._at = 0
        self.full = False

    def heard(self, ms, now):
        """A frame was on the air for so long."""
        passed = min(self._span, (now - self._at) & TICKS)
        self._taken = min(self._span, self._taken - self._taken * passed // self._span + ms)
        self._at = now
        self.full = self._taken * _FULL > self._span
