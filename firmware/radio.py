# SPDX-License-Identifier: MIT
"""What every kind of radio offers to the main loop; one file for each kind."""

from slots import HALF, TICKS


class Radio:
    """One frame out at a time, paced by its own air time, so that no driver's queue ever makes us wait.

    A kind sets `kind`, `channel`, `spread` (milliseconds over which forwards are strewn) and `source` (what
    to poll), and has `start`, `receive`, `transmit` and `airtime`.
    """

    def __init__(self, mtu):
        self.mtu = mtu
        self.out = bytearray(mtu)  # the frame to be sent
        self.heard = bytearray(mtu)  # the frame that `receive` found
        self.rssi = 0  # of that frame, in dBm
        view = memoryview(self.out)
        self._views = [view[:n] for n in range(mtu + 1)]
        self._sending = False
        self._free_at = 0

    def send(self, n, now):
        """Transmit out[:n]. Not before `wait` is 0."""
        self.transmit(self._views[n])
        self._free_at = (now + self.airtime(n) // 1000 + 1) & TICKS
        self._sending = True

    def wait(self, now):
        """Milliseconds until the next frame may be sent; 0: now."""
        if not self._sending:
            return 0
        left = (self._free_at - now) & TICKS
        if left == 0 or left >= HALF:
            self._sending = False
            return 0
        return left
