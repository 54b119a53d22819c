"""The app: events and keys become views, views go down to the widgets, wishes go to the node."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen

from handheld.commands import Command
from handheld.config import Config
from handheld.errors import NodeUnreachable, UserError
from handheld.events import (
    BoardChanged,
    Event,
    MessageKept,
    MessageState,
    PersonHeard,
    RadioChanged,
    RoomChanged,
)
from tui import (
    boards,
    device,
    glyphs,
    library,
    notices,
    panes,
    picking,
    pressing,
    radio,
    reading,
    settings,
    writing,
)
from tui import reducer as news
from tui.door import NodeDoor, Tape
from tui.painted import PaintedApp
from tui.questions import PRESSED, space
from tui.running import CommandLine, Runner
from tui.state import ASIDE, Place, Question, View, chat_of
from tui.widgets import Bar, Canvas, Composer, Hint, MessageList, Page

AGES_S = 60.0
"""How often the ages on the screen grow."""

STATUS_S = 2.0
"""The node is asked how it is, or a board is read again, so long after something happened."""

_STIRRING = (MessageKept, MessageState, PersonHeard, RadioChanged)
"""Events after which the node's status is another one."""


_MOVERS: dict[Place, Callable[[View, int], View]] = {
    **dict.fromkeys((Place.CHATS, Place.PEOPLE, Place.FILES, Place.SETTINGS), news.moved),
    Place.FOUND: picking.moved,
    Place.LIBRARY: library.moved,
}
"""Lists: what another row of them does."""


class Top(Screen[None], inherit_bindings=False):
    """The one screen."""

    AUTO_FOCUS = None


