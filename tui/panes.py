"""What stands beside a place where the screen is wide: the chats at its left, and people at its right. Pure.

A line of the screen is still one line of one widget: panes are put together here, as spans.
"""

from typing import NamedTuple

from tui import pages
from tui.cells import Line, filled, pad, wrap
from tui.state import Place, View

TWO = 100
"""Columns from which on there are two panes."""

THREE = 140

WHOLE = frozenset({Place.CARD, Place.MEET, Place.WELCOME})
"""Places that have the screen for themselves: one shows it to others, or was asked something."""

NO_TALK = "Enter opens here what is chosen at the left."
WRITE = " Tab  write here"


class Panes(NamedTuple):
    """Columns of each pane, 0: it is not there."""

    left: int
    middle: int
    right: int


def panes(view: View, columns: int) -> Panes:
    """How so many columns are shared; one goes to the rule beside each pane."""
    if columns < TWO or view.place in WHOLE:
        return Panes(0, columns, 0)
    left, right = (30 + (columns - TWO) // 4, 0) if columns < THREE else (38, 40)
    return Panes(left, columns - left - 1 - (right + 1 if right else 0), right)


def shows_talk(view: View, columns: int) -> bool:
    """Whether messages are seen: where one writes, and beside the chats where there is room for both."""
    return view.place is Place.TALK or (view.place is Place.CHATS and columns >= TWO)


def ages(view: View, columns: int) -> bool:
    """Whether something on the screen says how long ago it was."""
    return view.place in {Place.HOME, Place.PEOPLE, Place.RADIO} or panes(view, columns).right > 0


class Beside:
    """Draws the panes beside a place; knows how far the list of the chats was scrolled."""

    def __init__(self) -> None:
        self._top = 0
        self.cursor: tuple[int, int] | None = None
        """Where the chosen chat stands, while one chooses among them."""

    def put(self, view: View, middle: list[Line], size: tuple[int, int]) -> list[Line]:
        """Those lines, which are as wide as the middle pane, with the others beside them."""
        columns, rows = size
        shared = panes(view, columns)
        if not shared.left:
            return middle
        chats, self._top, at = pages.of(view, Place.CHATS, (shared.left, rows), self._top)
        self.cursor = (0, at) if at is not None and view.place is Place.CHATS else None
        rule: Line = ((view.glyphs.rule, "quiet"),)
        lines = [(*left, *rule, *line) for left, line in zip(chats, middle, strict=True)]
        if shared.right:
            other = Place.HOME if view.place is Place.PEOPLE else Place.PEOPLE
            beside, _, _ = pages.of(view, other, (shared.right, rows), 0)
            lines = [(*line, *rule, *right) for line, right in zip(lines, beside, strict=True)]
        return lines


def unopened(size: tuple[int, int]) -> list[Line]:
    """The pane of a conversation where none is open."""
    columns, rows = size
    said = [filled(((f" {line}", "quiet"),), columns) for line in wrap(NO_TALK, columns - 2)][:rows]
    return said + [filled((), columns)] * (rows - len(said))


def heading(view: View, columns: int) -> tuple[Line, int]:
    """What the highest line says above the left pane, and the columns that are left of it then."""
    left = panes(view, columns).left
    if not left:
        return (), columns
    new = sum(chat.unread for chat in view.chats or ())
    told = f" Chats{f'  {new} new' if new else ''}"
    look = "bar strong" if view.place is Place.CHATS else "bar"
    return ((pad(told, left), look), (view.glyphs.rule, "bar")), columns - left - 1
