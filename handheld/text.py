"""The one sanitiser: what a peer wrote becomes what may be drawn.

Stored bytes stay exact; text is cleaned when an event is built, so a better sanitiser heals old messages.

Zero-width joiners go, though Persian, the scripts of India and emoji families use them: consoles draw them in
a cell, in none, or as a box, so what stands behind them would move, and within a name they hide. Without them
such words stay readable, letters joined or apart, and a family is drawn as its members. For the same reason
skin tones go, and flags are spelled by their letters. Right-to-left text is kept in the order of its letters;
what would turn the order of its surroundings is removed.
"""

import unicodedata

STACKED_MARKS_MAX = 2
"""Accents and other marks for any script that may follow one character: Vietnamese needs two."""

MARKS_MAX = 4
"""Marks in all that may follow one character: a Burmese syllable or a pointed Hebrew letter needs so many."""

NAME_CELLS = 24
"""Cells of a terminal that a name takes at the most."""

# Control, format, surrogate, private use, unassigned, line and paragraph separators.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})

# Marks that stand on any letter, so that they can be piled up: blocks of Unicode.
_ANY_SCRIPT = (
    *(range(0x0300, 0x0370), range(0x0483, 0x048A), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00)),
    *(range(0x20D0, 0x2100), range(0x302A, 0x3030), range(0xFE20, 0xFE30)),
)

# Letters and marks that are drawn as nothing: fillers, joiners, variation selectors, the empty braille cell.
# And skin tones, which change the width of what is before them in some terminals and are two cells in others.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x1F3FB, 0x1F400))))
)

# White space is a space, but for the newline that may stay; the halves of flags are their letters.
_PLAIN = {ord(space): " " for space in "\r\t\v\f"} | {0x1F1E6 + letter: 65 + letter for letter in range(26)}

# Vowels and finals of Hangul that is not composed are drawn into the cell of the syllable's first letter.
_INNER_JAMO = frozenset(map(chr, (*range(0x1160, 0x1200), *range(0xD7B0, 0xD800))))

# Symbols that became wide with Unicode 16, whatever the tables of this Python say.
_NEWLY_WIDE = (range(0x2630, 0x2638), range(0x268A, 0x2690), range(0x4DC0, 0x4E00), range(0x1D300, 0x1D377))


def clean(raw: bytes | str, limit: int, *, lines: bool = False) -> str:
    """At most `limit` characters that are safe on a terminal; newlines survive only with `lines`.

    No result holds a code point below 0x20 (other than that newline), 0x7F to 0x9F, a bidi or
    zero-width control, an unassigned or invisible one, more than four combining marks in a row (two of those
    for any script), or one that has no letter before it. Bytes that are not UTF-8 become U+FFFD. Other white
    space becomes one space.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if text.isascii() and text.isprintable():
        return text[:limit].strip()
    kept: list[str] = []
    marks = piled = 0
    for character in text.translate(_PLAIN):
        if len(kept) >= limit:
            break
        if character == "\n":
            marks = piled = 0
            kept.append("\n" if lines else " ")
            continue
        category = unicodedata.category(character)
        if character in _BLANK or category in _DROPPED:
            continue
        if not _is_mark(character, category):
            marks = piled = 0
        # A mark with nothing to stand on would be drawn over what is before our text.
        elif not kept or kept[-1] in " \n":
            continue
        else:
            marks += 1
            piled += _is_in(character, _ANY_SCRIPT)
            if marks > MARKS_MAX or piled > STACKED_MARKS_MAX:
                continue
        kept.append(" " if category == "Zs" else character)
    return "".join(kept).strip()


def _is_mark(character: str, category: str) -> bool:
    return category in _MARKS or character in _INNER_JAMO


def _is_in(character: str, blocks: tuple[range, ...]) -> bool:
    return any(ord(character) in block for block in blocks)


def clean_name(raw: bytes | str) -> str:
    """A name on one line, at most 24 characters and 24 cells, white space folded."""
    name = " ".join(clean(raw, 24).split())
    while cells(name) > NAME_CELLS:
        name = name[:-1]
    return name.rstrip()


def cut(text: str, limit: int) -> bytes:
    """UTF-8 of at most `limit` bytes, never ending inside a character."""
    return text.encode()[:limit].decode("utf-8", "ignore").encode()


def cells(text: str) -> int:
    """Cells that a clean text takes on a terminal: wide letters two, marks none, as wcwidth has it."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if _is_mark(character, unicodedata.category(character)):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" or _is_in(character, _NEWLY_WIDE) else 1


def clean_message(raw: bytes | str) -> str:
    """The text of a message; newlines stay."""
    return clean(raw, 4096, lines=True)


def clean_line(raw: bytes | str) -> str:
    """One line of a log or an error, at most 400 characters."""
    return clean(raw, 400)


def amount(count: int) -> str:
    """Bytes as a person reads them: "812 B", "16 KB", "1.0 MB"; a KB is 1,024 bytes."""
    if count < 1_024:
        return f"{count} B"
    if count < 1 << 20:
        return f"{max(1, round(count / 1_024))} KB"
    return f"{count / (1 << 20):.1f} MB"


def duration(seconds: int) -> str:
    """How long, as a person says it: "3 s", "4 min", "2.0 h"."""
    if seconds < 90:
        return f"{seconds} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


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


def missing(first: int, last: int) -> str:
    """What lies between two messages of somebody, by their numbers, and is not here."""
    if first == last:
        return f"1 message missing from this neighbour ({first})"
    return f"{last - first + 1} messages missing from this neighbour ({first}-{last})"


STATE_WORDS = {
    "queued": "queued",
    "saving": "saving",
    "waiting": "waiting for key",
    "aired": "aired",
    "unheard": "no one in reach",
    "unanswered": "not answered",
    "carried": "carried",
    "delivered": "delivered",
    "read": "read",
    "failed": "given up",
}
"""How far an own message got, by the word that is stored: one table for every screen.

A post on a board is never delivered: nobody knows who heard it.
"""

STATE_MEANINGS = {
    "queued": "saved here, not sent yet",
    "waiting for key": "for a newer key of the reader: sent when it comes",
    "aired": "sent; nobody knows yet who heard it",
    "no one in reach": "sent, and nobody was near to hear it: it is tried again",
    "not answered": "somebody was near, but no answer came: it is tried again",
    "carried by 2+": "at least two others hold it, sealed, to hand it on",
    "delivered": "the reader's device has it",
    "read": "the reader has seen it, and lets you know",
    "given up": "not answered for seven days of running",
}
"""What the words mean, for help."""


def state_word(state: str, carriers: int = 0) -> str:
    """The word for a state; of a message that at least so many `carriers` hold."""
    if state == "carried" and carriers:
        return f"carried by {carriers}+"
    return STATE_WORDS.get(state, state)
