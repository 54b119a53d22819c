"""The app: events and keys become views, views go down to the widgets, wishes go to the node."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen

from handheld.commands import Alerts, Chats, Command, People, Status
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
from tui import boards, device, radio, rooms, wishes, words
from tui import reducer as news
from tui.door import NodeDoor
from tui.ends import LOCKED
from tui.keys import KEYS, WIPE
from tui.painted import PaintedApp
from tui.questions import PRESSED, TYPED, space
from tui.state import Place, Question, View, chat_chosen, chat_of, next_unread, person_chosen
from tui.widgets import Bar, Canvas, Composer, Hint, MessageList, Page

AGES_S = 60.0
"""How often the ages on the screen grow."""

STATUS_S = 2.0
"""The node is asked how it is, or a board is read again, so long after something happened."""

_STIRRING = (MessageKept, MessageState, PersonHeard, RadioChanged)
"""Events after which the node's status is another one."""

_AGEING = (Place.HOME, Place.PEOPLE)


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
        ready: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.view = View(zone_s=device.zone_s(), folder=str(folder) if named else "")
        self._door = NodeDoor(folder, self, start)
        self._is_ready = ready
        self._bar, self._page, self._hint = Bar(), Page(), Hint()
        self._messages, self._composer = MessageList(), Composer()
        self._canvases = (self._bar, self._page, self._messages, self._composer, self._hint)
        self._due: dict[Callable[[], None], asyncio.TimerHandle] = {}
        self._reading = False

    def get_default_screen(self) -> Screen[None]:
        """Ours."""
        return Top()

    def compose(self) -> ComposeResult:
        """From the highest line to the lowest; of page and messages one is seen."""
        yield from self._canvases

    def on_mount(self) -> None:
        """Look for the node."""
        self._show()
        self._work(self._door.run())

    def on_ready(self) -> None:
        """The first frame stands."""
        if self._is_ready is not None:
            self._is_ready()

    def on_unmount(self) -> None:
        """No timer outlives the screen."""
        for timer in self._due.values():
            timer.cancel()

    def turn(self, change: Callable[..., View], *what: Any, **how: Any) -> None:
        """One of the reducer's functions makes a new view, and the screen shows it."""
        self.view = news.pinned(change(replace(self.view, now=self._now()), *what, **how))
        self._show()

    def node_said(self, event: Event) -> None:
        """Something happened at the node."""
        self.turn(news.reduce, event)
        if isinstance(event, _STIRRING):
            self._later(STATUS_S, self._ask_status)
        if isinstance(event, RoomChanged):
            self.wish(self.read_people())
        if isinstance(event, MessageKept) and chat_of(event.message) == self._talk_chat():
            self._work(self._seen(event.message.id))
        if isinstance(event, BoardChanged):
            self._later(STATUS_S, self._read_board)

    def node_came(self) -> None:
        """A node answers."""
        self.turn(news.node_found)
        self._work(self._read_all())
        if self.view.place is Place.RADIO:
            radio.enter(self)  # another connection, which nobody asked to tell of the radio yet

    def node_went(self, why: str) -> None:
        """No node answers any more."""
        self.turn(news.node_lost, why)

    def _show(self) -> None:
        """Hand the view down, and see to it that everything has its place."""
        view = self.view
        in_talk = view.place is Place.TALK
        writes = in_talk or (view.question is not None and view.question.kind not in PRESSED)
        # A card has no line to spare on a small screen.
        framed = view.place is not Place.CARD
        shown: dict[Canvas, bool] = {
            self._bar: framed,
            self._hint: framed,
            self._page: not in_talk,
            self._messages: in_talk,
            self._composer: writes,
        }
        for canvas in self._canvases:
            wanted = shown.get(canvas, True)
            if canvas.display != wanted:
                canvas.display = wanted
            canvas.show(view)
        if self.size.width and (height := self._hint.wanted(self.size.width)) != self._hint.size.height:
            self._hint.styles.height = height
        if view.place in _AGEING and self._age not in self._due:
            self._later(AGES_S, self._age)
        self.place_cursor()

    def _age(self) -> None:
        if self.view.place in _AGEING:
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
        self._work(self._tried(work))

    async def ask(self, command: Command) -> Any:
        """The node's answer."""
        return await self._door.ask(command)

    async def read_people(self) -> None:
        """Read again who everybody is, and what conversations are called."""
        self.turn(news.people_read, await self._door.ask(People()))
        self.turn(news.chats_read, await self._door.ask(Chats()))

    def _work(self, work: Coroutine[Any, Any, None]) -> None:
        self.run_worker(work)

    def _now(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)

    # What the node is asked.

    async def _read_all(self) -> None:
        try:
            await self._read_status()
            if self.return_value == LOCKED:
                return
            await self.read_people()
            self.turn(news.alerts_read, await self._door.ask(Alerts()))
            if self.view.talk is not None:
                await self.read(self.view.talk.chat)
        except UserError as error:
            self._refused(error)

    async def _read_status(self) -> None:
        status = await self._door.ask(Status())
        if status.locked:
            self.leave(LOCKED)
            return
        self.turn(news.status_read, status, device.battery())

    def _ask_status(self) -> None:
        self._work(self._tried(self._read_status()))

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except UserError as error:
            self._refused(error)

    def _refused(self, error: UserError) -> None:
        # That the node is gone is said by the door, and for longer.
        if not isinstance(error, NodeUnreachable):
            self.turn(news.told, str(error))

    def _read_board(self) -> None:
        self.wish(boards.read_again(self))

    async def read(self, chat: str, before: int = 0) -> None:
        """Read a page of a conversation: the newest, or those before an id."""
        self._reading = True
        try:
            messages = await self._door.ask(wishes.read(chat, before))
        except UserError as error:
            self._refused(error)
            return
        finally:
            self._reading = False
        self.turn(news.page_read, chat, messages, newest=before == 0, complete=len(messages) < wishes.PAGE)
        if before == 0 and messages:
            await self._seen(messages[-1].id)

    async def _seen(self, message: int) -> None:
        if chat := self._talk_chat():
            await self._tried(self._door.ask(wishes.seen(chat, message)))

    async def _send(self, chat: str, text: str, kind: str) -> None:
        sure = words.UNSURE if self._door.is_open else words.UNSENT
        try:
            message = await self._door.ask(wishes.write(chat, text, kind))
        except NodeUnreachable:
            self._not_saved(chat, text, sure)
        except UserError as error:
            self._not_saved(chat, text, str(error))
        else:
            self.turn(news.saved, chat, text, message)

    def _not_saved(self, chat: str, text: str, why: str) -> None:
        self._keep_draft()
        self.turn(news.not_saved, chat, text, why)
        if chat == self._talk_chat():
            self._load_draft()

    # Where one goes.

    def go(self, place: Place) -> None:
        """To another place; what was begun is kept."""
        self._keep_draft()
        self.turn(news.went, place)

    def open_chat(self, chat: str) -> None:
        """Into a conversation, at its newest message."""
        self._keep_draft()
        self.turn(news.opened, chat)
        self._messages.to_end()
        self._load_draft()
        self._work(self.read(chat))

    def ask_for(self, question: Question | None, text: str = "") -> None:
        """Put a question, or take it back."""
        self.turn(news.asked, question)
        if question is not None and question.kind not in PRESSED:
            self._composer.load(text, question.label, space(question.kind))
            self.place_cursor()

    def _talk_chat(self) -> str:
        """The conversation that is on the screen, or ""."""
        return self.view.talk.chat if self.view.place is Place.TALK and self.view.talk else ""

    def _keep_draft(self) -> None:
        if (chat := self._talk_chat()) and self.view.question is None:
            self.view = news.drafted(self.view, chat, self._composer.text)

    def _load_draft(self) -> None:
        chat = self._talk_chat()
        self._composer.load(self.view.drafts.get(chat, ""), words.prompt(self.view), wishes.room(chat))
        self.place_cursor()

    # Keys.

    def on_key(self, event: events.Key) -> None:
        """Every key of the screen."""
        event.stop()
        event.prevent_default()
        self.press(event.key, event.character if event.is_printable else None)

    def press(self, key: str, character: str | None) -> None:
        """A key, and the character it writes, if it does."""
        if self.view.flash:
            self.turn(news.told, "")
        if (question := self.view.question) is not None and question.kind in PRESSED:
            self.turn(news.asked, None)
            PRESSED[question.kind](self, key, question.about)
        elif key == "ctrl+x":
            self.ask_for(WIPE)
        elif self._composer.display:
            self._write(key, character)
        elif (action := KEYS[self.view.place].get(key)) is not None:
            action(self)

    def _write(self, key: str, character: str | None) -> None:
        if key == "enter":
            # At once, and not by a message: the next key may be waiting already, and lead elsewhere. What
            # was written for one person must not be read as written on the board that it opens.
            self._entered(self._composer.text.strip())
        elif self._composer.press(key):
            self.place_cursor()
        elif character is not None:
            self._composer.take(character)
            self.place_cursor()
        elif self.view.question is not None:
            if key in {"escape", "ctrl+c"}:
                self.ask_for(None)
        elif (action := KEYS[Place.TALK].get(key)) is not None:
            action(self)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is written, never obeyed."""
        if self._composer.display:
            self._composer.take(event.text)
            self.place_cursor()

    def _entered(self, text: str) -> None:
        question, chat = self.view.question, self._talk_chat()
        if question is not None:
            self.ask_for(None)
            TYPED[question.kind](self, question, text)
        elif text and chat:
            over = len(text.encode("utf-8", "replace")) - wishes.room(chat)
            if over > 0:
                self.turn(news.told, f"That is {over} bytes too long. Cut it into parts.")
                return
            kind = self.view.writing
            self.turn(news.sending, chat, text)
            self._messages.to_end()
            self._load_draft()
            self._work(self._send(chat, text, kind))

    @on(MessageList.TopMet)
    def _top_met(self) -> None:
        talk = self.view.talk
        if talk is not None and talk.messages and not talk.complete and not self._reading:
            self._work(self.read(talk.chat, talk.messages[0].id))

    def choose(self, by: int) -> None:
        """Another row of the list; where there is none to choose, scroll."""
        if self.view.place in {Place.CHATS, Place.PEOPLE, Place.FILES}:
            self.turn(news.moved, by)
        elif self.view.place is Place.TALK:
            self._messages.scroll(-by)
        else:
            self._page.scroll(by)

    def leaf(self, by: int) -> None:
        """A page up or down."""
        self.choose(by * max(1, (self._messages if self._talk_chat() else self._page).size.height - 1))

    def enter(self) -> None:
        """Open what is chosen; from home the chats."""
        if self.view.place is Place.HOME or (self.view.place is Place.FILES and self.view.files):
            self.go(Place.CHATS if self.view.place is Place.HOME else Place.FILE)
        elif self.view.place is Place.CHATS and (chat := chat_chosen(self.view)) is not None:
            if chat.invitation:
                self.ask_for(rooms.asked_in(chat.room))
            else:
                self.open_chat(chat_of(chat))
        elif self.view.place is Place.PEOPLE and (one := person_chosen(self.view)) is not None:
            self.open_chat(one.key)

    def back(self) -> None:
        """Where one came from: from a conversation to its list, from everywhere else home."""
        self.go(self.view.before if self.view.place in news.ASIDE else Place.HOME)

    def next_new(self) -> None:
        """To the next conversation with something new."""
        if (chat := next_unread(self.view)) is not None:
            self.open_chat(chat_of(chat))
        else:
            self.turn(news.told, "Nothing else is unread.")

    def cursor(self) -> tuple[int, int]:
        """Where one writes, or what is chosen: a screen reader follows the cursor."""
        canvas: Canvas = self._composer if self._composer.display else self._page
        column, row = canvas.cursor or (0, 0)
        return canvas.region.x + column, canvas.region.y + row
