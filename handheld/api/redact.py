"""A session as it may be shown to others: names, keys and texts replaced, each by the same throughout. Pure.

What is kept is listed; everything else is replaced, so that a new field is hidden until somebody lists it.
Replaced is not encrypted: how long words are, how often they come and when can be read off still.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

SALT = 16
"""Bytes of chance that a replacement depends on: without them nobody can try out names."""

KEPT = frozenset(
    {
        *("state", "kind", "level", "mark", "why", "firmware", "version", "region", "preset", "by", "what"),
        *("look", "applied", "meaning", "choices", "list", "radio", "port"),
    }
)
"""Fields that say nothing of anybody."""

KNOWN_WORDS = frozenset({"here", "followed", "muted", "blocked"})
"""Words that everybody has: the first board, and relations."""

_TOKEN = re.compile(r"[^\W_]+")
_HEX = frozenset("0123456789abcdef")


def hidden(value: Any, salt: bytes) -> Any:
    """A JSON value with everything replaced that is not KEPT, at any depth."""
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: _other(found[0], salt), value)
    if isinstance(value, list):
        return [hidden(item, salt) for item in value]
    if isinstance(value, dict):
        kept = KEPT | _kept_here(value)
        return {name: item if name in kept else hidden(item, salt) for name, item in value.items()}
    return value


def _kept_here(value: dict[str, Any]) -> frozenset[str]:
    """What is kept besides, by the shape of an object: a radio's board is no public one."""
    if "firmware" in value:
        return frozenset({"board"})
    if "meaning" in value:  # a setting
        return frozenset({"name"} if value.get("kind") == "text" else {"name", "value"})
    return frozenset({"name"}) if value.keys() == {"name", "value"} else frozenset()


def _other(word: str, salt: bytes) -> str:
    """A word of the same length for this one, a number for a number, digits of a key for those of a key."""
    if word in KNOWN_WORDS:
        return word
    drawn = blake2b(word.lower().encode("utf-8", "replace"), key=salt).digest()
    drawn = drawn * (len(word) // len(drawn) + 1)
    if len(word) >= 8 and _HEX.issuperset(word):
        return "".join(f"{byte & 15:x}" for byte in drawn[: len(word)])
    return "".join(map(_letter, word, drawn))


def _letter(was: str, drawn: int) -> str:
    if was.isdigit():
        return str(drawn % 10)
    letter = chr(ord("a") + drawn % 26)
    return letter.upper() if was.isupper() else letter
