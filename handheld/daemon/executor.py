"""Carries out the node's effects: rows become durable first, then screens hear of them, then the air."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import get_args

from handheld.clock import Clock
from handheld.commands import Read, Seen
from handheld.daemon.saving import REFUSED, Gone, Stored, room_post, save_all, shown_post
from handheld.errors import Refused, UserError
from handheld.events import BoardChanged, Chat, Event, Message, MessageKept, MessageState
from handheld.logs import logger
from handheld.node.boards import board_name
from handheld.node.effects import (
    CheckOwn,
    Dropped,
    Effect,
    Keep,
    KeepCopy,
    KeepFile,
    KeepKeys,
    KeepLetter,
    KeepPost,
    KeepRoom,
    KeepRoomPost,
    KeepState,
    LoadFile,
    Tell,
    Transmit,
)
from handheld.node.longtexts import ELLIPSIS
from handheld.node.node import Node
from handheld.store import chats, messages, posts
from handheld.store.database import Connection, Database
from handheld.store.messages import Taken
from handheld.wire.constants import QUIET_LETTERS, SHOWN_POSTS, PostType

BACKLOG_MAX = 256
"""Lists of effects that wait for the disk; beyond, what is heard is dropped and counted."""

GROUP_S = 0.25
"""The longest that rows which nobody waits for, such as a profile's, wait for others before their commit."""

