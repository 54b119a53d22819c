"""Answers to what is asked about boards and alerts: the list, search, deletion, calls for help."""

from collections.abc import Awaitable, Callable
from typing import Any

from handheld.clock import Clock
from handheld.commands import (
    AlertOver,
    Alerts,
    Boards,
    CallHelp,
    Command,
    Delete,
    DismissAlert,
    Edit,
    Older,
    SawAlert,
    Search,
)
from handheld.daemon import placing, search
from handheld.daemon.editing import EditDesk
from handheld.daemon.executor import Executor
from handheld.daemon.saving import shown_post
from handheld.errors import LocalError, Refused
from handheld.events import Alert, Board, Message
from handheld.node.boards import board_name
from handheld.node.effects import Effect
from handheld.node.node import Node
from handheld.node.posted import WORDS
from handheld.node.postings import place_of
from handheld.store import finding, messages, posts
from handheld.store.database import Database
from handheld.store.messages import GONE, PUBLIC, MessageRow
from handheld.wire.codec import decode
from handheld.wire.constants import AlertStep, PostType
from handheld.wire.notices import Alert as AlertFields

NO_PLACE = "none"
WORDS_MAX = 8


class NoticeDesk:
    """One method for each command; Refused says why not. `place`: the setting of that name."""

    def __init__(self, node: Node, clock: Clock, executor: Executor, database: Database, place: str) -> None:
        self._node = node
        self._clock = clock
        self._executor = executor
        self._database = database
        self._place = place

    def answers(self) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
        """Who answers which command."""
        return {
            Boards: self.boards,
            Search: self.search,
            Older: self.older,
            Delete: self.delete,
            Edit: EditDesk(self._node, self._clock, self._executor, self._database).edit,
            CallHelp: self.call,
            SawAlert: self.saw,
            DismissAlert: self.dismiss,
            AlertOver: self.over,
            Alerts: self.alerts,
        }

    async def boards(self, _command: Boards) -> list[Board]:
        """All that are followed, then those that were heard of."""
        powered = self._node.postings.powered(self._clock.now())
        rows = await self._database.read(lambda connection: posts.summaries(connection, powered))
        followed = [
            Board(
                row.name,
                row.posts,
                row.unread,
                {WORDS[PostType(kind)]: count for kind, count in row.kinds.items()},
                row.next_s,
            )
            for row in rows
        ]
        return followed + [Board(name, followed=False) for name in self._node.upkeep.boards.heard]

    async def older(self, _command: Older) -> None:
        """Whoever is near is asked for older posts."""
        self._node.upkeep.older(self._clock.now())

    async def search(self, command: Search) -> list[Message]:
        """What holds the words."""
        words = command.words.split()
        if not 0 < len(words) <= WORDS_MAX:
            raise Refused(f"Search for 1 to {WORDS_MAX} words, or parts of words.")
        where = finding.Where(
            board_name(command.board) if command.board else "",
            self._node.find(command.who) if command.who else b"",
        )
        found = await search.find(self._database, words, where, command.limit)
        powered = self._node.postings.powered(self._clock.now())
        return await self._executor.shown(lambda connection: finding.rows(connection, found, powered))

    async def delete(self, command: Delete) -> None:
        """Take a post back."""
        row = await self._post(command.id)
        parts = await self._database.read(lambda connection: posts.following(connection, row))
        behind = max((part.seq - row.seq for part in parts), default=0)
        tombstone = self._node.postings.delete(shown_post(row), behind, self._clock.wall())
        self._node.postings.unsend([row.id, *(part.id for part in parts)])
        await self._executor.carry_out([tombstone])

    async def call(self, command: CallHelp) -> Message:
        """Call for help."""
        if command.place == NO_PLACE:
            place = placing.UNKNOWN
        elif command.place:
            place = place_of(command.place)
        else:
            place = await placing.ask(self._place)
        called = self._node.postings.call(command.text, place, command.hours, self._clock.wall())
        return await self._written([*called])

    async def saw(self, command: SawAlert) -> Message:
        """Tell somebody that his alert was seen."""
        row = await self._post(command.id)
        if row.own or row.kind != PostType.ALERT or decode(AlertFields, row.text).step != AlertStep.HELP:
            raise Refused(f"Number {command.id} is no alert of somebody else. See: pocketmesh alert --list")
        answer = self._node.postings.answer(shown_post(row), AlertStep.SEEN, command.text, self._clock.wall())
        return await self._written([answer])

    async def dismiss(self, command: DismissAlert) -> None:
        """Put somebody's alert away."""
        effects = self._node.alarms.dismiss(command.id, self._clock.now())
        await self._database.write(lambda connection: posts.dismiss(connection, command.id), urgent=True)
        await self._executor.carry_out(effects)

    async def over(self, command: AlertOver) -> Message:
        """The own alert is over."""
        call = self._node.alarms.own()
        answer = self._node.postings.answer(call.keep, AlertStep.OVER, command.text, self._clock.wall())
        self._node.postings.unsend([call.message])
        return await self._written([answer])

    async def alerts(self, _command: Alerts) -> list[Alert]:
        """All that live."""
        return self._node.alarms.everything(self._clock.now())

    async def _post(self, number: int) -> MessageRow:
        row = await self._database.read(lambda connection: messages.get(connection, number))
        if row is None or row.peer != PUBLIC or row.state == GONE or row.kind not in WORDS:
            raise Refused(f"There is no post with the number {number}. Numbers stand in: pocketmesh read")
        return row

    async def _written(self, effects: list[Effect]) -> Message:
        kept = await self._executor.carry_out(effects)
        if not kept:
            raise LocalError("an own post was not new")
        return kept[0]
