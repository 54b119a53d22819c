"""A key as people hand it over: the text of a QR code, twelve words, and the two that stand beside a name."""

import base64
import binascii
import hashlib
from typing import NamedTuple

from handheld.crypto import words
from handheld.errors import UsageError
from handheld.text import clean_name, cut

CARD_WORDS = 12
"""132 bits of the key's hash: somebody who makes keys until one fits would never end."""

CHECK_WORDS = 2
"""The first two of the twelve. Keys that fit 22 bits are made in seconds: they prove nothing."""

NAME_BYTES = 11
"""Of a name on a card: with more, the QR code would take more lines than a small screen has."""

_PREFIX = "PM1"
_KEY = 32
_CHECK = 3


class Card(NamedTuple):
    """Whose key it is, and what its holder calls himself, cleaned."""

    key: bytes
    name: str


def card_text(key: bytes, name: str) -> str:
    """The text of a card: "PM1" and, in Base32 (RFC 4648), the key, three bytes of checksum, the name.

    At most 77 characters of a QR code's alphanumeric alphabet: version 3, which has 29 x 29 modules.
    """
    short = cut(name, NAME_BYTES)
    return _PREFIX + base64.b32encode(key + _checksum(key, short) + short).decode().rstrip("=")


def is_card(text: str) -> bool:
    """Whether this is meant as the text of a card, and not as words."""
    return text.strip().upper().startswith(_PREFIX) or not text.strip().count(" ")


def read_card(text: str) -> Card:
    """The card that was photographed or typed; UsageError, in one sentence, when it is none or is damaged."""
    letters = "".join(text.split()).upper()
    if not letters.startswith(_PREFIX):
        raise UsageError(f"This is no card of pocketmesh: the text of one begins with {_PREFIX}.")
    code = letters.removeprefix(_PREFIX)
    try:
        packed = base64.b32decode(code + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError):
        packed = b""
    key, check, name = packed[:_KEY], packed[_KEY : _KEY + _CHECK], packed[_KEY + _CHECK :]
    if len(key) != _KEY or check != _checksum(key, name) or len(name) > NAME_BYTES:
        raise UsageError("This card was not read rightly. Nothing was changed; take the picture again.")
    return Card(key, clean_name(name))


def card_words(key: bytes) -> tuple[str, ...]:
    """The twelve words of a key, for those who have no camera."""
    return words.of_bits(_fingerprint(key), CARD_WORDS)


def check_words(key: bytes) -> str:
    """The two words that stand beside somebody unknown, such as "olive-tiger"."""
    return "-".join(words.of_bits(_fingerprint(key), CHECK_WORDS))


def _fingerprint(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=_KEY, person=b"pm key words").digest()


def _checksum(key: bytes, name: bytes) -> bytes:
    return hashlib.blake2b(key + name, digest_size=_CHECK, person=b"pm card").digest()
