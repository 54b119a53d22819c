"""What a file seems to be, by its first bytes alone: nothing in it is decoded or followed."""

import codecs
from typing import NamedTuple

HEAD = 4_096
"""Bytes that are looked at."""

SIDE_MAX = 1 << 16

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that are followed by its size (ISO/IEC 10918-1, table B.1)."""


class Look(NamedTuple):
    """`kind`: text, png, jpeg or other; of pictures their size, 0 where it was not found."""

    kind: str
    width: int = 0
    height: int = 0


def look_at(head: bytes) -> Look:
    """What the first HEAD bytes say."""
    head = head[:HEAD]
    if head.startswith(_PNG):
        return _png(head)
    if head.startswith(_JPEG):
        return _jpeg(head)
    return Look("text" if _is_text(head) else "other")


def _png(head: bytes) -> Look:
    if head[12:16] != b"IHDR" or len(head) < 24:
        return Look("png")
    return _sized("png", int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))


def _jpeg(head: bytes) -> Look:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in _SIZES:
            height, width = head[at + 5 : at + 7], head[at + 7 : at + 9]
            return _sized("jpeg", int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        at += 2 + max(2, length)
    return Look("jpeg")


def _sized(kind: str, width: int, height: int) -> Look:
    fits = 0 < width < SIDE_MAX and 0 < height < SIDE_MAX
    return Look(kind, width, height) if fits else Look(kind)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        # The last character may have been cut: that is no error where more may follow.
        codecs.utf_8_decode(head, "strict", len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True
