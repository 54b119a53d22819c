"""Who this device is: an Ed25519 identity, an X25519 static key and the live prekeys."""

from dataclasses import replace
from functools import cached_property

from nacl.bindings import crypto_scalarmult_base, crypto_sign_seed_keypair

from handheld.clock import Entropy
from handheld.crypto.curve import KeyPair
from handheld.errors import CryptoError
from handheld.values import dataclass

_KEY = 32
_NUMBER = 4
_HEAD = 2 * _KEY
_PREKEY = _KEY + 2 * _NUMBER

LIVE_MAX = 8
"""Prekeys that are kept at the same time."""


LEAP, LEAPS = 1 << 16, 1 << 12
"""A restored copy's numbers go on at least so far above those it knows; if it knows none, at a multiple."""


def leap(entropy: Entropy) -> int:
    """How far: drawn, so that two copies restored from one backup do not come to the same number."""
    return LEAP + entropy.below(LEAP)


@dataclass(frozen=True, repr=False)
class Prekey:
    """A prekey that its owner has replaced and still opens mail with; fields as in Identity."""

    secret: bytes
    epoch: int
    made: int


@dataclass(frozen=True, repr=False)
class Identity:
    """The secrets of one device; 32 bytes each. `epoch` numbers the current prekey and only grows.

    `made`: what the odometer said when the prekey was made, in seconds. `older`: those before it that are
    live, newest first. Signing and agreeing use keys of their own: libsodium advises against turning one
    into the other.
    """

    sign_seed: bytes
    static_secret: bytes
    prekey_secret: bytes
    epoch: int
    made: int = 0
    older: tuple[Prekey, ...] = ()

    @classmethod
    def create(cls, entropy: Entropy) -> "Identity":
        """A new device, with its first prekey."""
        return cls(entropy.take(_KEY), entropy.take(_KEY), entropy.take(_KEY), 1)

    @classmethod
    def from_blob(cls, blob: bytes) -> "Identity":
        """What `blob` saved; CryptoError("size") if it is not of this format."""
        count, rest = divmod(len(blob) - _HEAD, _PREKEY)
        if rest or not 1 <= count <= LIVE_MAX:
            raise CryptoError("size", f"identity of {len(blob)} bytes")
        current, *older = (_prekey(blob[at : at + _PREKEY]) for at in range(_HEAD, len(blob), _PREKEY))
        return cls(blob[:_KEY], blob[_KEY:_HEAD], current.secret, current.epoch, current.made, tuple(older))

    @classmethod
    def restored(cls, core: bytes, made: int, entropy: Entropy) -> "Identity":
        """The identity of this `core`, with a new prekey under an epoch that no copy of it has reached.

        CryptoError("size") if it is no core.
        """
        if len(core) != _HEAD + _NUMBER:
            raise CryptoError("size", f"core of {len(core)} bytes")
        epoch = int.from_bytes(core[_HEAD:], "big") + leap(entropy)
        return cls(core[:_KEY], core[_KEY:_HEAD], entropy.take(_KEY), epoch, made)

    @classmethod
    def recalled(cls, sign_seed: bytes, entropy: Entropy) -> "Identity":
        """The same person from the seed alone: all other keys are new, under an epoch drawn from afar."""
        epoch = LEAP * (1 + entropy.below(LEAPS))
        return cls(sign_seed, entropy.take(_KEY), entropy.take(_KEY), epoch)

    @property
    def core(self) -> bytes:
        """What a backup may hold, 68 bytes: no prekey, which would open what was sealed before."""
        return self.sign_seed + self.static_secret + self.epoch.to_bytes(_NUMBER, "big")

    @property
    def blob(self) -> bytes:
        """All secrets as 64 bytes and 40 for each live prekey, for the identity file and nothing else."""
        live = (self._current, *self.older)
        return self.sign_seed + self.static_secret + b"".join(map(_packed, live))

    def renewed(self, secret: bytes, made: int) -> "Identity":
        """With a new prekey under the next epoch; the one before stays live."""
        older = (self._current, *self.older)
        return replace(self, prekey_secret=secret, epoch=self.epoch + 1, made=made, older=older)

    def without(self, made: int) -> "Identity":
        """Without the replaced prekeys that were made then or before."""
        return replace(self, older=tuple(prekey for prekey in self.older if prekey.made > made))

    @property
    def _current(self) -> Prekey:
        return Prekey(self.prekey_secret, self.epoch, self.made)

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

    @cached_property
    def live(self) -> tuple[KeyPair, ...]:
        """Every prekey that opens mail, the current one first."""
        older = (KeyPair(old.secret, bytes(crypto_scalarmult_base(old.secret))) for old in self.older)
        return KeyPair(self.prekey_secret, self.prekey), *older


def _packed(prekey: Prekey) -> bytes:
    return prekey.secret + prekey.epoch.to_bytes(_NUMBER, "big") + prekey.made.to_bytes(_NUMBER, "big")


def _prekey(packed: bytes) -> Prekey:
    epoch, made = packed[_KEY : _KEY + _NUMBER], packed[_KEY + _NUMBER :]
    return Prekey(packed[:_KEY], int.from_bytes(epoch, "big"), int.from_bytes(made, "big"))
