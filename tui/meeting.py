"""The pages on which people get to know each other: a meeting, and the own card. Pure."""

from handheld.events import Meeting
from handheld.qr import fitted
from tui import words
from tui.cells import Line, safe, width, wrap
from tui.state import View, person

WAITING = "Stand close together. Everybody types the same number, and how many you are."
COMPARE = "Read these words aloud. Do all {people} screens show them, and no other?"
MET = "Met, from now on marked with =:"
NO_CODE = "This terminal has no signs to draw a code with, or too little room."
INTO = "The words below say the same, where there is no camera:"

_HALVES = ("\u2580\u2588", "\u2584\u2588")
"""Half blocks whose upper half is drawn, and whose lower."""

_SIGNS = frozenset(" ".join(_HALVES))

_QUIET = 2


def meeting_page(view: View, columns: int, _rows: int) -> tuple[list[Line], int | None]:
    """The meeting as it stands."""
    meeting = view.meeting
    if meeting is None:
        return [], None
    pages = {"gathering": _gathering, "comparing": _comparing, "met": _met}
    lines = pages[meeting.state](view, meeting, columns) if meeting.state in pages else []
    if meeting.say:
        lines += [(), *_text(safe(meeting.say), columns, "note")]
    return lines, None


def _gathering(_view: View, meeting: Meeting, columns: int) -> list[Line]:
    here = f"{meeting.here} of {meeting.people} here"
    return [*_text(f"Number {meeting.number:02}: {here}", columns, "strong"), (), *_text(WAITING, columns)]


def _comparing(_view: View, meeting: Meeting, columns: int) -> list[Line]:
    spoken = [((f"    {word}", "strong"),) for word in safe(meeting.words).split()]
    return [*spoken, (), *_text(COMPARE.format(people=meeting.people), columns)]


def _met(view: View, meeting: Meeting, columns: int) -> list[Line]:
    met = [person(view, one.key) or one for one in meeting.others]
    people = [((f" {one.mark} ", ""), (words.name_of(one, columns - 4), "name")) for one in met]
    return [*_text(MET, columns), (), *people]


def card_page(view: View, columns: int, rows: int) -> tuple[list[Line], int | None]:
    """The own card: its code first, for a camera; further down its text and its words."""
    card = view.card
    if card is None:
        return [], None
    lines = _code(view, [_blocks(line) for line in card.code], columns, rows)
    lines += [(), *_text(INTO, columns), *_text(safe(card.words), columns, "strong"), ()]
    return [*lines, *_text(safe(card.text), columns, "quiet")], None


def _blocks(row: str) -> str:
    """A row of a code: blanks at its ends count, so it is not cleaned as a text is."""
    return "".join(sign if sign in _SIGNS else " " for sign in row)


def _code(view: View, code: list[str], columns: int, rows: int) -> list[Line]:
    """A code for a camera, in half blocks, or in whole cells where those are lacking and there is room."""
    if view.glyphs.half:
        fits = fitted(code, columns, rows)
        left = " " * max(0, (columns - width(fits[0])) // 2)
        return [((left + row, ""),) for row in fits]
    modules = [[part in pair for part in row] for row in code for pair in _HALVES]
    side = len(modules[0]) + 2 * _QUIET
    if columns < 2 * side or rows < len(modules) + _QUIET:
        return _text(NO_CODE, columns, "note")
    blank = [False] * side
    left = " " * ((columns - 2 * side) // 2)
    return [
        ((left, ""), *(("  ", "" if dark else "bar") for dark in row))
        for row in (blank, *([False, False, *row, False, False] for row in modules), blank)
    ]


def _text(text: str, columns: int, look: str = "") -> list[Line]:
    return [((" " + line, look),) for line in wrap(text, columns - 2)]
