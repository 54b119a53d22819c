# SPDX-License-Identifier: MIT
"""How much one transmitter may have handed on: a token bucket each, and one that all strangers share.

Whoever makes up addresses stays a stranger: only who hands on what others sent too, as an honest relay does
most of the time, gets a bucket of his own. LoRa frames carry no address; there each kind of frame has one.
"""

from array import array

from micropython import const
from viper import copy, find_id

KNOWN = const(32)  # addresses with a bucket of their own
_ADDRESS = const(6)
_KINDS = const(16)
_SHARED = const(KNOWN)  # the strangers' bucket stands behind those
_PROOF = const(3)  # frames that others sent as well, until a stranger is known

_ACQUAINTANCE = const(40)  # airtimes
_STRANGERS = const(80)
_FULL = const(32)  # tokens, one for a frame


class Buckets:
    """A kind of frame earns a token each time the longest frame's `airtime` (ms) has passed.

    A transmitter with an address earns one in 40 of those, all strangers together one in 80.
    """

    def __init__(self, airtime):
        self._airtime = airtime
        self._addresses = bytearray(KNOWN * _ADDRESS)
        self._key = bytearray(_ADDRESS)
        self._used = 0
        self._next = 0
        self._proof = bytearray(KNOWN * _ADDRESS)
        self._proofs = bytearray(KNOWN)
        self._candidates = 0
        self._candidate = 0
        self._tokens = bytearray(_FULL for _ in range(KNOWN + 1 + _KINDS))
        self._at = array("I", (0 for _ in range(KNOWN + 1 + _KINDS)))

    def take(self, address, kind, now):
        """Whether one more frame of this transmitter (None: of this kind) may take our time."""
        if address is None:
            return self._take(KNOWN + 1 + kind, self._airtime, now)
        copy(address, 0, self._key, 0, _ADDRESS)
        place = find_id(self._addresses, self._used, self._key, _ADDRESS)
        if place < 0:
            return self._take(_SHARED, _STRANGERS * self._airtime, now)
        return self._take(place, _ACQUAINTANCE * self._airtime, now)

    def _take(self, bucket, every, now):
        earned = ((now - self._at[bucket]) & 0x3FFFFFFF) // every
        tokens = self._tokens[bucket]
        if earned >= _FULL - tokens:
            tokens = _FULL
            self._at[bucket] = now
        else:
            tokens += earned
            self._at[bucket] = (self._at[bucket] + earned * every) & 0x3FFFFFFF
        if tokens == 0:
            self._tokens[bucket] = 0
            return False
        self._tokens[bucket] = tokens - 1
        return True

    def vouch(self, address):
        """This transmitter sent what somebody else had sent before."""
        if address is None:
            return
        copy(address, 0, self._key, 0, _ADDRESS)
        if find_id(self._addresses, self._used, self._key, _ADDRESS) >= 0:
            return
        place = find_id(self._proof, self._candidates, self._key, _ADDRESS)
        if place < 0:
            place = self._candidate
            copy(self._key, 0, self._proof, place * _ADDRESS, _ADDRESS)
            self._proofs[place] = 0
            self._candidate = (place + 1) % KNOWN
            self._candidates = max(self._candidates, place + 1)
        self._proofs[place] += 1
        if self._proofs[place] == _PROOF:
            self._admit()

    def _admit(self):
        copy(self._key, 0, self._addresses, self._next * _ADDRESS, _ADDRESS)
        self._tokens[self._next] = _FULL
        self._next = (self._next + 1) % KNOWN
        self._used = max(self._used, self._next if self._next else KNOWN)
