"""Carries out the node's effects: rows become durable first, then screens hear of them, then the air."""

import asyncio
from collections.abc import Callable, Iterable

from handheld.clock import Clock
from handheld.commands import Read
from handheld.errors import UserError
from handheld.events import Event, Message, MessageKept, MessageSent
from handheld.logs import logger
from handheld.node.boards import board_name
from handheld.node.effects import (
    Dropped,
    Effect,
    Keep,
    KeepAired,
    KeepBoard,
    KeepPost,
    KeepProfile,
    Tell,
    Transmit,
)
from handheld.node.node import Node
from handheld.store import boards, people, posts
from handheld.store.database import Connection, Database

BACKLOG_MAX = 256
"""Lists of effects that wait for the disk; beyond, what is heard is dropped and counted."""

_KEEPS = (KeepProfile, KeepPost, KeepBoard, KeepAired)


class Executor:
    """Effects in, in order; `run` lives as long as the node and raises what is our own mistake."""

    def __init__(
        self,
        node: Node,
        database: Database,
        clock: Clock,
        transmit: Callable[[int, bytes], None],
        publish: Callable[[Event], None],
        changed: Callable[[], None],
    ) -> None:
        self._node = node
        self._database = database
        self._clock = clock
        self._transmit = transmit
        self._publish = publish
        self._changed = changed
        self._log = logger("node")
        self._backlog: asyncio.Queue[list[Effect]] = asyncio.Queue(BACKLOG_MAX)

    async def run(self) -> None:
        """Carry out what was submitted, in order, all that waits in one commit."""
        while True:
            effects = await self._backlog.get()
            while not self._backlog.empty():
                effects += self._backlog.get_nowait()
            try:
                await self.carry_out(effects)
            except UserError as error:
                # The disk is full or gone. Nothing of this was told to anybody: it counts as not heard.
                self._node.dropped["not saved"] += 1
                self._log.warning("not saved: %s", error)

    def submit(self, effects: list[Effect]) -> None:
        """Carry these out soon; nothing in here waits for a row is carried out at once."""
        if not any(isinstance(effect, _KEEPS) for effect in effects):
            self._act(effects)
        elif self._backlog.full():
            self._node.dropped["backlog"] += 1
        else:
            self._backlog.put_nowait(effects)

    async def carry_out(self, effects: list[Effect]) -> list[Message]:
        """Carry these out; returns the messages that were new, once they are durable.

        Raises DiskFull, FolderReadOnly or FolderDamaged with nothing told and nothing transmitted.
        """
        keeps = [effect for effect in effects if isinstance(effect, _KEEPS)]
        ids: list[int | None] = []
        if keeps:
            urgent = any(isinstance(keep, KeepPost | KeepAired) for keep in keeps)
            ids = await self._database.write(lambda connection: _save_all(connection, keeps), urgent=urgent)
        messages: list[Message] = []
        more: list[Effect] = []
        for keep, saved in zip(keeps, ids, strict=True):
            more += self._kept(keep, saved, messages)
        self._act([*(effect for effect in effects if not isinstance(effect, _KEEPS)), *more])
        self._changed()
        return messages

    async def count(self) -> int:
        """Messages that are saved."""
        return await self._database.read(posts.count)

    async def read(self, command: Read) -> list[Message]:
        """A page of messages. A board that was not followed is followed from now on."""
        board = board_name(command.board) if command.board else ""
        if board and (effects := self._node.follow(board)):
            await self.carry_out(effects)
        rows = await self._database.read(
            lambda connection: posts.page(connection, board, command.before, command.limit)
        )
        now = self._clock.now()
        return [self._node.message(_shown(row), row.id, now) for row in rows]

    def _kept(self, keep: Keep, saved: int | None, messages: list[Message]) -> list[Effect]:
        now = self._clock.now()
        if isinstance(keep, KeepAired):
            self._publish(MessageSent(keep.message))
        elif isinstance(keep, KeepPost) and saved is not None:
            message = self._node.message(keep, saved, now)
            messages.append(message)
            self._publish(MessageKept(message))
            if keep.own:
                return self._node.kept(saved, keep.raw, now)
        return []

    def _act(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self._transmit(effect.token, effect.air)
            elif isinstance(effect, Tell):
                self._publish(effect.event)
            elif isinstance(effect, Dropped):
                self._log.debug("dropped, %s: %s", effect.reason, effect.detail)


def _save_all(connection: Connection, keeps: list[Keep]) -> list[int | None]:
    return [_save(connection, keep) for keep in keeps]


def _save(connection: Connection, keep: Keep) -> int | None:
    match keep:
        case KeepPost():
            return posts.add(connection, _row(keep))
        case KeepProfile(key, epoch, raw, at):
            people.save(connection, people.PersonRow(key, epoch, raw, at, at))
        case KeepBoard(name):
            boards.add(connection, name)
        case KeepAired(message):
            posts.mark_aired(connection, message)
    return None


def _row(keep: KeepPost) -> posts.PostRow:
    return posts.PostRow(
        author=keep.author,
        seq=keep.seq,
        lamport=keep.lamport,
        board=keep.board,
        text=keep.text,
        raw=keep.raw,
        own=keep.own,
        hops=keep.hops,
        rssi=keep.rssi,
        at=keep.at,
    )


def _shown(row: posts.PostRow) -> KeepPost:
    return KeepPost(
        author=row.author,
        seq=row.seq,
        lamport=row.lamport,
        board=row.board,
        text=row.text,
        raw=row.raw,
        own=row.own,
        hops=row.hops,
        rssi=row.rssi,
        at=row.at,
    )
