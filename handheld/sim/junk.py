"""Somebody who fills the air: well-formed frames under the network's key, by made-up people, all the time."""

import hashlib
from collections.abc import Callable, Iterator

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.sim import firmware
from handheld.sim.host import BOARD
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import (
    DEFAULT_NETWORK_KEY,
    PLAIN_HEADER,
    PROFILE_ROUND_SHIFT,
    PUBLIC_START_TTL,
    AirKind,
)

_PRIVATE_BODY = 116
_ACK_BODY = 8
_ROUNDS = 64


def identity(frame: bytes) -> bytes:
    """What a flooding frame is known by on its whole way: its first byte and its body, hashed."""
    return hashlib.sha256(frame[:1] + frame[PLAIN_HEADER:]).digest()[:8]


def stream(seed: str, identities: int) -> Iterator[tuple[int, bytes]]:
    """Frames for ever, each with the number of who seems to send it: posts, mail, acks and profiles."""
    entropy = SeededEntropy(seed)
    people = [Identity.create(entropy) for _ in range(identities)]
    stamp = _stamper()
    count = 0
    while True:
        for number, person in enumerate(people):
            kind = tuple(_MAKERS)[count % len(_MAKERS)]
            count += 1
            body = _MAKERS[kind](person, count, entropy)
            yield number, stamp(flood(kind, PUBLIC_START_TTL, body))


def _stamper() -> Callable[[bytes], bytes]:
    hasher = firmware.load("mac")[0].Hasher(DEFAULT_NETWORK_KEY)

    def stamp(frame: bytes) -> bytes:
        stamped = bytearray(frame)
        hasher.load(stamped, len(stamped), PLAIN_HEADER)
        hasher.stamp(stamped)
        return bytes(stamped)

    return stamp


def _post(person: Identity, count: int, _entropy: SeededEntropy) -> bytes:
    return encode(sign_post(person, BOARD, count, count, b"junk"))


def _profile(person: Identity, count: int, _entropy: SeededEntropy) -> bytes:
    return encode(sign_profile(person, count % _ROUNDS << PROFILE_ROUND_SHIFT, b"junk"))


def _mail(_person: Identity, _count: int, entropy: SeededEntropy) -> bytes:
    return entropy.take(_PRIVATE_BODY)


def _ack(_person: Identity, _count: int, entropy: SeededEntropy) -> bytes:
    return entropy.take(_ACK_BODY)


_MAKERS = {AirKind.POST: _post, AirKind.PRIVATE: _mail, AirKind.ACK: _ack, AirKind.PROFILE: _profile}
