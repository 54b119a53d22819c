"""Texts that one post does not hold: cut into up to four, and joined again. Pure functions of bytes."""

from collections.abc import Iterable

from handheld.errors import WireError
from handheld.wire.codec import decode
from handheld.wire.constants import POST_TEXT_MAX
from handheld.wire.notices import More

TEXT_MAX = 512
"""Bytes of a text in all."""

ELLIPSIS = "…".encode()
"""Ends the first of several: also whoever has only that one sees that there is more."""

_MORE_MAX = POST_TEXT_MAX - More.LAYOUT.head_size


def split(text: bytes, first: int) -> list[bytes]:
    """The text in pieces of whole characters: the first of at most `first` bytes, others for MORE posts."""
    if len(text) <= first:
        return [text]
    at = _boundary(text, first - len(ELLIPSIS))
    pieces = [text[:at] + ELLIPSIS]
    while at < len(text):
        end = _boundary(text, at + _MORE_MAX)
        pieces.append(text[at:end])
        at = end
    return pieces


def _boundary(text: bytes, at: int) -> int:
    """The last place up to `at` where a character begins, or the end of the text."""
    at = min(at, len(text))
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at -= 1
    return at


def join(first: bytes, following: Iterable[tuple[int, bytes]]) -> tuple[bytes, str]:
    """The whole text, and a sentence about what of it is missing, or "".

    `first`: the text of the post itself; `following`: the MORE posts that may belong to it, each with how
    many numbers it stands behind.
    """
    parts: dict[int, bytes] = {}
    count = 1
    for distance, body in following:
        try:
            more = decode(More, body)
        except WireError:
            continue
        if more.part == distance + 1:
            parts[more.part] = more.text
            count = max(count, more.parts)
    if count == 1:
        return first, ""
    missing = [part for part in range(2, count + 1) if part not in parts]
    texts = [first.removesuffix(ELLIPSIS), *(parts.get(part, b" ... ") for part in range(2, count + 1))]
    if not missing:
        return b"".join(texts), ""
    named = " and ".join(map(str, missing))
    return b"".join(texts), f"{'Part' if len(missing) == 1 else 'Parts'} {named} of {count} missing."
