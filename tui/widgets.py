"""The widgets: each draws lines from the view it is handed, and says upwards what was done to it."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui import frame, pages, panes, talk
from tui.cells import Line, filled, fit, safe, width
from tui.editing import EDITS, EditLine, begun, typed, window
from tui.looks import THEMES
from tui.state import Place, View


class Canvas(Widget):
    """Lines, drawn from the view. Only those that differ from before are painted again."""

    NEEDS: ClassVar[tuple[str, ...] | None] = None
    """The parts of the view it is drawn from, wherever one is; None: all of them."""

    view = View()
    cursor: tuple[int, int] | None = None
    """(column, row) in the widget where the terminal's cursor belongs."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._strips: list[Strip] = []

    def draw(self, columns: int, rows: int) -> list[Line]:
        """Exactly `rows` lines of exactly `columns` cells."""
        raise NotImplementedError

    def show(self, view: View) -> None:
        """Draw this view from now on."""
        before, self.view = self.view, view
        if before.theme != view.theme or before.glyphs is not view.glyphs:
            self._lines = []
            self.redraw()
            return
        needs = self.needs()
        if needs is None or any(getattr(before, part) is not getattr(view, part) for part in needs):
            self.redraw()

    def needs(self) -> tuple[str, ...] | None:
        """The parts of the view it is drawn from now; None: all of them."""
        return self.NEEDS

    @property
    def _looks(self) -> dict[str, Style]:
        return THEMES[self.view.theme]

    def redraw(self) -> None:
        """Draw again what is different."""
        columns, rows = self.size
        if not self.display or columns < 1 or rows < 1:
            return
        lines = self.draw(columns, rows)
        old, self._lines = self._lines, lines
        if len(old) != len(lines) or len(self._strips) != len(lines):
            self._strips = [_strip(line, columns, self._looks) for line in lines]
            self.refresh()
            return
        changed = [y for y, (was, now) in enumerate(zip(old, lines, strict=True)) if was != now]
        for y in changed:
            self._strips[y] = _strip(lines[y], columns, self._looks)
        if changed:
            self.refresh(*(Region(0, y, columns, 1) for y in changed))

    def on_resize(self) -> None:
        """Another size: everything anew."""
        self._lines = []
        self.redraw()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What Textual puts on the screen."""
        columns = self.size.width
        blank = Strip.blank(columns)
        return [self._strips[y] if y < len(self._strips) else blank for y in range(crop.y, crop.bottom)]


def _strip(line: Line, columns: int, looks: dict[str, Style]) -> Strip:
    return Strip([Segment(text, looks[look]) for text, look in line if text], columns)


class Bar(Canvas):
    """The highest line."""

    def draw(self, columns: int, _rows: int) -> list[Line]:
        """Where one is, and whether it works."""
        return [frame.bar(self.view, columns)]


class Hint(Canvas):
    """The lowest lines: the keys, a question, or a sentence."""

    NEEDS = ("question", "flash", "door", "why", "place", "meeting")

    def wanted(self, columns: int) -> int:
        """How many lines it needs."""
        return len(frame.hint(self.view, columns))

    def draw(self, columns: int, rows: int) -> list[Line]:
        """As many lines as there is room for."""
        lines = frame.hint(self.view, columns)[:rows]
        return lines + [((" " * columns, ""),)] * (rows - len(lines))


class Page(Canvas):
    """Home, chats, people, help."""

    top = 0

    def __init__(self) -> None:
        super().__init__()
        self._beside = panes.Beside()

    def draw(self, columns: int, rows: int) -> list[Line]:
        """The place of the view, and what stands beside it."""
        if self.view.place not in pages.PAGES:
            return []
        shared = panes.panes(self.view, columns)
        lines, self.top, at = pages.page(self.view, (shared.middle, rows), self.top)
        self.cursor = (shared.left + 1 if shared.left else 0, at or 0)
        return self._beside.put(self.view, lines, (columns, rows))

    def scroll(self, by: int) -> None:
        """Down by so many lines, or up."""
        self.top = max(0, self.top + by)
        self.redraw()


class MessageList(Canvas):
    """The open conversation: a window into it, wrapped where it is seen; with what stands beside it."""

    NEEDS = ("talk", "pending", "question")

    class TopMet(Message):
        """Somebody wants to see what is older than all that is here."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks = talk.Blocks()
        self._anchor = talk.BOTTOM
        self._chat = ""
        self._beside = panes.Beside()

    def needs(self) -> tuple[str, ...] | None:
        """Also what is beside it, where there is something."""
        return None if self.size.width >= panes.TWO else self.NEEDS

    @property
    def _window(self) -> tuple[int, int]:
        """Columns and rows of the messages; the composer's row is not theirs while one chooses a chat."""
        shared = panes.panes(self.view, self.size.width)
        return shared.middle, max(1, self.size.height - (self.view.place is not Place.TALK))

    def draw(self, columns: int, rows: int) -> list[Line]:
        """The lines of the window."""
        middle, height = self._window
        lines = panes.unopened((middle, rows)) if self.view.talk is None else self._messages(middle, height)
        if len(lines) < rows:
            lines.append(filled(((panes.WRITE, "quiet"),), middle))
        lines = self._beside.put(self.view, lines, (columns, rows))
        self.cursor = self._beside.cursor
        return lines

    def _messages(self, columns: int, rows: int) -> list[Line]:
        chat = self.view.talk.chat if self.view.talk else ""
        if chat != self._chat:
            self._chat, self._anchor = chat, talk.BOTTOM
        lines = talk.draw(self.view, self._blocks, self._anchor, (columns, rows))
        if newer := talk.newer(self.view, self._anchor):
            lines[-1] = talk.newer_line(newer, columns, self.view.glyphs.dash)
        return lines

    def scroll(self, up: int) -> None:
        """Up by so many lines, or down."""
        self._anchor, met_top = talk.scrolled(self.view, self._blocks, self._anchor, self._window, up)
        if met_top:
            self.post_message(self.TopMet())
        self.redraw()

    @property
    def lowest(self) -> int:
        """The id of the message on the lowest line; 0: the newest."""
        return self._anchor.message

    def show_at(self, number: int) -> None:
        """Have this message low, above the line that counts those below."""
        after = next((one.id for one in talk.shown(self.view) if one.id > number), 0)
        self._anchor = talk.Anchor(after)
        self.redraw()

    def keep_in_sight(self, number: int) -> None:
        """Have this message seen, wherever."""
        if number not in talk.in_sight(self.view, self._blocks, self._anchor, self._window):
            self.show_at(number)

    def to_end(self) -> None:
        """To the newest message."""
        self._anchor = talk.BOTTOM
        self.redraw()


