# SPDX-License-Identifier: MIT
"""The board's light: what the radio does, for who has neither screen nor cable.

starting, or at the prompt   dark
waiting for a region         half a second on, half a second off
on the air                   on: a radio that nothing happens to is not woken for its light
heard a frame                dark for a moment
"""

from micropython import const
from slots import HALF, TICKS

_HALF = const(500)
_FLICKER = const(40)
_SHINE = const(60)  # after a flicker, so that many frames are many and not darkness


class Led:
    """`pin`: what sets it when called with 0 or 1, None for a board without; `low`: it shines at 0.

    `waiting`: for a region. It is dark until the first `turn`.
    """

    def __init__(self, pin, low, waiting=False):
        self._pin = pin
        self._low = low
        self._waiting = waiting
        self._on = False
        self._heard = False
        self._until = -1
        self._set(False)

    def heard(self):
        """A frame came from the air."""
        self._heard = not self._waiting

    def turn(self, now):
        """Set it as it is to be now."""
        if self.wait(now) == 0:
            self._set(not self._on)
            self._heard = self._heard and self._on
            rest = _SHINE if self._on else _FLICKER
            self._until = (now + (_HALF if self._waiting else rest)) & TICKS

    def wait(self, now):
        """Milliseconds until `turn` is wanted; -1: not before something happens."""
        if self._pin is None or (self._on and not self._waiting and not self._heard):
            return -1
        left = (self._until - now) & TICKS if self._until >= 0 else 0
        return left if left < HALF else 0

    def _set(self, on):
        self._on = on
        if self._pin is not None:
            self._pin(on != self._low)
