"""Who holds a file, said so that no stranger can: signed if it is public, under the file's key else."""

import hashlib
from hmac import compare_digest

from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_holding, verify_holding
from handheld.errors import CryptoError
from handheld.wire.files import HOLDER_MAC, HOLDER_WHO, Holder

_MAC = b"pm file holds"
_MASK = b"pm file whom"


def say(identity: Identity, tag: bytes, lacks: int, salt: bytes, key: bytes) -> Holder:
    """That we lack so many percent of a file; `key` is that of a sealed one, else empty."""
    who = identity.key[:HOLDER_WHO]
    if not key:
        return Holder(salt, who, sign_holding(identity, _told(tag, lacks, salt)))
    masked = _masked(who, salt, key)
    return Holder(salt, masked, _mac(tag, lacks, salt, masked, key))


def whom(holder: Holder, key: bytes) -> bytes:
    """The first bytes of the key of whoever says so."""
    return _masked(holder.who, holder.salt, key) if key else holder.who


def verify(holder: Holder, tag: bytes, lacks: int, author: bytes, key: bytes) -> None:
    """CryptoError unless `author` said so; of a sealed file: unless somebody with its key said it of him."""
    told = _told(tag, lacks, holder.salt)
    if not key:
        verify_holding(author, told, holder.proof)
    elif not compare_digest(holder.proof, _mac(tag, lacks, holder.salt, holder.who, key)):
        raise CryptoError("mac")


def _told(tag: bytes, lacks: int, salt: bytes) -> bytes:
    return tag + salt + bytes((lacks,))


def _mac(tag: bytes, lacks: int, salt: bytes, who: bytes, key: bytes) -> bytes:
    told = _told(tag, lacks, salt) + who
    return hashlib.blake2b(told, key=key, digest_size=HOLDER_MAC, person=_MAC).digest()


def _masked(who: bytes, salt: bytes, key: bytes) -> bytes:
    mask = hashlib.blake2b(salt, key=key, digest_size=HOLDER_WHO, person=_MASK).digest()
    return bytes(one ^ other for one, other in zip(who, mask, strict=True))
