"""The file that holds the keys: master keys and identity, open, or behind a passphrase (Argon2id, RFC 9106).

    open     0 | count 1 | master keys | box of the identity
    locked   1 | salt 16 | passes 4 | KiB 4 | length 2, box of the master keys | box of the identity

The first master key seals everything new, the identity too. A second one is there only while the database
is being sealed anew, because a passphrase was set, changed or removed.
"""

import unicodedata
from typing import NamedTuple

from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13

from handheld.crypto.vault import KEY, Vault
from handheld.errors import CryptoError

SALT = 16
OPEN, LOCKED = 0, 1

PASSES_MIN, PASSES_MAX = 3, 8
MEMORY_MIN, MEMORY_MAX = 32 * 1024, 64 * 1024
"""KiB. The floor is above what OWASP asks for (19 MiB, two passes); the ceiling suits a board of 512 MB."""

_MASTERS_MAX = 2
_LENGTH = 2
_NUMBER = 4
_MASTERS = b"masters"
_IDENTITY = b"identity"


class Lock(NamedTuple):
    """How a passphrase becomes a key: salt, passes over the memory, memory in KiB. None of it is secret."""

    salt: bytes
    passes: int
    memory: int

    def key(self, passphrase: str) -> bytes:
        """32 bytes, after some seconds on a slow board. How blanks and accents are typed does not count."""
        said = " ".join(unicodedata.normalize("NFKC", passphrase).split()).encode("utf-8", "replace")
        memory, algorithm = self.memory * 1024, crypto_pwhash_ALG_ARGON2ID13
        return bytes(crypto_pwhash_alg(KEY, said, self.salt, self.passes, memory, algorithm))


class Keyring(NamedTuple):
    """The master keys, the newest first, and the identity's secrets as `Identity.blob`; repr hides them."""

    masters: tuple[bytes, ...]
    identity: bytes

    def __repr__(self) -> str:
        return f"Keyring of {len(self.masters)}"

    @property
    def vaults(self) -> list[Vault]:
        """One for each master key."""
        return [Vault(master) for master in self.masters]


def costs(floor_ms: int, wanted_ms: int = 2_000) -> tuple[int, int]:
    """(passes, KiB) that take about `wanted_ms` where the least that is allowed took `floor_ms`.

    Argon2's time grows with passes times memory, so memory, which costs an attacker more, comes first.
    """
    if 2 * floor_ms > wanted_ms:
        return PASSES_MIN, MEMORY_MIN
    passes = PASSES_MIN * wanted_ms // max(1, 2 * floor_ms)
    return max(PASSES_MIN, min(PASSES_MAX, passes)), MEMORY_MAX


def within_bounds(lock: Lock) -> bool:
    """Whether these are costs that we set: a file must not make us take more memory than there is."""
    return PASSES_MIN <= lock.passes <= PASSES_MAX and MEMORY_MIN <= lock.memory <= MEMORY_MAX


def pack(ring: Keyring, lock: Lock | None = None, key: bytes = b"") -> bytes:
    """What is written into the file: behind the `key` that `lock` made of a passphrase, or open."""
    masters = b"".join(ring.masters)
    identity = Vault(ring.masters[0]).seal(_IDENTITY, ring.identity)
    if lock is None:
        return bytes([OPEN, len(ring.masters)]) + masters + identity
    box = Vault(key).seal(_MASTERS, masters)
    numbers = lock.passes.to_bytes(_NUMBER, "big") + lock.memory.to_bytes(_NUMBER, "big")
    return bytes([LOCKED]) + lock.salt + numbers + len(box).to_bytes(_LENGTH, "big") + box + identity


def renew(blob: bytes, vault: Vault, identity: bytes) -> bytes:
    """The same file with other secrets of the identity; `vault`: of the newest master key.

    Needs no passphrase: the master keys stay in the box they are in. CryptoError("size") as in `unpack`.
    """
    start, end = _masters(blob)
    if end > len(blob) or start == end:
        raise CryptoError("size", "no key file of ours")
    return blob[:end] + vault.seal(_IDENTITY, identity)


def lock_of(blob: bytes) -> Lock | None:
    """What stands before the keys; None if they lie open. CryptoError("size") for what `pack` never wrote."""
    if blob[:1] == bytes([OPEN]):
        return None
    end = 1 + SALT
    lock = Lock(blob[1:end], _number(blob[end:], _NUMBER), _number(blob[end + _NUMBER :], _NUMBER))
    if blob[:1] != bytes([LOCKED]) or not within_bounds(lock):
        raise CryptoError("size", "no key file of ours")
    return lock


def unpack(blob: bytes, key: bytes = b"") -> Keyring:
    """The keys; `key` from the passphrase where there is a lock.

    CryptoError("seal"): another passphrase; "size": not what `pack` wrote.
    """
    start, end = _masters(blob)
    masters = blob[start:end]
    if lock_of(blob) is not None:
        if len(key) != KEY:
            raise CryptoError("seal", "no key, or none of a passphrase")
        masters = Vault(key).open(_MASTERS, masters)
    count, rest = divmod(len(masters), KEY)
    if rest or not 1 <= count <= _MASTERS_MAX:
        raise CryptoError("size", "no key file of ours")
    keys = tuple(masters[place * KEY : (place + 1) * KEY] for place in range(count))
    try:
        return Keyring(keys, Vault(keys[0]).open(_IDENTITY, blob[end:]))
    except CryptoError:
        raise CryptoError("size", "an identity of other keys") from None


def _masters(blob: bytes) -> tuple[int, int]:
    """Where the master keys, or their box, begin and end."""
    if lock_of(blob) is None:
        return 2, 2 + KEY * _number(blob[1:], 1)
    start = 1 + SALT + 2 * _NUMBER + _LENGTH
    return start, start + _number(blob[start - _LENGTH :], _LENGTH)


def _number(data: bytes, size: int) -> int:
    if len(data) < size:
        raise CryptoError("size", "a key file that is cut off")
    return int.from_bytes(data[:size], "big")
