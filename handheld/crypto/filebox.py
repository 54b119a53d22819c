"""Files for one person or a room: sealed once, under a key that travels in a sealed message.

The nonce is zero, so a key must seal one content only: it is a keyed hash of fresh randomness and of the
content itself. A poor source of chance, or a restored one, gives the same key to the same content and to no
other.
"""

import hashlib

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError as SodiumError

from handheld.errors import CryptoError

KEY = 32
TAG = 16
"""Bytes by which a sealed content is longer."""

_NONCE = bytes(24)


def seal_file(content: bytes, chance: bytes) -> tuple[bytes, bytes]:
    """The key and the sealed content; `chance` is 32 random bytes used for nothing else."""
    key = hashlib.blake2b(content, key=chance, digest_size=KEY, person=b"pm file key").digest()
    return key, bytes(crypto_aead_xchacha20poly1305_ietf_encrypt(content, None, _NONCE, key))


def open_file(key: bytes, sealed: bytes) -> bytes:
    """The content; CryptoError("seal") if it was not sealed with this key, or changed since."""
    try:
        return bytes(crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, None, _NONCE, key))
    except SodiumError:
        raise CryptoError("seal") from None
