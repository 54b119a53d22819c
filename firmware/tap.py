# SPDX-License-Identifier: MIT
"""The last frames that were heard or sent, for a person who looks at the radio. It costs no memory per frame."""

from array import array

from micropython import const
from viper import copy
from wire_tables import AIR_FRAME_MAX

SIZE = const(8)
SENT = const(-1)  # in place of what the relay said of a frame that was heard


class Tap:
    """A ring. `count` is how many there ever were; number `i` of them is at place i % SIZE."""

    def __init__(self):
        self.count = 0
        self.frames = [bytearray(AIR_FRAME_MAX) for _ in range(SIZE)]
        self.length = bytearray(SIZE)
        self.rssi = array("h", (0 for _ in range(SIZE)))
        self.verdict = array("b", (0 for _ in range(SIZE)))
        self.at = array("I", (0 for _ in range(SIZE)))

    def add(self, frame, n, rssi, verdict, now):
        """A frame was heard at `rssi` dBm, and the relay said `verdict`; or it was SENT."""
        place = self.count % SIZE
        n = min(n, AIR_FRAME_MAX)
        copy(frame, 0, self.frames[place], 0, n)
        self.length[place] = n
        self.rssi[place] = rssi
        self.verdict[place] = verdict
        self.at[place] = now
        self.count = self.count + 1 & 0x3FFFFFFF
