# SPDX-License-Identifier: MIT
"""What every kind of radio offers to the main loop; one file for each kind."""

from micropython import const
from slots import HALF, TICKS

_BUSY = const(20)  # ms for a driver without room to find some


class Radio:
    """One frame out at a time, paced by its own air time, so that no driver's queue ever makes us wait.

    A kind sets `kind`, `channel`, `spread` (over how many airtimes of a frame its forwards are strewn), `floor`
    (dBm of the weakest frame that it hears) and `source` (what to poll), has `start` and `receive`, and fills in what is left open here.
    """

    def __init__(self, mtu):
        self.mtu = mtu
        self.heard = bytearray(mtu)  # the frame that `receive` found
        self.rssi = 0  # of that frame, in dBm
        self.address = None  # of its transmitter, where the link has any
        self._sending = False
        self._free_at = 0

    def transmit(self, frame):
        """Hand a frame to the driver, which copies it and does not wait; whether it took it."""
        raise NotImplementedError

    def airtime(self, n):
        """Microseconds that a frame of n bytes is on the air."""
        raise NotImplementedError

    def send(self, frame, now):
        """Transmit a frame; whether it went out. Not before `wait` is 0, nor again before it is once more."""
        self._sending = True
        taken = self.transmit(frame)
        pause = self.airtime(len(frame)) // 1000 + 1 if taken else _BUSY
        self._free_at = (now + pause) & TICKS
        return taken

    def wait(self, now):
        """Milliseconds until the next frame may be sent; 0: now."""
        if not self._sending:
            return 0
        left = (self._free_at - now) & TICKS
        if left == 0 or left >= HALF:
            self._sending = False
            return 0
        return left
