"""Words instead of digits: what people can say, write on paper and type with their thumbs.

Each word of the list (BIP-39, English) stands for 11 bits. `spell` and `unspell` are BIP-39's "generating the
mnemonic": a secret with its checksum, so that a wrong word is noticed. The other functions carry no checksum.
"""

import hashlib
from collections.abc import Sequence

from handheld.clock import Entropy
from handheld.crypto.wordlist import WORDS
from handheld.errors import UsageError

BITS = 11
"""What one word stands for."""

SECRET_SIZES = (16, 20, 24, 28, 32)
"""Bytes that `spell` takes: 12, 15, 18, 21 or 24 words."""

PREFIX = 4
"""So many letters are enough to tell one word of the list from all others."""

_WORD_MAX = 32
_NUMBERS = {word: number for number, word in enumerate(WORDS)}
_SHORT = {word[:PREFIX]: word for word in WORDS}


def generate(count: int, entropy: Entropy) -> tuple[str, ...]:
    """`count` words drawn by chance: 11 bits each, all of them unpredictable."""
    return tuple(WORDS[entropy.below(len(WORDS))] for _ in range(count))


def of_bits(bits: bytes, count: int) -> tuple[str, ...]:
    """The first `count` * 11 bits as words: for people to compare. ValueError if there are not so many."""
    spare = len(bits) * 8 - count * BITS
    if spare < 0:
        raise ValueError(count)
    return _of_number(int.from_bytes(bits, "big") >> spare, count)


def parse(text: str) -> tuple[str, ...]:
    """The words that somebody typed: in any case, apart by anything but letters, four letters each suffice.

    UsageError names the first that is not in the list, and the nearest that is.
    """
    apart = "".join(letter if letter.isalpha() else " " for letter in text.lower())
    return tuple(_known(word) for word in apart.split())


def spell(secret: bytes) -> tuple[str, ...]:
    """A secret of one of SECRET_SIZES as BIP-39 words, checksum included; ValueError for other sizes."""
    if len(secret) not in SECRET_SIZES:
        raise ValueError(len(secret))
    check = len(secret) // 4
    number = int.from_bytes(secret, "big") << check | _checksum(secret, check)
    return _of_number(number, (len(secret) * 8 + check) // BITS)


def unspell(words: Sequence[str]) -> bytes:
    """The secret that `spell` made these words of, as `parse` returns them.

    UsageError if they are too few, too many, or one of them is another than was written down.
    """
    counts = [size * 3 // 4 for size in SECRET_SIZES]
    if len(words) not in counts:
        raise UsageError(f"These are {len(words)} words; there are 12 or 24 to such a secret.")
    number = 0
    for word in words:
        number = number << BITS | _NUMBERS[word]
    check = len(words) // 3
    secret = (number >> check).to_bytes(check * 4, "big")
    if number & (1 << check) - 1 != _checksum(secret, check):
        raise UsageError("One of these words is wrong, or they are in another order. Nothing was changed.")
    return secret


def _of_number(number: int, count: int) -> tuple[str, ...]:
    return tuple(WORDS[number >> place * BITS & len(WORDS) - 1] for place in reversed(range(count)))


def _checksum(secret: bytes, bits: int) -> int:
    return hashlib.sha256(secret).digest()[0] >> 8 - bits


def _known(typed: str) -> str:
    if typed in _NUMBERS:
        return typed
    whole = _SHORT.get(typed[:PREFIX], "")
    if len(typed) >= PREFIX and whole.startswith(typed):
        return whole
    raise UsageError(f'"{typed[:_WORD_MAX]}" is not in the word list. Did you mean "{_nearest(typed)}"?')


def _nearest(typed: str) -> str:
    from difflib import SequenceMatcher  # noqa: PLC0415  # only for who mistyped

    matcher = SequenceMatcher(b=typed[:_WORD_MAX])

    def likeness(word: str) -> tuple[float, bool]:
        matcher.set_seq1(word)
        return matcher.ratio(), word[0] == typed[0]

    return max(WORDS, key=likeness)
