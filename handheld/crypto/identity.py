"""Who this device is: an Ed25519 identity, an X25519 static key and the current prekey."""

from dataclasses import dataclass
from functools import cached_property

from nacl.bindings import crypto_scalarmult_base, crypto_sign_seed_keypair

from handheld.clock import Entropy
from handheld.errors import CryptoError

_KEY = 32
_BLOB = 3 * _KEY + 4


@dataclass(frozen=True, repr=False)
class Identity:
    """The secrets of one device; 32 bytes each. `epoch` numbers the prekey and only grows.

    Signing and agreeing use keys of their own: libsodium advises against turning one into the other.
    """

    sign_seed: bytes
    static_secret: bytes
    prekey_secret: bytes
    epoch: int

    @classmethod
    def create(cls, entropy: Entropy) -> "Identity":
        """A new device, with its first prekey."""
        return cls(entropy.take(_KEY), entropy.take(_KEY), entropy.take(_KEY), 1)

    @classmethod
    def from_blob(cls, blob: bytes) -> "Identity":
        """What `blob` saved; CryptoError("size") if it is not of this format."""
        if len(blob) != _BLOB:
            raise CryptoError("size", f"identity of {len(blob)} bytes")
        seed, static, prekey = (blob[start : start + _KEY] for start in range(0, 3 * _KEY, _KEY))
        return cls(seed, static, prekey, int.from_bytes(blob[3 * _KEY :], "big"))

    @property
    def blob(self) -> bytes:
        """All secrets as 100 bytes, for the identity file and nothing else."""
        return self.sign_seed + self.static_secret + self.prekey_secret + self.epoch.to_bytes(4, "big")

    @cached_property
    def _pair(self) -> tuple[bytes, bytes]:
        public, secret = crypto_sign_seed_keypair(self.sign_seed)
        return bytes(public), bytes(secret)

    @property
    def key(self) -> bytes:
        """The public Ed25519 key: this *is* the identity, 32 bytes."""
        return self._pair[0]

    @property
    def signing_key(self) -> bytes:
        """What libsodium signs with, 64 bytes."""
        return self._pair[1]

    @cached_property
    def static(self) -> bytes:
        """The public X25519 static key."""
        return bytes(crypto_scalarmult_base(self.static_secret))

    @cached_property
    def prekey(self) -> bytes:
        """The public X25519 prekey of the current epoch."""
        return bytes(crypto_scalarmult_base(self.prekey_secret))
