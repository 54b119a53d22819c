"""An app whose frames reach the terminal cell by cell, and that leaves the cursor where one writes."""

import os
from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.driver import TerminalDriver
from tui.painter import Painter

CLEAR = "\x1b[m\x1b[2J"


class PaintedApp(App[int], inherit_bindings=False):
    """Every widget has to be as wide as the screen, so that a row of the terminal is one strip of one widget.

    This overrides what Textual keeps to itself, `_display`: tests in a real terminal tell when it changed.
    """

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self._disable_tooltips = self._disable_notifications = True
        self._is_blank = False
        self.has_colours = not os.environ.get("NO_COLOR") and not os.environ.get("TERM", "").startswith("vt")
        self._painter = Painter(colour=self.has_colours)

    @property
    def mistake(self) -> Exception | None:
        """What ended the app, if it was one of ours."""
        return self._exception

    def _print_error_renderables(self) -> None:
        """Nothing: whoever ran the app gets the mistake itself, without a page of variables."""

    def _set_pointer_shape(self, shape: str) -> None:
        """No: there is no mouse, and a console would print it."""

    def draw_plainly(self, plainly: bool) -> None:
        """Whether nothing but ASCII goes to the terminal."""
        self._painter.plainly(plainly)

    def cursor(self) -> tuple[int, int]:
        """(column, row) of the terminal's cursor."""
        raise NotImplementedError

    def place_cursor(self) -> None:
        """Put the cursor where it belongs, when nothing else has changed."""
        if self._is_blank:
            return
        if self._driver is not None and self._running and not self._driver.is_headless:
            self._driver.write(self._painter.paint((), self.cursor()))

    def say(self, control: str) -> None:
        """Tell the terminal something that moves nothing on it."""
        if self._driver is not None and not self._driver.is_headless and not self._is_blank:
            self._driver.write(control)

    def blank(self) -> None:
        """Nothing on the terminal, at once and for the rest of this screen's life."""
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(f"{CLEAR}\x1b[H")
        self._is_blank = True

    def leave(self, code: int) -> None:
        """End with nothing on the terminal: a console keeps what stood on it."""
        self.blank()
        self.exit(code)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Write what changed. Textual's own would write whole regions."""
        if self._is_blank:
            return
        rows = _rows(renderable)
        if rows is None or self._driver is None or self._driver.is_headless or self._batch_count:
            super()._display(screen, renderable)
            return
        if isinstance(renderable, LayoutUpdate):
            size = (renderable.region.width, renderable.region.height)
            if size != self._painter.size:
                self._painter.forget(size)
                self._driver.write(CLEAR)
        self._driver.write(self._painter.paint(rows, self.cursor()))
        self.post_display_hook()


def _rows(update: Any) -> list[tuple[int, Iterable[Segment]]] | None:
    """(row, its segments) of what Textual wants painted; None if it is something else."""
    if isinstance(update, LayoutUpdate):
        return [(y, _segments(strips)) for y, strips in enumerate(update.strips)]
    if isinstance(update, ChopsUpdate):
        dirty = sorted({y for y, _, _ in update.spans})
        return [(y, _segments(update.chops[y].values())) for y in dirty]
    return None


def _segments(strips: Iterable[Any]) -> list[Segment]:
    return [segment for strip in strips if strip is not None for segment in strip]
