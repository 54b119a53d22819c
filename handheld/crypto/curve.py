"""X25519 and ChaCha20-Poly1305 (RFC 7748, RFC 8439): all that sealing asks of libsodium, in four calls.

Lengths are checked here: PyNaCl hands what it gets to C, which would read past the end of a short key.
"""

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
    crypto_scalarmult,
    crypto_scalarmult_base,
)
from nacl.exceptions import CryptoError as SodiumError

from handheld.errors import CryptoError
from handheld.values import dataclass

KEY = 32
NONCE = 12
TAG = 16


@dataclass(frozen=True, repr=False)
class KeyPair:
    """An X25519 key pair, 32 bytes each; repr tells nothing of it."""

    secret: bytes
    public: bytes


def key_pair(secret: bytes) -> KeyPair:
    """The pair of a 32-byte secret; CryptoError("size") otherwise."""
    _need(KEY, secret)
    return KeyPair(secret, bytes(crypto_scalarmult_base(secret)))


def shared_secret(secret: bytes, public: bytes) -> bytes:
    """X25519, 32 bytes; CryptoError("low-order") if the peer's key leaves no secret, or "size"."""
    _need(KEY, secret, public)
    try:
        return bytes(crypto_scalarmult(secret, public))
    except SodiumError:
        # A key of low order makes the result all zero, for every secret: libsodium refuses it, and so do we.
        raise CryptoError("low-order") from None


def encrypt(key: bytes, nonce: bytes, associated: bytes, plain: bytes) -> bytes:
    """Ciphertext and its 16-byte tag; a nonce must never meet the same key twice. CryptoError("size")."""
    _need(KEY, key)
    _need(NONCE, nonce)
    return bytes(crypto_aead_chacha20poly1305_ietf_encrypt(plain, associated, nonce, key))


def decrypt(key: bytes, nonce: bytes, associated: bytes, sealed: bytes) -> bytes:
    """What was sealed; CryptoError("seal") if one bit of any argument differs, or "size"."""
    _need(KEY, key)
    _need(NONCE, nonce)
    if len(sealed) < TAG:
        raise CryptoError("size", f"{len(sealed)} bytes hold no tag")
    try:
        return bytes(crypto_aead_chacha20poly1305_ietf_decrypt(sealed, associated, nonce, key))
    except SodiumError:
        raise CryptoError("seal") from None


def _need(size: int, *values: bytes) -> None:
    for value in values:
        if len(value) != size:
            raise CryptoError("size", f"{len(value)} bytes instead of {size}")
