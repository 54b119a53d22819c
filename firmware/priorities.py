# SPDX-License-Identifier: MIT
"""What goes first when several frames wait; a smaller number goes before a greater one."""

from micropython import const
from wire_tables import (
    FLAG_URGENT,
    KIND_ACK,
    KIND_HERE,
    KIND_POST,
    KIND_PRIVATE,
    KIND_PROFILE,
    KIND_SESSION,
    KIND_SYMBOL,
    MODE_WAY,
)

_URGENT = const(0)
_ACK = const(1)
_OWN = const(2)
_PRIVATE = const(3)
_PUBLIC = const(4)
_UNKNOWN = const(5)
_PRIORITIES = {
    KIND_ACK: _ACK,
    KIND_PRIVATE: _PRIVATE,
    KIND_SESSION: _PRIVATE,
    KIND_POST: _PUBLIC,
    KIND_PROFILE: _PUBLIC,
    KIND_HERE: _PUBLIC,
}

_PUBLIC_KINDS = (KIND_HERE, KIND_POST, KIND_PROFILE)


def is_public(frame):
    """Whether everybody may know who handed it on."""
    return frame[0] >> 2 & 15 in _PUBLIC_KINDS


def of_others(frame):
    """Of a frame to be handed on. By a way it asks little of the air, and nobody else will carry it."""
    if frame[0] & FLAG_URGENT:
        return _URGENT
    priority = _PRIORITIES.get(frame[0] >> 2 & 15, _UNKNOWN)
    return min(priority, _OWN) if frame[1] >> 6 == MODE_WAY else priority


def of_ours(frame):
    """Of a frame of our own."""
    if frame[0] & FLAG_URGENT:
        return _URGENT
    kind = frame[0] >> 2 & 15
    # Pieces of files give way to everything, ours too.
    return _UNKNOWN if kind == KIND_SYMBOL else min(_OWN, _PRIORITIES.get(kind, _OWN))
