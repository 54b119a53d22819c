"""Private messages: a letter sealed so that one person can read it, and nobody else can tell whose it is.

    ephemeral 32    a key pair made for this one message
    hint 4          masked first bytes of the author's identity; of zero in a first contact
    commitment 8    the reader, and nobody else, can show what it is the hash of: that is the ack
    sealed n, tag   Noise K: the padded letter. Noise X: the author's static key (48), the padded letter

What the seal binds, beside the bytes of the frame: byte 0, the reader's and the author's whole identity,
the reader's prekey, the author's static key. It proves to the reader that the author wrote this to him,
and to nobody else anything: the reader could have made it himself, and so could whoever stole his prekey.
It does not prove that the message is new: the same frame opens again.
"""

import hashlib
import hmac
from typing import NamedTuple

from handheld.crypto import noise
from handheld.crypto.curve import KEY, TAG, KeyPair, key_pair, shared_secret
from handheld.crypto.identity import Identity
from handheld.errors import CryptoError, WireError
from handheld.values import dataclass
from handheld.wire.codec import decode, encode
from handheld.wire.constants import FIRST_CONTACT_SIZES, SEALED_SIZES
from handheld.wire.records import Letter, Private

HINT = 4
FIRST_CONTACT = bytes(HINT)
"""The hint under which no author looks himself up: the message is a Noise X."""

_CONTEXT = b"pocketmesh private 1\0"
_SEALED_STATIC = KEY + TAG


class Sealed(NamedTuple):
    """A message for the air; the sender keeps the commitment, for it is what the ack must answer.

    `seed`: 32 bytes that only the two ends can compute, for the chain that may follow (`chain`).
    """

    body: bytes
    preimage: bytes
    commitment: bytes
    seed: bytes


class Opened(NamedTuple):
    """A letter without its padding, the 8 bytes that acknowledge it, and the seed as in Sealed."""

    letter: Letter
    preimage: bytes
    seed: bytes


@dataclass(frozen=True, repr=False)
class Probe:
    """One of our prekeys tried on a message: `hint` tells whose it would be, if it is for this prekey.

    FIRST_CONTACT, or the first four bytes of an author's identity; on a message for others it is noise.
    """

    hint: bytes
    prekey: KeyPair
    es: bytes


def commitment_of(preimage: bytes) -> bytes:
    """The 8 bytes in clear that an ack with this preimage answers: SHA-256, so that a radio can check."""
    return hashlib.sha256(preimage).digest()[:8]


def seal_known(
    identity: Identity, letter: Letter, *, first: int, reader: bytes, prekey: bytes, ephemeral: bytes
) -> Sealed:
    """Seal to a reader who has our profile (Noise K).

    `first` is byte 0 of the frame, `reader` the Ed25519 identity whose signed profile names `prekey`, and
    `ephemeral` 32 random bytes that are used for nothing else, ever. CryptoError("low-order") if the
    prekey is no key; a letter that does not fit is our own mistake (LocalError).
    """
    plain = _padded(letter, SEALED_SIZES)
    e = key_pair(ephemeral)
    es = shared_secret(e.secret, prekey)
    ss = shared_secret(identity.static_secret, prekey)
    state = noise.begin_k(_prologue(first, reader), identity.static, prekey, e.public, es, ss)
    hint = _masked(identity.key[:HINT], es, e.public)
    return _finish(state, identity.key, e.public, hint, b"", plain)


def seal_first(
    identity: Identity, letter: Letter, *, first: int, reader: bytes, prekey: bytes, ephemeral: bytes
) -> Sealed:
    """Seal to a reader who may lack our profile (Noise X): he opens it once that has reached him too.

    Arguments and errors as for `seal_known`.
    """
    plain = _padded(letter, FIRST_CONTACT_SIZES)
    e = key_pair(ephemeral)
    es = shared_secret(e.secret, prekey)
    state = noise.begin_x(_prologue(first, reader), prekey, e.public, es)
    sealed_static = state.encrypt_and_hash(identity.static)
    state.mix_key(shared_secret(identity.static_secret, prekey))
    hint = _masked(FIRST_CONTACT, es, e.public)
    return _finish(state, identity.key, e.public, hint, sealed_static, plain)


def probe(private: Private, prekey: KeyPair) -> Probe:
    """Try one live prekey, at the price of one X25519; CryptoError("low-order") if nobody can open it."""
    es = shared_secret(prekey.secret, private.ephemeral)
    return Probe(_masked(private.hint, es, private.ephemeral), prekey, es)


