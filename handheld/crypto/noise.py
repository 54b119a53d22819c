"""Noise one-way messages, patterns K and X, with 25519, ChaChaPoly and BLAKE2b.

The Noise Protocol Framework, revision 34; section numbers and names are the specification's.

    K:   -> s    <- s    ...    -> e, es, ss        both know the other's static key beforehand
    X:           <- s    ...    -> e, es, s, ss     the sender's static key travels inside, encrypted

`es` and `ss` are X25519 results that the caller hands in. So both ends run the same lines up to the
payload, and `es`, which decides "is this for me?", is computed once.
"""

import hashlib
import hmac

from handheld.crypto import curve

_K = b"Noise_K_25519_ChaChaPoly_BLAKE2b"
_X = b"Noise_X_25519_ChaChaPoly_BLAKE2b"
_HASH = 64


def hkdf(chaining_key: bytes, material: bytes) -> tuple[bytes, bytes]:
    """Section 4.3 with two outputs, 64 bytes each."""
    temporary = _hmac(chaining_key, material)
    first = _hmac(temporary, b"\1")
    return first, _hmac(temporary, first + b"\2")


class SymmetricState:
    """Section 5.2, with the cipher state of 5.1 inside: one message and no more.

    `chaining_key` has taken in every secret so far, `hash` every byte that both ends have seen.
    """

    def __init__(self, protocol: bytes, prologue: bytes) -> None:
        self.hash = protocol.ljust(_HASH, b"\0")
        self.chaining_key = self.hash
        self._key = b""
        self._nonce = 0
        self.mix_hash(prologue)

    def mix_hash(self, data: bytes) -> None:
        """What is mixed in here must be the same at both ends, or nothing decrypts from here on."""
        self.hash = hashlib.blake2b(self.hash + data).digest()

    def mix_key(self, material: bytes) -> None:
        """From here on only who knows `material` as well can encrypt or decrypt."""
        self.chaining_key, key = hkdf(self.chaining_key, material)
        self._key = key[: curve.KEY]
        self._nonce = 0

    def encrypt_and_hash(self, plain: bytes) -> bytes:
        """Ciphertext and tag, bound to all that was mixed in; CryptoError("size") before any `mix_key`."""
        sealed = curve.encrypt(self._key, self._next_nonce(), self.hash, plain)
        self.mix_hash(sealed)
        return sealed

    def decrypt_and_hash(self, sealed: bytes) -> bytes:
        """The plaintext; CryptoError("seal") if anything mixed in differs, or "size"."""
        plain = curve.decrypt(self._key, self._next_nonce(), self.hash, sealed)
        self.mix_hash(sealed)
        return plain

    def _next_nonce(self) -> bytes:
        # Section 12.3: 32 zero bits, then the counter, little-endian.
        nonce = bytes(4) + self._nonce.to_bytes(8, "little")
        self._nonce += 1
        return nonce


def begin_k(
    prologue: bytes, sender: bytes, recipient: bytes, ephemeral: bytes, es: bytes, ss: bytes
) -> SymmetricState:
    """Pattern K up to its payload, alike at both ends; keys are public X25519 keys."""
    state = SymmetricState(_K, prologue)
    state.mix_hash(sender)
    state.mix_hash(recipient)
    state.mix_hash(ephemeral)
    state.mix_key(es)
    state.mix_key(ss)
    return state


def begin_x(prologue: bytes, recipient: bytes, ephemeral: bytes, es: bytes) -> SymmetricState:
    """Pattern X up to its token s: the sender's static key goes through next, then `mix_key(ss)`."""
    state = SymmetricState(_X, prologue)
    state.mix_hash(recipient)
    state.mix_hash(ephemeral)
    state.mix_key(es)
    return state


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.blake2b)
