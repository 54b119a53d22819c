# SPDX-License-Identifier: MIT
"""Acks, as a radio sees them: the preimage of the commitment in the private message that they answer.

So whoever hears an ack knows which waiting message need not be carried any further, without a key.
"""

from mac import digest
from micropython import const
from paths import header_size
from viper import copy
from wire_tables import KIND_PRIVATE, KIND_SESSION

_SEALED = const(36)  # where it stands in the body of a sealed message
_SHORT = const(8)  # and in one in short form
_LENGTH = const(8)  # bytes, of it and of its preimage


class Acks:
    """Compares acks with private frames."""

    def __init__(self):
        self._preimage = bytearray(_LENGTH)

    def commitment(self, frame, n):
        """What the message says that is answered by this ack; its body is the end of frame[:n]."""
        copy(frame, n - _LENGTH, self._preimage, 0, _LENGTH)
        return digest(self._preimage)

    def asks(self, frame):
        """Whether an ack will say that this has arrived."""
        kind = frame[0] >> 2 & 15
        return kind == KIND_PRIVATE or kind == KIND_SESSION

    def answers(self, commitment, frame, n):
        """Whether frame[:n] is a private message that is answered."""
        if not self.asks(frame):
            return False
        at = header_size(frame, n) + (_SEALED if frame[0] >> 2 & 15 == KIND_PRIVATE else _SHORT)
        for i in range(_LENGTH):
            if frame[at + i] != commitment[i]:
                return False
        return True
