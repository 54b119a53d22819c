# SPDX-License-Identifier: MIT
"""The test tone: probes that our neighbours hand on once, and how many of them come back how strong.

A probe is a flood of ttl 2, so a neighbour's radio relays it as it relays everything: it needs to know nothing of
tests. Where several hear it, those who hear others hand it on stay silent. Pure: time and chance are arguments.
"""

from micropython import const
from slots import HALF, TICKS
from wire_tables import (
    AIR_VERSION,
    EXTENSION_PROBE,
    KIND_EXTENSION,
    MODE_FLOOD,
    PLAIN_HEADER,
    PROBES_MAX,
)

PROBE = const(-3)  # in place of a token: the relay sends such a frame once
_NONCE = const(7)  # where it begins, behind the header and the extension's type
_SEQ = const(13)
_SIZE = const(14)
_REST = const(500)  # ms between two probes at least


class Tone:
    """One test at a time. `probes` of it are wanted, 0: none is on; `back` of those came back."""

    def __init__(self, relay, radio, random):
        self.probes = 0
        self.back = 0
        self.weakest = 0
        self.strongest = 0
        self.sum = 0
        self._relay = relay
        self._random = random
        # As long as a neighbour may wait before he hands it on, and three times that where others talk.
        self._every = _REST + 3 * radio.spread * radio.airtime(_SIZE) // 1000
        self._sent = 0
        self._due = 0
        self._answered = True
        self._frame = bytearray(_SIZE)
        self._frame[0] = AIR_VERSION << 6 | KIND_EXTENSION << 2
        self._frame[1] = MODE_FLOOD << 6 | 2 << 2
        self._frame[PLAIN_HEADER] = EXTENSION_PROBE

    def begin(self, probes, now):
        """Start a test, unless one is on."""
        if self.probes:
            return
        self.probes = min(PROBES_MAX, max(1, probes))
        self.back = self.weakest = self.strongest = self.sum = self._sent = 0
        self._due = now
        for i in range(_NONCE, _SEQ):
            self._frame[i] = self._random(256)

    def turn(self, now):
        """Send what is due; True once, when the test is over. `end` then makes room for the next."""
        if not self.probes or (now - self._due) & TICKS >= HALF:
            return False
        if self._sent == self.probes:
            return True
        self._sent += 1
        self._answered = False
        self._frame[_SEQ] = self._sent
        self._relay.submit(self._frame, _SIZE, PROBE, now)
        self._due = (now + self._every) & TICKS
        return False

    def heard(self, frame, n, rssi):
        """A frame from the air: perhaps our probe."""
        if self._answered or n != _SIZE:
            return
        for i in range(PLAIN_HEADER, _SIZE):
            if frame[i] != self._frame[i]:
                return
        if frame[0] != self._frame[0]:
            return
        self._answered = True
        self.weakest = min(self.weakest, rssi) if self.back else rssi
        self.strongest = max(self.strongest, rssi) if self.back else rssi
        self.sum += rssi
        self.back += 1

    def end(self):
        """The fields of the cable's TESTED; the next test may begin."""
        fields = {
            "probes": self.probes,
            "back": self.back,
            "weakest": self.weakest,
            "mean": -((self.back // 2 - self.sum) // self.back) if self.back else 0,
            "strongest": self.strongest,
        }
        self.probes = 0
        self._answered = True
        return fields
