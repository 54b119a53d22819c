# SPDX-License-Identifier: MIT
"""A frame's id and its link MAC (HMAC-SHA256, RFC 2104), over one work buffer.

The buffer holds byte 0, body, path header, byte 1. So the id is the hash of how it begins, the MAC covers
all of it, and neither needs a slice, which would be allocated for each frame. The buffer then serves the
driver as well: a view of every length costs 5 KiB on an ESP32, once is enough.
"""

import hashlib

from viper import copy
from wire_tables import AIR_FRAME_MAX, MAC_LENGTH, MAC_OFFSET, PLAIN_HEADER

BLOCK = 64  # bytes, of SHA-256


def digest(data):
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


class Hasher:
    """Ids and MACs under one network key of at most 64 bytes; `load` a frame first."""

    def __init__(self, key):
        key = bytes(key) + bytes(BLOCK - len(key))
        self._inner = bytes(byte ^ 0x36 for byte in key)
        self._outer = bytes(byte ^ 0x5C for byte in key)
        self._work = bytearray(AIR_FRAME_MAX)
        view = memoryview(self._work)
        self._views = [view[:n] for n in range(AIR_FRAME_MAX + 1)]
        self._body_end = 1
        self._end = 2

    def load(self, frame, n, header):
        """Lay out frame[:n], whose body begins at `header`."""
        end = 1 + n - header
        work = self._work
        work[0] = frame[0]
        copy(frame, header, work, 1, n - header)
        path = header - PLAIN_HEADER
        copy(frame, PLAIN_HEADER, work, end, path)
        # Last, because it tells whether a path stands before it: no frame's MAC is good for another frame.
        work[end + path] = frame[1]
        self._body_end = end
        self._end = n - MAC_LENGTH

    def id(self):
        """SHA-256 of byte 0 and body; a frame's id is the first 8 bytes of it."""
        return hashlib.sha256(self._views[self._body_end]).digest()

    def mac(self):
        """The whole HMAC; the first 4 bytes of it travel."""
        # The pads go in by themselves: joined to what follows they would have to be copied, and a hash
        # object cannot be copied here.
        digest = hashlib.sha256(self._inner)
        digest.update(self._views[self._end])
        inner = digest.digest()
        digest = hashlib.sha256(self._outer)
        digest.update(inner)
        return digest.digest()

    def holds(self, frame):
        """Whether the MAC in the loaded frame is the right one."""
        mac = self.mac()
        wrong = 0
        for i in range(MAC_LENGTH):
            wrong |= mac[i] ^ frame[MAC_OFFSET + i]
        return wrong == 0

    def stamp(self, frame):
        """Write the MAC of the loaded frame into it."""
        copy(self.mac(), 0, frame, MAC_OFFSET, MAC_LENGTH)

    def lend(self, frame, n):
        """frame[:n] as a buffer of just that length. What was loaded is gone; good until the next `load`."""
        copy(frame, 0, self._work, 0, n)
        return self._views[n]