def open_known(
    private: Private, probed: Probe, *, first: int, author: bytes, static: bytes, reader: bytes
) -> Opened:
    """Open as a message of `author`, whose signed profile names `static`; `reader` is our own identity.

    Returning is the proof. CryptoError: "commitment" or "seal" (not his, not for us, or changed), "letter"
    (he sealed what is no letter), "low-order".
    """
    ss = shared_secret(probed.prekey.secret, static)
    state = noise.begin_k(
        _prologue(first, reader), static, probed.prekey.public, private.ephemeral, probed.es, ss
    )
    return _open(state, private, author, private.sealed + private.tag)


def first_static(private: Private, probed: Probe, *, first: int, reader: bytes) -> bytes:
    """The static key inside a first contact: what to look the author's profile up by, and not yet a proof.

    Anybody can send anybody's static key: only `open_first` tells. CryptoError("seal") if it is not for us.
    """
    return _begin_first(private, probed, first, reader)[1]


def open_first(
    private: Private, probed: Probe, *, first: int, author: bytes, static: bytes, reader: bytes
) -> Opened:
    """Open a first contact as a message of `author`, whose signed profile names `static`.

    Proves as much as `open_known`, and for that profile alone: another that names the same static key does
    not open it. CryptoError("static") if another key is inside; further errors as for `open_known`.
    """
    state, inside = _begin_first(private, probed, first, reader)
    if not hmac.compare_digest(inside, static):
        raise CryptoError("static")
    state.mix_key(shared_secret(probed.prekey.secret, static))
    return _open(state, private, author, private.sealed[_SEALED_STATIC:] + private.tag)


def _begin_first(
    private: Private, probed: Probe, first: int, reader: bytes
) -> tuple[noise.SymmetricState, bytes]:
    state = noise.begin_x(_prologue(first, reader), probed.prekey.public, private.ephemeral, probed.es)
    return state, state.decrypt_and_hash(private.sealed[:_SEALED_STATIC])


def _prologue(first: int, reader: bytes) -> bytes:
    return bytes([first]) + _CONTEXT + reader


def _masked(hint: bytes, es: bytes, ephemeral: bytes) -> bytes:
    """Mask a hint, or unmask it. Only the two ends know es, and no two messages share an ephemeral key."""
    mask = hashlib.blake2b(ephemeral, digest_size=HINT, key=es, person=b"pm hint").digest()
    return bytes(a ^ b for a, b in zip(hint, mask, strict=True))


def _preimage(state: noise.SymmetricState) -> bytes:
    # From the chaining key, which takes both X25519 secrets: the handshake hash is of public bytes alone,
    # so anybody who guesses the two ends could compute it and forge the ack.
    return noise.hkdf(state.chaining_key, b"ack")[0][:8]


def _seed(state: noise.SymmetricState) -> bytes:
    return noise.hkdf(state.chaining_key, b"chain")[0][:32]


def _bind(state: noise.SymmetricState, author: bytes, hint: bytes, commitment: bytes) -> None:
    # Not in the prologue: the commitment needs the final chaining key, and the reader of a first contact
    # learns only from inside it whom to look up. The author's whole identity stops an impostor whose
    # profile claims another's static key from passing for the author of his first contacts.
    state.mix_hash(author + hint + commitment)


def _finish(
    state: noise.SymmetricState,
    author: bytes,
    ephemeral: bytes,
    hint: bytes,
    sealed_static: bytes,
    plain: bytes,
) -> Sealed:
    preimage = _preimage(state)
    commitment = commitment_of(preimage)
    _bind(state, author, hint, commitment)
    sealed = sealed_static + state.encrypt_and_hash(plain)
    body = encode(Private(ephemeral, hint, commitment, sealed[:-TAG], sealed[-TAG:]))
    return Sealed(body, preimage, commitment, _seed(state))


def _open(state: noise.SymmetricState, private: Private, author: bytes, sealed: bytes) -> Opened:
    preimage = _preimage(state)
    # A sender's wrong commitment would make our ack fail at every carrier, so it is no message at all.
    if not hmac.compare_digest(commitment_of(preimage), private.commitment):
        raise CryptoError("commitment")
    _bind(state, author, private.hint, private.commitment)
    plain = state.decrypt_and_hash(sealed)
    try:
        letter = decode(Letter, plain)
    except WireError as error:
        raise CryptoError("letter", str(error)) from None
    return Opened(letter.bare, preimage, _seed(state))


def _padded(letter: Letter, sizes: tuple[int, int, int]) -> bytes:
    """The letter's bytes, filled to one of three sizes, so that length tells next to nothing."""
    return encode(letter.padded(sizes))
