"""The one sanitiser: what a peer wrote becomes what may be drawn.

Stored bytes stay exact; text is cleaned when an event is built, so a better sanitiser heals old messages.
"""

import unicodedata

STACKED_MARKS_MAX = 2
"""Combining marks that may follow one character."""

# Control, format, surrogate, private use, unassigned, line and paragraph separators.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})

# Letters and marks that are drawn as nothing: fillers, joiners, variation selectors, the empty braille cell.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)


def clean(raw: bytes | str, limit: int, *, lines: bool = False) -> str:
    """At most `limit` characters that are safe on a terminal; newlines survive only with `lines`.

    No result holds a code point below 0x20 (other than that newline), 0x7F to 0x9F, a bidi or
    zero-width control, an unassigned or invisible one, more than two combining marks in a row, or one that
    has no letter before it. Bytes that are not UTF-8 become U+FFFD. All other white space becomes one space.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    kept: list[str] = []
    marks = 0
    for character in text:
        if len(kept) >= limit:
            break
        if character in "\n\r\t\v\f":
            character = "\n" if lines and character == "\n" else " "  # noqa: PLW2901
        category = unicodedata.category(character)
        if character in _BLANK or (category in _DROPPED and character != "\n"):
            continue
        marks = marks + 1 if category in _MARKS else 0
        # A mark with nothing to stand on would be drawn over what is before our text.
        if marks > STACKED_MARKS_MAX or (marks and (not kept or kept[-1] in " \n")):
            continue
        kept.append(" " if category == "Zs" else character)
    return "".join(kept).strip()


def clean_name(raw: bytes | str) -> str:
    """A name on one line, at most 24 characters, white space folded."""
    return " ".join(clean(raw, 24).split())


def clean_message(raw: bytes | str) -> str:
    """The text of a message; newlines stay."""
    return clean(raw, 4096, lines=True)


def clean_line(raw: bytes | str) -> str:
    """One line of a log or an error, at most 400 characters."""
    return clean(raw, 400)


def ago(seconds: int | None) -> str:
    """How long ago, in at most four characters: "now", "42s", "5m", "3h", "12d", "-" for never."""
    if seconds is None:
        return "-"
    if seconds < 1:
        return "now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
