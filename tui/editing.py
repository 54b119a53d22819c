"""One line of text under a cursor. Pure: a line and a key make a line."""

from collections.abc import Callable
from typing import NamedTuple

from tui.cells import clusters, width


class EditLine(NamedTuple):
    """What stands before the cursor and after it, by what shares a cell: marks go with their character."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(self.before + self.after)


def begun(text: str) -> EditLine:
    """A line with the cursor at its end."""
    return EditLine(_split(text))


def typed(line: EditLine, text: str) -> EditLine:
    """With text put in at the cursor, typed or pasted; line breaks become spaces."""
    return EditLine(_split("".join(line.before) + " ".join(text.splitlines())), line.after)


def window(line: EditLine, room: int) -> tuple[str, int]:
    """What is seen of the line in `room` cells, and the cell of the cursor in it."""
    before = line.before
    if sum(map(width, before)) >= room:
        # Half a window at once: a line that crawls by one cell with each key is painted anew each time.
        while sum(map(width, before)) >= room:
            before = before[max(1, room // 2) :]
    left = "".join(before)
    shown, used = left, width(left)
    for cluster in line.after:
        if used + width(cluster) > room:
            break
        shown, used = shown + cluster, used + width(cluster)
    return shown, width(left)


def common(words: list[str]) -> str:
    """What all of them begin with."""
    first, last = min(words, default=""), max(words, default="")
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first[:same]


def _split(text: str) -> tuple[str, ...]:
    return tuple(cluster for cluster, _ in clusters(text))


def _left(line: EditLine) -> EditLine:
    return EditLine(line.before[:-1], line.before[-1:] + line.after)


def _right(line: EditLine) -> EditLine:
    return EditLine(line.before + line.after[:1], line.after[1:])


EDITS: dict[str, Callable[[EditLine], EditLine]] = {
    "left": _left,
    "right": _right,
    "home": lambda line: EditLine((), line.before + line.after),
    "end": lambda line: EditLine(line.before + line.after),
    "backspace": lambda line: EditLine(line.before[:-1], line.after),
    "delete": lambda line: EditLine(line.before, line.after[1:]),
    "ctrl+u": lambda line: EditLine((), line.after),
}
"""What keys do that write nothing."""
