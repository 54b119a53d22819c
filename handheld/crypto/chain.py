"""Conversations in short form: once both have acknowledged something sealed, frames need no key on the air.

    label 8         tells the reader which key it is; used once
    commitment 8    as in the sealed form: the ack is its preimage
    sealed n, tag   ChaCha20-Poly1305 of the padded letter

A chain carries letters one way, from a writer to a reader. It begins with two seeds, one out of a sealed
message in each direction: the writer's that the reader acknowledged, and the reader's that the writer had
acknowledged when he sealed his. Each step gives the secrets of one frame and the chain's next state, from
which the one before cannot be computed.

No nonce can meet a key twice: a step's key encrypts one frame, with nonce zero; steps only go forward; and
a chain is in memory alone, never on a disk. After a power cut or a restored backup there is none, and the
seeds of the next come out of one-time keys that are drawn anew. The two directions differ by the order of
seeds and names, so they never share a key either.
"""

import hashlib

from handheld.crypto import curve
from handheld.crypto.sealing import commitment_of
from handheld.errors import CryptoError, WireError
from handheld.values import dataclass
from handheld.wire.codec import decode, encode
from handheld.wire.constants import SESSION_SIZES
from handheld.wire.records import Letter, Session

_STATE = 32
_LABEL = 8
_NONCE = bytes(curve.NONCE)


@dataclass(frozen=True, repr=False)
class Step:
    """The secrets of one frame; whoever holds them uses them once."""

    label: bytes
    key: bytes
    preimage: bytes

    @property
    def commitment(self) -> bytes:
        """What the ack of this frame will answer."""
        return commitment_of(self.preimage)


def begin(writer_seed: bytes, reader_seed: bytes, writer: bytes, reader: bytes) -> bytes:
    """The first state of the chain from `writer` to `reader`, whole identities both, by their seeds of 32."""
    data = reader_seed + writer + reader
    return hashlib.blake2b(data, digest_size=_STATE, key=writer_seed, person=b"pm chain").digest()


def advance(state: bytes) -> tuple[bytes, Step]:
    """The next state and the step between; the caller forgets the state that he gave."""
    after = hashlib.blake2b(digest_size=_STATE, key=state, person=b"pm next").digest()
    drawn = hashlib.blake2b(digest_size=_LABEL + curve.KEY + 8, key=state, person=b"pm frame").digest()
    key = drawn[_LABEL : _LABEL + curve.KEY]
    return after, Step(drawn[:_LABEL], key, drawn[_LABEL + curve.KEY :])


def seal(step: Step, letter: Letter, *, first: int) -> bytes:
    """The body of a frame with byte 0 `first`; LocalError for a letter that does not fit."""
    plain = encode(letter.padded(SESSION_SIZES))
    sealed = curve.encrypt(step.key, _NONCE, _bound(step, first), plain)
    return encode(Session(step.label, step.commitment, sealed[: -curve.TAG], sealed[-curve.TAG :]))


def open_with(step: Step, session: Session, *, first: int) -> Letter:
    """The letter; returning proves that the other end of the chain wrote it.

    CryptoError: "commitment" or "seal" (changed, or another's), "letter" (he sealed what is no letter).
    """
    if session.commitment != step.commitment:
        raise CryptoError("commitment")
    plain = curve.decrypt(step.key, _NONCE, _bound(step, first), session.sealed + session.tag)
    try:
        return decode(Letter, plain).bare
    except WireError as error:
        raise CryptoError("letter", str(error)) from None


def _bound(step: Step, first: int) -> bytes:
    return bytes([first]) + step.label + step.commitment
