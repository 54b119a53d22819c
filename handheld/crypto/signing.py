"""Signed public records: what exactly a signature covers, made and checked (Ed25519, RFC 8032).

A record on the air names its author and board by a prefix; the signature covers both in full, and the
immutable first byte of the frame. So nothing signed for one board, kind or author passes for another.
"""

import hashlib
from dataclasses import replace

from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from handheld.crypto.identity import Identity
from handheld.errors import CryptoError
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, PostType
from handheld.wire.records import SIGNATURE, Post, Profile

_PROFILE = b"pocketmesh profile 1\0"
_POST = b"pocketmesh post 1\0"
_HANDOVER = b"pocketmesh handover 1\0"
_HOLDING = b"pocketmesh holding 1\0"
_UNSIGNED = bytes(SIGNATURE)


def board_id(name: str) -> bytes:
    """The 32-byte id of a public board; on the air travel its first three bytes."""
    return hashlib.blake2b(name.encode(), digest_size=32, person=b"pm board").digest()


def sign_profile(identity: Identity, flags: int, nickname: bytes) -> Profile:
    """The own profile of the current epoch."""
    draft = Profile(
        identity.key, identity.epoch, identity.static, identity.prekey, flags, nickname, _UNSIGNED
    )
    return replace(draft, signature=_sign(identity, _profile_bytes(first_byte(AirKind.PROFILE), draft)))


def verify_profile(first: int, profile: Profile) -> None:
    """CryptoError("signature") unless the author signed exactly this, under this first byte."""
    _verify(profile.author, _profile_bytes(first, profile), profile.signature)


def sign_post(
    identity: Identity,
    board: str,
    seq: int,
    lamport: int,
    text: bytes,
    kind: int = PostType.NOTE,
    flags: int = 0,
) -> Post:
    """An own post on a public board; `flags` are those of the frame's first byte."""
    board_key = board_id(board)
    draft = Post(kind, board_key[:3], identity.key[:8], seq, lamport, text, _UNSIGNED)
    message = _post_bytes(first_byte(AirKind.POST, flags), draft, identity.key, board_key)
    return replace(draft, signature=_sign(identity, message))


def verify_post(first: int, post: Post, author: bytes, board: str) -> None:
    """CryptoError("signature") unless `author` signed exactly this post for this board."""
    _verify(author, _post_bytes(first, post, author, board_id(board)), post.signature)


def sign_handover(identity: Identity, manifest: bytes) -> bytes:
    """The signature of a stick's manifest, 64 bytes."""
    return _sign(identity, _HANDOVER + manifest)


def verify_handover(key: bytes, manifest: bytes, signature: bytes) -> None:
    """CryptoError("signature") unless the owner of `key` signed exactly this manifest."""
    _verify(key, _HANDOVER + manifest, signature)


def sign_holding(identity: Identity, told: bytes) -> bytes:
    """The signature under what somebody says he has of a file."""
    return _sign(identity, _HOLDING + told)


def verify_holding(key: bytes, told: bytes, signature: bytes) -> None:
    """CryptoError("signature") unless whoever has this key said so."""
    _verify(key, _HOLDING + told, signature)


def _profile_bytes(first: int, profile: Profile) -> bytes:
    return _PROFILE + bytes([first]) + encode(profile)[:-SIGNATURE]


def _post_bytes(first: int, post: Post, author: bytes, board: bytes) -> bytes:
    # The prefixes stay in: they are the first bytes of what stands here in full.
    return _POST + bytes([first]) + author + board + encode(post)[:-SIGNATURE]


def _sign(identity: Identity, message: bytes) -> bytes:
    return bytes(crypto_sign(message, identity.signing_key)[:SIGNATURE])


def _verify(key: bytes, message: bytes, signature: bytes) -> None:
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        raise CryptoError("signature") from None