class Composer(Canvas):
    """One line to write on, with the bytes that are used up."""

    NEEDS = ()

    def __init__(self) -> None:
        super().__init__()
        self._line = EditLine()
        self._label = ""
        self._limit = 0
        self._frames: Callable[[int], int] = lambda _: 1

    @property
    def text(self) -> str:
        """What was written so far."""
        return self._line.text

    def load(self, text: str, label: str, limit: int, frames: Callable[[int], int] = lambda _: 1) -> None:
        """Begin with this text; `limit`: bytes that it may have, `frames`: what so many take on the air."""
        self._frames = frames
        self._line, self._label, self._limit = begun(text), safe(label), limit
        self.redraw()

    def relabel(self, label: str) -> None:
        """What stands before the text from now on."""
        self._label = label
        self.redraw()

    def take(self, text: str) -> None:
        """Put text where the cursor is."""
        self._line = typed(self._line, text)
        self.redraw()

    def press(self, key: str) -> bool:
        """Whether the key is one of writing, and was obeyed."""
        if key not in EDITS:
            return False
        self._line = EDITS[key](self._line)
        self.redraw()
        return True

    def draw(self, columns: int, rows: int) -> list[Line]:
        """The label, as much of the text as fits around the cursor, the bytes used."""
        used = len(self.text.encode("utf-8", "replace"))
        over = used - self._limit
        many = self._frames(used)
        sent = "" if many == 1 else f" {many} frames" if columns >= 60 else f" x{many}"
        counter = f" {over} too long" if over > 0 else f" {used}/{self._limit}{sent}"
        label = fit(self._label, columns * 3 // 5)
        room = max(2, columns - width(label) - width(counter) - 1)
        shown, at = window(self._line, room)
        self.cursor = (width(label) + at, 0)
        gap = " " * (room - width(shown) + 1)
        line = ((label, "strong"), (shown, ""), (gap, ""), (counter, "bad" if over > 0 else "quiet"))
        return [filled(line, columns)] + [((" " * columns, ""),)] * (rows - 1)
