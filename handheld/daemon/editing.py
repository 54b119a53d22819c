"""Another text for what was written and has not gone out: in place, or on boards written anew."""

from handheld.clock import Clock
from handheld.commands import Edit, Post
from handheld.daemon.executor import Executor
from handheld.daemon.saving import shown_post
from handheld.errors import LocalError, Refused
from handheld.events import Message
from handheld.node.effects import Effect
from handheld.node.node import Node
from handheld.node.posted import CHOSEN
from handheld.node.rewriting import GONE_OUT
from handheld.store import messages, posts
from handheld.store.database import Database
from handheld.store.messages import PERSON, PUBLIC, MessageRow
from handheld.wire.constants import POST_LIFE_S, PostType

CHOSEN_AS = {kind: word for word, kind in CHOSEN.items()}
"""As the writer chose it: what reads "text" in a message was written as a "note"."""


class EditDesk:
    """The answer to Edit; Refused says why not."""

    def __init__(self, node: Node, clock: Clock, executor: Executor, database: Database) -> None:
        self._node = node
        self._clock = clock
        self._executor = executor
        self._database = database

    async def edit(self, command: Edit) -> Message:
        """Change an own message."""
        row = await self._database.read(lambda connection: messages.get(connection, command.id))
        if row is None or not row.own:
            raise Refused(f"There is no message of yours with the number {command.id}. See: pocketmesh read")
        if row.peer == PUBLIC:
            return await self._post(row, command.text)
        if len(row.peer) == PERSON:
            return await self._rewritten(row.id, self._node.rewriting.letter(row.id, command.text, row.at))
        return await self._rewritten(row.id, self._node.rewriting.post(row.id, command.text))

    async def _rewritten(self, message: int, effects: list[Effect]) -> Message:
        told: list[Message] = []
        try:
            told = await self._executor.carry_out(effects)
        finally:
            # Saved or not, it goes on; of what was saved nothing is held any more.
            await self._executor.carry_out(self._node.rewriting.given_up(message, self._clock.now()))
        if not told:
            raise Refused(GONE_OUT)
        return told[0]

    async def _post(self, row: MessageRow, text: str) -> Message:
        """A post has its number in its signature: the old one is taken back, and its number stays free."""
        if row.state != messages.QUEUED or row.kind not in CHOSEN_AS:
            raise Refused(GONE_OUT)
        parts = await self._database.read(lambda connection: posts.following(connection, row))
        if any(part.state != messages.QUEUED for part in parts):
            raise Refused(GONE_OUT)
        timed = row.kind != PostType.NOTE and row.expires is not None and row.expires < POST_LIFE_S
        hours = max(1, round((row.expires or 0) / 3600)) if timed else 0
        written = self._node.post(
            Post(f"#{row.board}", text, CHOSEN_AS[PostType(row.kind)], hours), self._clock.wall()
        )
        behind = max((part.seq - row.seq for part in parts), default=0)
        tombstone = self._node.postings.delete(shown_post(row), behind, self._clock.wall())
        self._node.postings.unsend([row.id, *(part.id for part in parts)])
        told = await self._executor.carry_out([tombstone, *written])
        if not told:
            raise LocalError("an own post was not new")
        return told[0]
