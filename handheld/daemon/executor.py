"""Carries out the node's effects: rows become durable first, then screens hear of them, then the air."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args

from handheld.clock import Clock
from handheld.commands import Read, Seen
from handheld.daemon.saving import REFUSED, Gone, Stored, find, room_post, save_and_tell, shown_post
from handheld.errors import Refused, UserError
from handheld.events import BoardChanged, Chat, Event, Message, MessageChanged, MessageKept, MessageState
from handheld.logs import logger
from handheld.node.boards import board_name
from handheld.node.effects import (
    CheckOwn,
    Dropped,
    Effect,
    Ended,
    FindAgain,
    FindGaps,
    Keep,
    KeepCarried,
    KeepCopy,
    KeepFile,
    KeepKeys,
    KeepLetter,
    KeepPost,
    KeepRoom,
    KeepRoomPost,
    KeepSealing,
    KeepState,
    LoadFile,
    Rewrite,
    Serve,
    Tell,
    Transmit,
)
from handheld.node.longtexts import ELLIPSIS
from handheld.node.node import Node
from handheld.node.standing import MUTE
from handheld.store import chats, letters, messages, posts
from handheld.store.database import Connection, Database
from handheld.store.messages import READ, Taken
from handheld.wire.constants import QUIET_LETTERS, SHOWN_POSTS, PostType

BACKLOG_MAX = 256
"""Lists of effects that wait for the disk; beyond, what is heard is dropped and counted."""

GROUP_S = 0.25
"""The longest that rows which nobody waits for, such as a profile's, wait for others before their commit."""

