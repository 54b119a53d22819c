"""Short authentication strings for 2 to 10 people who stand together: commit, reveal, compare four words.

Each device draws a nonce and commits to it, its key and its name. Only when it holds as many commitments as
people were counted does it reveal. The words are a hash of all that was revealed. Whoever sits between two
devices has to choose his commitments before he knows the nonces that the words will depend on, so he has one
guess among 2^44 for each time that people begin; and each miss shows them different words.

S. Vaudenay, Secure Communications over Insecure Channels Based on Short Authenticated Strings, CRYPTO 2005.
S. Laur and S. Pasini, SAS-Based Group Authentication and Key Agreement Protocols, PKC 2008.

The signature proves that whoever reveals a key also holds it, and in this meeting: it covers all commitments.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from handheld.crypto import words
from handheld.crypto.identity import Identity
from handheld.errors import CryptoError
from handheld.wire.constants import MeetStep
from handheld.wire.meeting import COMMITMENT, MeetReveal
from handheld.wire.records import SIGNATURE

WORDS = 4
_SIGNED = b"pocketmesh meet 1\0"


def commitment_of(reveal: MeetReveal) -> bytes:
    """What commits to this; turn and signature do not count."""
    return _hash(b"pm meet commit", _content(reveal))


def group_of(commitments: Iterable[bytes]) -> bytes:
    """The same 32 bytes for everybody who holds the same commitments, in whatever order they came."""
    return _hash(b"pm meet group", b"".join(sorted(commitments)))


def own_reveal(identity: Identity, number: int, people: int, nonce: bytes, nickname: bytes) -> MeetReveal:
    """What we shall reveal, not signed yet; `nonce` is 32 bytes that nobody else can know."""
    return MeetReveal(MeetStep.REVEAL, number, people, 0, identity.key, nonce, nickname, bytes(SIGNATURE))


def sign_reveal(identity: Identity, reveal: MeetReveal, group: bytes) -> MeetReveal:
    """The same, signed for the group of commitments that is complete now."""
    signed = crypto_sign(_SIGNED + group + _content(reveal), identity.signing_key)
    return replace(reveal, signature=bytes(signed[:SIGNATURE]))


def verify_reveal(reveal: MeetReveal, group: bytes) -> None:
    """CryptoError("signature") unless the holder of the key revealed this in this very group."""
    try:
        crypto_sign_open(reveal.signature + _SIGNED + group + _content(reveal), reveal.key)
    except BadSignatureError:
        raise CryptoError("signature", "a reveal of another group") from None


def words_of(reveals: Iterable[MeetReveal]) -> tuple[str, ...]:
    """The four words that everybody in the meeting sees: 44 bits of all that was revealed."""
    # Not of the commitments, which everybody knew before: a nonce must make the difference.
    revealed = sorted(_hash(b"pm meet reveal", _content(reveal)) for reveal in reveals)
    return words.of_bits(_hash(b"pm meet words", b"".join(revealed)), WORDS)


def _content(reveal: MeetReveal) -> bytes:
    return bytes([reveal.number, reveal.people]) + reveal.key + reveal.nonce + reveal.nickname


def _hash(purpose: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=COMMITMENT, person=purpose).digest()
