# SPDX-License-Identifier: MIT
"""Acks, as a radio sees them: the preimage of the commitment in the private message that they answer.

So whoever hears an ack knows which waiting message need not be carried any further, without a key.

In mode one-hop with ttl 2 an ack goes from radio to radio, and says by its id which frame has come on a way. With
ttl 1 it is one that a host has kept, and is for hosts.
"""

from mac import digest
from micropython import const
from paths import header_size
from viper import copy
from wire_tables import (
    AIR_VERSION,
    ID_LENGTH,
    KIND_ACK,
    KIND_PRIVATE,
    KIND_SESSION,
    MODE_ONE_HOP,
    PLAIN_HEADER,
)

CONFIRM_SIZE = const(14)  # header and id
_CONFIRM_TTL = const(2)

_SEALED = const(36)  # where it stands in the body of a sealed message
_SHORT = const(8)  # and in one in short form
_LENGTH = const(8)  # bytes, of it and of its preimage


class Acks:
    """Compares acks with private frames."""

    def __init__(self):
        self._preimage = bytearray(_LENGTH)
        self._id = bytearray(ID_LENGTH)
        self._confirm = bytearray(CONFIRM_SIZE)
        self._confirm[0] = AIR_VERSION << 6 | KIND_ACK << 2
        self._confirm[1] = MODE_ONE_HOP << 6 | _CONFIRM_TTL << 2

    def is_confirm(self, frame):
        """Whether a radio says this to radios."""
        return frame[1] == self._confirm[1] and frame[0] >> 2 & 15 == KIND_ACK

    def confirm(self, digest):
        """The frame that says that the one of this id is here; good until the next call."""
        copy(digest, 0, self._confirm, PLAIN_HEADER, ID_LENGTH)
        return self._confirm

    def confirmed(self, frame, n):
        """The id of the frame that this one says is there."""
        copy(frame, n - ID_LENGTH, self._id, 0, ID_LENGTH)
        return self._id

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