_KEEPS = get_args(Keep)
_WAITING = (*_KEEPS, Serve)
"""What is carried out in its turn, for it is done by the store."""
_URGENT = (KeepPost, KeepLetter, KeepRoom, KeepRoomPost, KeepState)
_LEFT = (KeepSealing, KeepState, KeepCarried)
"""What says that something of an own message has left, or may have; saved twice it says the same."""


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
        *,
        tells_read: bool = False,
    ) -> None:
        """`tells_read`: people are told when the owner has seen what they wrote."""
        self._node = node
        self._database = database
        self._clock = clock
        self._transmit = transmit
        self._publish = publish
        self._changed = changed
        self._keep_keys = keep_keys
        self._tells_read = tells_read
        self._log = logger("node")
        self._owed: dict[int, KeepState] = {}
        self._doing: list[Effect] = []
        self._over = False
        self._backlog: asyncio.Queue[list[Effect]] = asyncio.Queue(BACKLOG_MAX)

    async def run(self) -> None:
        """Carry out what was submitted, in order, all that waits in one commit."""
        while True:
            effects = await self._next()
            owed, self._owed = self._owed, {}
            self._doing = [*owed.values(), *effects] if owed else effects
            try:
                await self.carry_out(self._doing)
            except UserError as error:
                # The disk is full or gone. Nothing of this was told to anybody: it counts as not heard.
                # How far own messages got is remembered, for nobody will say it again.
                self._owe([*owed.values(), *effects])
                self._node.dropped["not saved"] += 1
                self._act(self._node.files.unsaved(effects, self._clock.now()))
                self._changed()
                self._log.warning("not saved: %s", error)

    async def finish(self, effects: list[Effect]) -> None:
        """The node ends in good order: save this, and all that has left. Nothing leaves from now on.

        Call it when `run` was cancelled, which may have been in the middle. Raises as `carry_out`.
        """
        self._over = True
        while not self._backlog.empty():
            self._doing += self._backlog.get_nowait()
        left = [effect for effect in (*self._owed.values(), *self._doing) if isinstance(effect, _LEFT)]
        await self.carry_out([*left, *effects, Ended()])

    def _owe(self, effects: list[Effect]) -> None:
        self._owed.update((effect.message, effect) for effect in effects if isinstance(effect, KeepState))

    async def _next(self) -> list[Effect]:
        # Gathered here, not by the database: a message would wait behind a commit that waits for company.
        effects = self._doing = await self._backlog.get()
        with suppress(TimeoutError):
            async with asyncio.timeout(GROUP_S):
                while not any(isinstance(effect, _URGENT) for effect in effects):
                    effects += await self._backlog.get()
        while not self._backlog.empty():
            effects += self._backlog.get_nowait()
        return effects

    def submit(self, effects: list[Effect]) -> None:
        """Carry these out soon; what stands before the first row is carried out at once."""
        rest = [] if self._over else self._at_once(effects)
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
        away: list[tuple[bytes, int]] = []
        if keeps:
            ids, away = await self._database.write(
                lambda connection: save_and_tell(connection, keeps), urgent=True
            )
        told: list[Message] = []
        more: list[Effect] = []
        for keep, saved in zip(keeps, ids, strict=True):
            more += self._kept(keep, saved, told)
        more += self._node.lost(away, self._clock.now())
        self._act(effect for effect in rest if not isinstance(effect, _KEEPS))
        for effect in rest:
            if isinstance(effect, Serve):
                more += await self._serve(effect)
        if more:
            self.submit(more)
        self._changed()
        return told

    async def _serve(self, serve: Serve) -> list[Effect]:
        found = await self._database.read(lambda connection: find(connection, serve))
        return self._node.upkeep.served(found, self._clock.now())

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
        """The messages of these rows, long posts whole, private ones with what is missing before them."""

        def read(connection: Connection) -> tuple[list[_Whole], dict[str, _Gaps]]:
            rows = find(connection)
            return with_more(connection, rows), gaps_between(connection, rows)

        rows, gaps = await self._database.read(read)
        now = self._clock.now()
        found = [self._node.message(_shown(row, more), row.id, row.state, now) for row, more in rows]
        return [_behind(one, gaps.get(one.peer, [])) for one in found]

    async def lists(self, author: bytes) -> list[tuple[int, bytes]]:
        """What is held of the lists that somebody published."""
        return await self._database.read(lambda connection: posts.lists(connection, author))

    async def list_chats(self) -> list[Chat]:
        """Every board and conversation, with its newest message and how many were not read."""
        now = self._clock.now()
        powered = self._node.postings.powered(now)
        muted = self._node.following.standing.having(MUTE)
        rows = await self._database.read(lambda connection: chats.all(connection, powered, muted))
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
        tells = self._tells_read and len(peer) == messages.PERSON
        upto = await self._database.write(
            lambda connection: _seen(connection, board, peer, command.id, tells=tells), urgent=False
        )
        if upto is not None:
            await self.carry_out([self._node.gaps.seen(peer, upto, self._clock.wall())])

    def _which(self, command: Read | Seen) -> tuple[str, bytes]:
        """The board, and the number of the room or the key of the person, that are meant."""
        if command.room:
            return "", self._node.rooms.find(command.room).id
        if command.who:
            return "", self._node.find(command.who)
        return board_name(command.board) if command.board else "", b""

    def _at_once(self, effects: list[Effect]) -> list[Effect]:
        first = next((place for place, one in enumerate(effects) if isinstance(one, _WAITING)), len(effects))
        self._act(effects[:first])
        return effects[first:]

    def _kept(self, keep: Keep, saved: Stored, told: list[Message]) -> list[Effect]:
        now = self._clock.now()
        if isinstance(keep, KeepState):
            self._publish(MessageState(keep.message, keep.state, keep.carriers))
        if isinstance(saved, list):
            return self._found(keep, saved, now)
        if isinstance(saved, Gone) and saved.posts:
            self._publish(BoardChanged(""))
        if isinstance(keep, KeepKeys | KeepCopy | KeepRoom | KeepFile):
            return self._node.kept(keep, 0, now)
        if isinstance(keep, CheckOwn):
            return self._node.copied(keep, now) if saved is Taken.DIFFERS else []
        if not isinstance(keep, KeepPost | KeepLetter | KeepRoomPost):
            return self._rewritten(keep, told, now) if isinstance(keep, Rewrite) and saved else []
        if saved in REFUSED:
            # Not acknowledged: its writer must not believe that it is here to be read.
            self._node.dropped[REFUSED[saved]] += 1
            return self._node.upkeep.twin(keep.author, now) if isinstance(keep, KeepPost) else []
        # A letter that was there already is acknowledged too: the ack before may have been lost.
        effects = self._node.kept(keep, saved if isinstance(saved, int) else 0, now)
        if isinstance(saved, int):
            # Told after that, for it may lie behind a gap, which the node knows now.
            self._tell(keep, saved, told, now)
        return effects

    def _rewritten(self, done: Rewrite, told: list[Message], now: int) -> list[Effect]:
        effects = self._node.rewriting.saved(done, now)
        told.append(self._node.message(done.keep, done.message, done.state, now))
        self._publish(MessageChanged(told[-1]))
        return effects

    def _found(self, keep: Keep, found: list[Any], now: int) -> list[Effect]:
        if isinstance(keep, FindGaps):
            return self._node.gaps.found(keep.writer, found, now, self._clock.wall())
        if isinstance(keep, FindAgain):
            return self._node.gaps.sealed_again(found, now)
        if isinstance(keep, LoadFile):
            return self._node.files.organ.loaded(keep, found, now)
        for message in found:
            self._publish(MessageState(message, READ))
        return []

    def _tell(
        self, keep: KeepPost | KeepLetter | KeepRoomPost, saved: int, told: list[Message], now: int
    ) -> None:
        """A new message: for whom it was written for, and for whoever watches, unless it is a quiet one."""
        if not self._node.following.shows(keep):
            return  # of somebody blocked, or carried for others
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
                if self._over:
                    continue  # what has left was saved already
                self._transmit(effect.token, effect.air)
            elif isinstance(effect, Tell):
                self._publish(effect.event)
            elif isinstance(effect, Dropped):
                self._log.debug("dropped, %s: %s", effect.reason, effect.detail)


def _seen(connection: Connection, board: str, peer: bytes, message: int, *, tells: bool) -> int | None:
    """Keep how far it was read; the number of his letter up to which its writer is to be told."""
    chats.seen(connection, board, peer, message)
    return letters.newly_read(connection, peer, message) if tells else None


_Whole = tuple[messages.MessageRow, tuple[bytes, ...]]
_Gaps = list[tuple[int, int]]


def gaps_between(connection: Connection, rows: list[messages.MessageRow]) -> dict[str, _Gaps]:
    """What is missing of the letters of each person, by his key in hex."""
    people = {row.peer for row in rows if len(row.peer) == messages.PERSON}
    return {key.hex(): letters.missing(connection, key) for key in people}


def _behind(message: Message, gaps: _Gaps) -> Message:
    gap = next((gap for gap in gaps if gap[1] == message.seq - 1 and not message.own), None)
    return message if gap is None else replace(message, missing=list(gap))


def with_more(connection: Connection, rows: list[messages.MessageRow]) -> list[_Whole]:
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
