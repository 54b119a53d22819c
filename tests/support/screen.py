"""The screen without a terminal: pressed keys in, drawn text out, a real door in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from textual.pilot import Pilot

from handheld.cli import complete
from tests.support.patience import PATIENCE_S
from tui.door import Tape
from tui.shell import Shell

KEYS = {
    " ": "space",
    ",": "comma",
    ".": "full_stop",
    "?": "question_mark",
    "!": "exclamation_mark",
    "#": "number_sign",
}


@dataclass
class Screen:
    """One screen that somebody sits at."""

    shell: Shell
    pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Keys by their names."""
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        """A text, letter by letter."""
        await self.pilot.press(*(KEYS.get(letter, letter) for letter in text))

    def lines(self) -> list[str]:
        """What is drawn."""
        return [strip.text for strip in self.shell.screen._compositor.render_strips()]

    def text(self) -> str:
        """What is drawn, without the blanks at the ends of the lines."""
        return "\n".join(line.rstrip() for line in self.lines()) + "\n"

    async def until(self, what: str | Callable[[], bool]) -> None:
        """Wait until this text is drawn, or this comes true."""
        ready = what if callable(what) else lambda: what in self.text()
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not ready():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{what} did not come:\n{self.text()}")
            await self.pilot.pause(0.01)


@asynccontextmanager
async def screen(
    folder: Path,
    size: tuple[int, int] = (80, 24),
    start: Callable[[], None] | None = None,
    *,
    first: bool = False,
    tier: str = "ascii",
    colours: bool = True,
    tape: Tape | None = None,
) -> AsyncIterator[Screen]:
    """The screen on the node of this folder; the mistakes of the app fail the test.

    `tier` and `colours`: what its terminal would have.
    """
    shell = Shell(folder, start, first=first, line=complete.for_screen(), tape=tape)
    shell.view = replace(shell.view, zone_s=0, tier=tier, colours=colours)
    async with shell.run_test(size=size) as pilot:
        yield Screen(shell, pilot)
