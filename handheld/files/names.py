"""Names of files: what others call theirs is shown, and is no path; what we call ours is cut to fit."""

from handheld.text import amount, clean, cut
from handheld.wire.files import FILE_NAME_MAX, Manifest

UNNAMED = "file"

_FORBIDDEN = frozenset('/\\:*?"<>|')
"""Separators, streams, wildcards: of POSIX and of Windows, for a card may be read anywhere."""

_DEVICES = frozenset(
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"),
    }
)
"""Windows takes the small raised digits of Latin-1 for digits here."""


def shown(name: bytes) -> str:
    """The name as it stands on a screen, with its directories if it claims some."""
    return clean(name, FILE_NAME_MAX) or UNNAMED


def described(manifest: Manifest) -> str:
    """A file in a sentence, for boards and conversations."""
    return (
        f"File: {shown(manifest.name)}, {amount(manifest.size)}. "
        f"To fetch it: pocketmesh get {manifest.tag.hex()}"
    )


def saved_as(name: bytes) -> str:
    """A name for a new file in a directory of the owner's choice: no path, no device, nothing hidden."""
    plain = "".join("_" if letter in _FORBIDDEN else letter for letter in shown(name))
    plain = plain.lstrip(" .-~").rstrip(" .")
    stem = plain.split(".", 1)[0].strip().casefold()
    if not plain or stem in _DEVICES:
        return f"{UNNAMED}-{plain}" if plain else UNNAMED
    return plain


def given(name: str) -> bytes:
    """The last part of an own path, clean and cut to what a manifest holds; its ending stays."""
    last = clean(name.replace("\\", "/").rsplit("/", 1)[-1], 255).strip() or UNNAMED
    stem, dot, ending = last.rpartition(".")
    tail = cut(dot + ending, 8) if stem and len(ending) <= 5 else b""
    head = cut(stem if tail else last, FILE_NAME_MAX - len(tail))
    return (head + tail) or UNNAMED.encode()
