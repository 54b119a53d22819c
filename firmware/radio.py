# SPDX-License-Identifier: MIT
"""What every kind of radio offers to the main loop; one file for each kind."""

from micropython import const
from slots import HALF, TICKS

_BUSY = const(20)  # ms for a driver without room to find some


class Radio:
    """One frame out at a time, paced by its own air time, so that no driver's queue ever makes us wait.

    A kind sets `kind`, `channel`, `spread` (over how many airtimes of a frame its forwards are strewn),
    `floor` (dBm of the weakest frame that it hears) and `source` (what to poll), has `start` and `receive`,
    and fills in what is left open here.
    """

    def __init__(self, mtu):
        self.mtu = mtu
        self.heard = bytearray(mtu)  # the frame that `receive` found
        self.rssi = 0  # of that frame, in dBm
        self.address = None  # of its transmitter, where the link has any
        self.duty = None  # a Duty, where the law counts air time
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
        taken = self.transmit(frame)
        self._pause(now, self.airtime(len(frame)) // 1000 + 1 if taken else _BUSY)
        return taken

    def wait(self, now):
        """Milliseconds until the next frame may be sent, even the longest within the law; 0: now."""
        if self._sending:
            left = (self._free_at - now) & TICKS
            if 0 < left < HALF:
                return left
            self._sending = False
        return self.duty.wait(self.airtime(self.mtu), now) if self.duty else 0

    def deadline(self, now):
        """Milliseconds until the radio itself wants a turn; -1: it does not."""
        return -1

    def _pause(self, now, milliseconds):
        self._sending = True
        self._free_at = (now + milliseconds) & TICKS
