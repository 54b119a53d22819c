"""Rooms: posts that whoever holds a shared key can read, each signed by its author inside the seal.

    salt 12         hashed with the room's key into a key for this one frame
    sealed n        ChaCha20-Poly1305 of the signed, padded post; byte 0 of the frame is associated data
    tag 16

No room and no author is named on the air: a reader tries the keys he holds, one open each. What no nonce may
do twice hangs on no counter: a salt is a keyed hash of fresh randomness and of the post itself, so a restored
backup, a power cut or a poor source of chance gives the same salt only to the same post. Two posts share one
of 2^96 salts with a chance below q^2 / 2^97: 2^-49 for the 2^24 frames that a room may see.

Holding the key is all that reading takes, so it proves nothing about an author. The signature does: it covers
byte 0, the author's whole key, the room's number, the epoch, and a hash of the room's key. Without that hash
a member could make a second room with the same number and carry another's signed post into it.

There is no forward secrecy here: whoever gets a key reads every frame that was sealed under it.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from nacl.bindings import (
    crypto_pwhash_alg,
    crypto_pwhash_ALG_ARGON2ID13,
    crypto_sign,
    crypto_sign_open,
)
from nacl.exceptions import BadSignatureError

from handheld.clock import Entropy
from handheld.crypto import words
from handheld.crypto.curve import KEY, NONCE, decrypt, encrypt
from handheld.crypto.identity import Identity
from handheld.errors import CryptoError, UsageError, WireError
from handheld.values import dataclass
from handheld.wire import codec
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind, RoomType
from handheld.wire.records import SIGNATURE, TAG
from handheld.wire.rooms import PREFIX, ROOM, RoomFrame, RoomPost, padded_text

EPOCH_MAX = (1 << 16) - 1

WORDS_MIN = 6
"""Words that make a room's key: 66 bits, each guess of which costs an Argon2id."""

STRETCH_OPS, STRETCH_BYTES = 3, 32 << 20
"""Argon2id (RFC 9106): three passes over 32 MiB. Searching 2^65 times that is out of anybody's reach."""

CARD = "PMR:"
"""Begins a room's card: what a QR code holds, and what can be typed instead."""

_CHECK = 3
_POST = b"pocketmesh room 1\0"
_WORDS_SALT = hashlib.blake2b(b"pocketmesh room words 1", digest_size=16).digest()


@dataclass(frozen=True, repr=False)
class RoomKey:
    """The shared secret of a room in one epoch. `room`: 8 bytes that stay the same, known to members only."""

    room: bytes
    epoch: int
    secret: bytes

    @cached_property
    def ident(self) -> bytes:
        """32 bytes that tell this key from every other and give none of it away."""
        return hashlib.blake2b(self.secret, digest_size=32, person=b"pm room key").digest()

    @property
    def rank(self) -> tuple[int, bytes]:
        """Of two keys of a room the one with the greater rank holds, wherever and in what order they came."""
        return self.epoch, self.ident

    @property
    def check_words(self) -> tuple[str, ...]:
        """Two words that are the same on the screens of all who hold this key; not secret."""
        material = self.room + self.epoch.to_bytes(2, "big")
        seen = hashlib.blake2b(material, key=self.secret, digest_size=3, person=b"pm room check")
        return words.of_bits(seen.digest(), 2)

    @property
    def card(self) -> str:
        """The key as 76 characters that a QR code packs closely. Who reads it is in the room."""
        content = self.epoch.to_bytes(2, "big") + self.room + self.secret
        return CARD + base64.b32encode(content + _card_check(content)).decode("ascii")


def new_key(entropy: Entropy) -> RoomKey:
    """The key of a new room, all of it chance."""
    return RoomKey(entropy.take(ROOM), 1, entropy.take(KEY))


def next_key(key: RoomKey, entropy: Entropy) -> RoomKey:
    """A key of the next epoch, which the one before tells nothing of. CryptoError("epoch") after the last."""
    if key.epoch >= EPOCH_MAX:
        raise CryptoError("epoch")
    return RoomKey(key.room, key.epoch + 1, entropy.take(KEY))