_KEEPS = get_args(Keep)
_URGENT = (KeepPost, KeepLetter, KeepRoom, KeepRoomPost, KeepState)


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
        keep_keys: Callable[[bytes], None],
    ) -> None:
        self._node = node
        self._database = database
        self._clock = clock
        self._transmit = transmit
        self._publish = publish
        self._changed = changed
        self._keep_keys = keep_keys
        self._log = logger("node")
        self._owed: dict[int, KeepState] = {}
        self._backlog: asyncio.Queue[list[Effect]] = asyncio.Queue(BACKLOG_MAX)

    async def run(self) -> None:
        """Carry out what was submitted, in order, all that waits in one commit."""
        while True:
            effects = await self._next()
            owed, self._owed = self._owed, {}
            try:
                await self.carry_out([*owed.values(), *effects] if owed else effects)
            except UserError as error:
                # The disk is full or gone. Nothing of this was told to anybody: it counts as not heard.
                # How far own messages got is remembered, for nobody will say it again.
                self._owe([*owed.values(), *effects])
                self._node.dropped["not saved"] += 1
                self._log.warning("not saved: %s", error)

    def _owe(self, effects: list[Effect]) -> None:
        self._owed.update((effect.message, effect) for effect in effects if isinstance(effect, KeepState))

    async def _next(self) -> list[Effect]:
        # Gathered here, not by the database: a message would wait behind a commit that waits for company.
        effects = await self._backlog.get()
        with suppress(TimeoutError):
            async with asyncio.timeout(GROUP_S):
                while not any(isinstance(effect, _URGENT) for effect in effects):
                    effects += await self._backlog.get()
        while not self._backlog.empty():
            effects += self._backlog.get_nowait()
        return effects

    def submit(self, effects: list[Effect]) -> None:
        """Carry these out soon; what stands before the first row is carried out at once."""
        rest = self._at_once(effects)
        if not rest:
            return
        if self._backlog.full():
            self._node.dropped["backlog"] += 1
            self._owe(rest)
        else:
            self._backlog.put_nowait(rest)

    async def carry_out(self, effects: list[Effect]) -> list[Message]:
        """Carry these out; returns the messages that were new, once they are durable.

        Raises DiskFull, FolderReadOnly or FolderDamaged with nothing told of what was not saved.
        """
        rest = self._at_once(effects)
        keeps = [effect for effect in rest if isinstance(effect, _KEEPS)]
        for keep in keeps:
            if isinstance(keep, KeepKeys):
                # In the event loop: some tenths of a second on a slow card, once in two days.
                self._keep_keys(keep.blob)
        ids: list[Stored] = []
        if keeps:
            ids = await self._database.write(lambda connection: save_all(connection, keeps), urgent=True)
        told: list[Message] = []
        more: list[Effect] = []
        for keep, saved in zip(keeps, ids, strict=True):
            more += self._kept(keep, saved, told)
        self._act(effect for effect in rest if not isinstance(effect, _KEEPS))
        if more:
            self.submit(more)
        self._changed()
        return told

    async def count(self) -> int:
        """Messages that are saved."""
        return await self._database.read(messages.count)

    async def read(self, command: Read) -> list[Message]:
        """A page of messages. A board that was not followed is followed from now on."""
        if bool(command.board) + bool(command.who) + bool(command.room) > 1:
            raise Refused("Read one board, one room, or what you and one person wrote; not two at once.")
        board, peer = self._which(command)
        if board and (effects := self._node.follow(board)):
            await self.carry_out(effects)
        powered = self._node.postings.powered(self._clock.now())
        asked = board, peer, command.before, command.limit, powered
        return await self.shown(lambda connection: messages.page(connection, *asked))

    async def shown(self, find: Callable[[Connection], list[messages.MessageRow]]) -> list[Message]:
        """The messages of these rows, long posts whole."""
        rows = await self._database.read(lambda connection: with_more(connection, find(connection)))
        now = self._clock.now()
        return [self._node.message(_shown(row, more), row.id, row.state, now) for row, more in rows]

    async def list_chats(self) -> list[Chat]:
        """Every board and conversation, with its newest message and how many were not read."""
        now = self._clock.now()
        powered = self._node.postings.powered(now)
        rows = await self._database.read(lambda connection: chats.all(connection, powered))
        return [self._chat(row, now) for row in rows]

    def _chat(self, row: chats.ChatRow, now: int) -> Chat:
        in_room = 0 < len(row.peer) < messages.PERSON
        peer = self._node.person(row.peer, now) if row.peer and not in_room else None
        last = self._node.message(_shown(row.last), row.last.id, row.last.state, now) if row.last else None
        return Chat(
            board=row.board,
            peer=peer.key if peer else "",
            name=peer.name if peer else "",
            mark=peer.mark if peer else "",
            unread=row.unread,
            last=last,
            room=self._node.rooms.name_of(row.peer) if in_room else "",
            invitation=in_room and self._node.rooms.invited(row.peer),
            named=peer.named if peer else False,
            beside=peer.beside if peer else "",
        )

    async def seen(self, command: Seen) -> None:
        """Keep how far a board or a conversation was read."""
        if bool(command.board) + bool(command.who) + bool(command.room) != 1:
            raise Refused("Say which was read: one board, one room, or what you and one person wrote.")
        board, peer = self._which(command)
        await self._database.write(
            lambda connection: chats.seen(connection, board, peer, command.id), urgent=False
        )

    def _which(self, command: Read | Seen) -> tuple[str, bytes]:
        """The board, and the number of the room or the key of the person, that are meant."""
        if command.room:
            return "", self._node.rooms.find(command.room).id
        if command.who:
            return "", self._node.find(command.who)
        return board_name(command.board) if command.board else "", b""

    def _at_once(self, effects: list[Effect]) -> list[Effect]:
        first = next((place for place, one in enumerate(effects) if isinstance(one, _KEEPS)), len(effects))
        self._act(effects[:first])
        return effects[first:]

    def _kept(self, keep: Keep, saved: Stored, told: list[Message]) -> list[Effect]:
        now = self._clock.now()
        if isinstance(keep, KeepState):
            self._publish(MessageState(keep.message, keep.state))
        if isinstance(saved, Gone) and saved.posts:
            self._publish(BoardChanged(""))
        if isinstance(keep, KeepKeys | KeepCopy | KeepRoom):
            return self._node.kept(keep, 0, now)
        if isinstance(keep, KeepFile | LoadFile):
            return self._node.sharing.kept(keep, saved if isinstance(saved, list) else None, now)
        if isinstance(keep, CheckOwn):
            return self._node.copied(keep, now) if saved is Taken.DIFFERS else []
        if not isinstance(keep, KeepPost | KeepLetter | KeepRoomPost):
            return []
        if saved in REFUSED:
            # Not acknowledged: its writer must not believe that it is here to be read.
            self._node.dropped[REFUSED[saved]] += 1
            return []
        if isinstance(saved, int):
            self._tell(keep, saved, told, now)
        # A letter that was there already is acknowledged too: the ack before may have been lost.
        return self._node.kept(keep, saved if isinstance(saved, int) else 0, now)

    def _tell(
        self, keep: KeepPost | KeepLetter | KeepRoomPost, saved: int, told: list[Message], now: int
    ) -> None:
        """A new message: for whom it was written for, and for whoever watches, unless it is a quiet one."""
        if isinstance(keep, KeepPost) and keep.kind != PostType.NOTE:
            # It may be a part of another one, or take others away.
            self._publish(BoardChanged(keep.board))
            if keep.kind not in SHOWN_POSTS:
                return
        message = self._node.message(keep, saved, messages.QUEUED, now)
        told.append(message)
        if not isinstance(keep, KeepLetter) or keep.kind not in QUIET_LETTERS:
            self._publish(MessageKept(message))

    def _act(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self._transmit(effect.token, effect.air)
            elif isinstance(effect, Tell):
                self._publish(effect.event)
            elif isinstance(effect, Dropped):
                self._log.debug("dropped, %s: %s", effect.reason, effect.detail)


def with_more(
    connection: Connection, rows: list[messages.MessageRow]
) -> list[tuple[messages.MessageRow, tuple[bytes, ...]]]:
    """Each row with the texts of the posts that continue it."""
    more = posts.more(connection, rows, ELLIPSIS)
    return [(row, more.get(row.id, ())) for row in rows]


def _shown(row: messages.MessageRow, more: tuple[bytes, ...] = ()) -> KeepPost | KeepLetter | KeepRoomPost:
    if 0 < len(row.peer) < messages.PERSON:
        return room_post(row)
    if row.peer:
        return KeepLetter(
            row.peer, row.author, row.seq, row.lamport, row.text, row.own, row.at, kind=row.kind
        )
    return shown_post(row, more)
