"""Sealed cells on the disk: XChaCha20-Poly1305 under keys that only the master key gives.

The nonce is a keyed hash of what is sealed and where it belongs, as in SIV (RFC 5297, section 1.3.2). So
equal contents of one place give equal boxes, which a database can look up, and nothing else ever meets the
same nonce: no chance is needed that a restored card, a copied folder or a power cut could repeat.
"""

import hashlib

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError as SodiumError

from handheld.errors import CryptoError

KEY = 32
NONCE = 24
TAG = 16

OVERHEAD = NONCE + TAG
"""Bytes by which a box is longer than its content."""

NAMES_MAX = 4_096
"""Names remembered, each way: the same few people and boards stand in most rows."""

_NAME = b"name"
_LENGTH = 4


class Vault:
    """Seals and opens cells; repr tells nothing of the keys. CryptoError("size") unless 32 bytes come in."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY:
            raise CryptoError("size", f"a master key of {len(master)} bytes")
        self._box_key = hashlib.blake2b(key=master, digest_size=KEY, person=b"pm vault box").digest()
        self._nonce_key = hashlib.blake2b(key=master, digest_size=KEY, person=b"pm vault nonce").digest()

        self._hidden: dict[bytes, bytes] = {}
        self._shown: dict[bytes, bytes] = {}

    def hide(self, name: bytes) -> bytes:
        """The box of a name, the same wherever it stands; empty stays empty."""
        if not name:
            return b""
        if (box := self._hidden.get(name)) is None:
            box = self.seal(_NAME, name)
            _remember(self._hidden, name, box)
        return box

    def show(self, box: bytes) -> bytes:
        """The name that was hidden; CryptoError as for `open`."""
        if not box:
            return b""
        if (name := self._shown.get(box)) is None:
            name = self.open(_NAME, box)
            _remember(self._shown, box, name)
        return name

    def seal(self, place: bytes, plain: bytes) -> bytes:
        """The box for `plain`, which opens at this place only: nonce 24, ciphertext, tag 16."""
        nonce = hashlib.blake2b(_framed(place, plain), key=self._nonce_key, digest_size=NONCE).digest()
        sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(plain, place, nonce, self._box_key)
        return nonce + bytes(sealed)

    def open(self, place: bytes, box: bytes) -> bytes:
        """What was sealed here; CryptoError("seal") if it was not, or not with these keys, or "size"."""
        if len(box) < OVERHEAD:
            raise CryptoError("size", f"{len(box)} bytes hold no box")
        try:
            opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                box[NONCE:], place, box[:NONCE], self._box_key
            )
        except SodiumError:
            raise CryptoError("seal") from None
        return bytes(opened)


def _remember(memory: dict[bytes, bytes], key: bytes, value: bytes) -> None:
    if len(memory) >= NAMES_MAX:
        memory.clear()
    memory[key] = value


def _framed(place: bytes, plain: bytes) -> bytes:
    # The length keeps the end of a place from being read as the beginning of a content.
    return len(place).to_bytes(_LENGTH, "big") + place + plain