def from_words(said: Sequence[str]) -> RoomKey:
    """The key that generated words stand for, the same everywhere; takes long on purpose.

    UsageError below six words. Six carry 66 bits; twelve carry 132, more than anybody could search.
    """
    if len(said) < WORDS_MIN:
        raise UsageError(f"A room takes at least {WORDS_MIN} generated words; these are {len(said)}.")
    stretched = crypto_pwhash_alg(
        ROOM + KEY,
        " ".join(said).encode(),
        _WORDS_SALT,
        STRETCH_OPS,
        STRETCH_BYTES,
        crypto_pwhash_ALG_ARGON2ID13,
    )
    return RoomKey(bytes(stretched[:ROOM]), 1, bytes(stretched[ROOM:]))


def from_card(text: str) -> RoomKey:
    """The key on a card; UsageError if a character of it is wrong or missing."""
    packed = "".join(text.split()).upper().removeprefix(CARD)
    try:
        content = base64.b32decode(packed)
    except ValueError:
        content = b""
    content, check = content[:-_CHECK], content[-_CHECK:]
    epoch = int.from_bytes(content[:2], "big")
    if len(content) != 2 + ROOM + KEY or check != _card_check(content) or not epoch:
        raise UsageError("This is no room's card, or a character of it is wrong. Read it again.")
    return RoomKey(content[2 : 2 + ROOM], epoch, content[2 + ROOM :])


def seal_post(
    identity: Identity, key: RoomKey, kind: RoomType, seq: int, lamport: int, text: bytes, chance: bytes
) -> bytes:
    """The body of a room frame with an own post; `chance` is 16 random bytes used for nothing else."""
    first = first_byte(AirKind.ROOM)
    draft = RoomPost(kind, identity.key[:PREFIX], seq, lamport, padded_text(text), bytes(SIGNATURE))
    signed = crypto_sign(_signed(first, key, draft, identity.key), identity.signing_key)
    plain = codec.encode(replace(draft, signature=bytes(signed[:SIGNATURE])))
    salt = hashlib.blake2b(chance + plain, key=key.secret, digest_size=12, person=b"pm room salt").digest()
    frame_key, nonce = _frame_key(key, salt)
    sealed = encrypt(frame_key, nonce, bytes([first]), plain)
    return codec.encode(RoomFrame(salt, sealed[:-TAG], sealed[-TAG:]))


def open_post(key: RoomKey, first: int, sealed: RoomFrame) -> RoomPost:
    """What is inside, as a member wrote it; whose it is `verify_room_post` tells.

    CryptoError: "seal" if it is no frame of this room, "post" if a member sealed what is no post.
    """
    frame_key, nonce = _frame_key(key, sealed.salt)
    plain = decrypt(frame_key, nonce, bytes([first]), sealed.sealed + sealed.tag)
    try:
        return codec.decode(RoomPost, plain)
    except WireError as error:
        raise CryptoError("post", str(error)) from None


def verify_room_post(key: RoomKey, first: int, post: RoomPost, author: bytes) -> None:
    """CryptoError("signature") unless `author` signed exactly this, in this room, under this key."""
    try:
        crypto_sign_open(post.signature + _signed(first, key, post, author), author)
    except BadSignatureError:
        raise CryptoError("signature") from None


def _signed(first: int, key: RoomKey, post: RoomPost, author: bytes) -> bytes:
    place = author + key.room + key.epoch.to_bytes(2, "big") + key.ident
    return _POST + bytes([first]) + place + codec.encode(post)[:-SIGNATURE]


def _frame_key(key: RoomKey, salt: bytes) -> tuple[bytes, bytes]:
    made = hashlib.blake2b(salt, key=key.secret, digest_size=KEY + NONCE, person=b"pm room frame").digest()
    return made[:KEY], made[KEY:]


def _card_check(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK, person=b"pm room card").digest()