class Shell(PaintedApp, inherit_bindings=False):
    """pocketmesh in a terminal: `folder` is where the node lives, `start` starts one when none answers."""

    CSS_PATH = "screen.tcss"
    TITLE = "pocketmesh"

    def __init__(
        self,
        folder: Path,
        start: Callable[[], None] | None = None,
        *,
        named: bool = False,
        first: bool = False,
        config: Config | None = None,
        ready: Callable[[], None] | None = None,
        line: CommandLine | None = None,
        tape: Tape | None = None,
    ) -> None:
        super().__init__()
        self.view = View(
            zone_s=device.zone_s(),
            folder=str(folder) if named else "",
            config=config or Config(),
            tier=glyphs.tier(os.environ),
            colours=self.has_colours,
        )
        self.folder = folder
        self._may_be_first = first
        self._door = NodeDoor(folder, self, start, tape)
        self._tape = tape
        self._is_ready = ready
        self.runner: Runner = Runner(self, line)
        self._bar, self._page, self._hint = Bar(), Page(), Hint()
        self.messages, self.composer = MessageList(), Composer()
        self._canvases = (self._bar, self._page, self.messages, self.composer, self._hint)
        self._due: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self._reading = False
        self._hint_height = 1

    def get_default_screen(self) -> Screen[None]:
        """Ours."""
        return Top()

    def compose(self) -> ComposeResult:
        """From the highest line to the lowest; of page and messages one is seen."""
        yield from self._canvases

    def on_mount(self) -> None:
        """Look for the node."""
        self._show()
        self.work(self._door.run())
        if self._tape is not None:
            self.work(pressing.play(self, self._tape))

    def on_ready(self) -> None:
        """The first frame stands."""
        if self._is_ready is not None:
            self._is_ready()

    async def on_unmount(self) -> None:
        """No timer and no connection outlives the screen: a node of its own ends then."""
        for timer in self._due.values():
            timer.cancel()
        self.runner.end()
        await self._door.close()

    def turn(self, change: Callable[..., View], *what: Any, **how: Any) -> None:
        """One of the reducer's functions makes a new view, and the screen shows it."""
        before = self.view
        self.view = news.pinned(change(replace(before, now=self._now()), *what, **how))
        if before.chats is not self.view.chats:
            notices.retitle(self, before)
        if before.place is not self.view.place and Place.RADIO in {before.place, self.view.place}:
            radio.watch(self)  # whichever way one came or went
        self._show()

    def on_resize(self) -> None:
        """Another size may have room for other panes."""
        self.call_later(self._show)

    @property
    def columns(self) -> int:
        """Cells of a line of the page, without what stands beside it."""
        return panes.panes(self.view, self.size.width).middle

    @property
    def is_wide(self) -> bool:
        """Whether there are panes side by side."""
        return self.size.width >= panes.TWO

    def node_said(self, event: Event) -> None:
        """Something happened at the node."""
        self.turn(news.reduce, event)
        if isinstance(event, _STIRRING):
            self._later(STATUS_S, self._ask_status)
        if isinstance(event, RoomChanged):
            self.wish(reading.people(self))
        if isinstance(event, MessageKept):
            notices.came(self, event.message)
            if chat_of(event.message) == self.talk_chat():
                self.wish(reading.seen(self, event.message.id))
        if isinstance(event, BoardChanged):
            self._later(STATUS_S, self._read_board)

    def node_came(self) -> None:
        """A node answers."""
        self.turn(news.node_found)
        self.wish(reading.everything(self))
        if self.view.place is Place.RADIO:
            radio.watch(self)  # another connection, which nobody asked to tell of the radio yet

    def node_went(self, why: str) -> None:
        """No node answers any more."""
        self.turn(news.node_lost, why)

    def _show(self) -> None:
        """Hand the view down, and see to it that everything has its place."""
        view = self.view
        self.draw_plainly(view.glyphs is glyphs.ASCII)
        in_talk = panes.shows_talk(view, self.size.width)
        writes = view.place is Place.TALK or (view.question is not None and view.question.kind not in PRESSED)
        # A card has no line to spare on a small screen.
        framed = view.place is not Place.CARD
        shown: dict[Canvas, bool] = {
            self._bar: framed,
            self._hint: framed,
            self._page: not in_talk,
            self.messages: in_talk,
            self.composer: writes,
        }
        for canvas in self._canvases:
            wanted = shown.get(canvas, True)
            if canvas.display != wanted:
                canvas.display = wanted
            canvas.show(view)
        if self.size.width and (height := self._hint.wanted(self.size.width)) != self._hint_height:
            # Not what it is now: another height may be on its way.
            self._hint.styles.height = self._hint_height = height
        if panes.ages(view, self.size.width) and self._age not in self._due:
            self._later(AGES_S, self._age)
        self.place_cursor()

    def _ask_status(self) -> None:
        self.wish(reading.status(self))

    def _read_board(self) -> None:
        self.wish(boards.read_again(self))

    def _age(self) -> None:
        if panes.ages(self.view, self.size.width):
            self._ask_status()
            self.turn(lambda view: view)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        """Once, `seconds` from now, however often it is asked for."""

        def run() -> None:
            del self._due[what]
            what()

        if what not in self._due:
            self._due[what] = asyncio.get_running_loop().call_later(seconds, run)

    def wish(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this; what is refused is said on the lowest line."""
        self.work(self._tried(work))

    @property
    def is_open(self) -> bool:
        """Whether a node answers."""
        return self._door.is_open

    def expect_again(self, expected: bool) -> None:
        """Whether the node will open anew, which is nothing to worry anybody with."""
        self._door.expected = expected

    async def ask(self, command: Command) -> Any:
        """The node's answer."""
        return await self._door.ask(command)

    async def settled(self, command: Command) -> Any:
        """What the node lists; asked for again where a message came before the answer."""
        return await self._door.settled(command)

    def work(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this besides."""
        self.run_worker(work)

    def _now(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except UserError as error:
            # That the node is gone is said by the door, and for longer.
            if not isinstance(error, NodeUnreachable):
                self.turn(news.told, str(error))

    async def read(self, chat: str, before: int = 0) -> None:
        """Read a page of a conversation: the newest, or those before an id."""
        self._reading = True
        try:
            await reading.read(self, chat, before)
        finally:
            self._reading = False

    async def read_chats(self) -> None:
        """Read all conversations again."""
        await reading.chats(self)

    def is_first(self) -> bool:
        """Whether this is the first start, where nobody has chosen anything; said once."""
        first = self._may_be_first and settings.is_first(self)
        self._may_be_first = self._may_be_first and not first
        return first

    # Where one goes.

    def go(self, place: Place) -> None:
        """To another place; what was begun is kept."""
        writing.keep_draft(self)
        self.turn(news.went, place)

    def open_chat(self, chat: str) -> None:
        """Into a conversation, at its newest message."""
        writing.keep_draft(self)
        self.turn(news.opened, chat)
        self.messages.to_end()
        writing.load_draft(self)
        self.wish(self.read(chat))

    def ask_for(self, question: Question | None, text: str = "") -> None:
        """Put a question, or take it back."""
        before = self.view.question
        if question is not None:
            writing.keep_draft(self)
        self.turn(news.asked, question)
        if question is None and before is not None and self.talk_chat():
            writing.load_draft(self)
        if question is not None and question.kind not in PRESSED:
            self.composer.load(text, question.label, space(question.kind))
            self.place_cursor()

    def talk_chat(self) -> str:
        """The conversation that is on the screen, or ""."""
        return self.view.talk.chat if self.view.place is Place.TALK and self.view.talk else ""

    # Keys.

    def on_key(self, event: events.Key) -> None:
        """Every key of the screen."""
        event.stop()
        event.prevent_default()
        self._pressed(event.key, event.character if event.is_printable else None)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is written where one writes, and nothing elsewhere."""
        self._pressed(pressing.PASTE, event.text)

    def _pressed(self, key: str, character: str | None) -> None:
        if self._tape is not None:
            self._tape.pressed(key, character, private=pressing.is_private(self))
        pressing.press(self, key, character)

    @on(MessageList.TopMet)
    def _top_met(self) -> None:
        talk = self.view.talk
        if talk is not None and talk.messages and not talk.complete and not self._reading:
            self.wish(self.read(talk.chat, talk.messages[0].id))

    def choose(self, by: int) -> None:
        """Another row of the list; where there is none to choose, scroll."""
        place = self.view.place
        mover = None if place is Place.LIBRARY and self.view.reading else _MOVERS.get(place)
        if mover is not None:
            self.turn(mover, by)
        elif self.view.place is Place.TALK:
            self.messages.scroll(-by)
        else:
            self._page.scroll(by)

    def to_top(self) -> None:
        """To the first line of the page."""
        self._page.scroll(-self._page.top)

    def leaf(self, by: int) -> None:
        """A page up or down."""
        shown = self.messages if self.messages.display else self._page
        self.choose(by * max(1, shown.size.height - 1))

    def back(self) -> None:
        """Where one came from: to a conversation, from that to its list, from everywhere else home."""
        if self.view.left:
            self.open_chat(self.view.left)
        else:
            self.go(self.view.before if self.view.place in ASIDE else Place.HOME)

    def cursor(self) -> tuple[int, int]:
        """Where one writes, or what is chosen: a screen reader follows the cursor."""
        canvases: tuple[Canvas, ...] = (self.composer, self.messages, self._page)
        canvas = next((one for one in canvases if one.display), self._page)
        column, row = canvas.cursor or (0, 0)
        return canvas.region.x + column, canvas.region.y + row
