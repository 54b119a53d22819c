"""The screen's connection to the node: it lives through the node's end, and says when it came and went."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from handheld.api.client import Client
from handheld.commands import Command, Watch
from handheld.errors import NodeUnreachable, UserError
from handheld.events import Event, MessageKept

PATIENCE_S = 1.0
"""How long a node that went is given to come back by itself before one is started."""

AGAIN_S = 0.3
"""How long a node takes that opens anew with other settings; then it is looked for as any other."""

PAUSE_S = 2.0
"""Between two tries."""

ASKS_MAX = 3
"""How often a list is asked for while messages come in."""


class Line(Protocol):
    """A connection to a node, or what stands for one: see `handheld.api.client.Client`."""

    async def ask(self, command: Command) -> Any:
        """The node's answer."""

    def events(self) -> AsyncIterator[Event]:
        """What happens there."""

    async def close(self) -> None:
        """Hang up."""


class Tape(Protocol):
    """Records a session, or plays one: see `handheld.api.recording` and `handheld.api.replay`."""

    async def connect(self, folder: Path) -> Line:
        """Connect to the node of a folder."""

    def pressed(self, key: str, character: str | None, *, private: bool) -> None:
        """Somebody presses a key; `private`: it writes text."""

    def keys(self) -> AsyncIterator[tuple[str, str | None]]:
        """Keys that are played, and the characters they write."""


class Visitor(Protocol):
    """Who is told."""

    def node_came(self) -> None:
        """A node answers."""

    def node_said(self, event: Event) -> None:
        """Something happened there."""

    def node_went(self, why: str) -> None:
        """No node answers any more."""


class NodeDoor:
    """`run` tells the visitor when a node answers, what happens there, and when it has gone, for ever."""

    def __init__(
        self,
        folder: Path,
        visitor: Visitor,
        start: Callable[[], None] | None = None,
        tape: Tape | None = None,
    ) -> None:
        self._folder = folder
        self._visitor = visitor
        self._start = start
        self._connect: Callable[[Path], Awaitable[Line]] = Client.connect if tape is None else tape.connect
        self._client: Line | None = None
        self._told = 0
        self.expected = False
        """The node said that it opens anew: nothing to worry anybody with."""

    @property
    def is_open(self) -> bool:
        """Whether a node can be asked now."""
        return self._client is not None

    async def ask(self, command: Command) -> Any:
        """The answer, see `Client.ask`; NodeUnreachable while there is no node."""
        if self._client is None:
            raise NodeUnreachable("No node answers just now.")
        return await self._client.ask(command)

    async def settled(self, command: Command) -> Any:
        """What is listed, asked for again where a message came before the answer: that may not know it."""
        for _ in range(ASKS_MAX):
            told = self._told
            answer = await self.ask(command)
            if told == self._told:
                break
        return answer

    async def close(self) -> None:
        """Leave the node."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def run(self) -> None:
        """Connect, watch and report, again and again."""
        while True:
            try:
                await self._visit()
            except UserError as error:
                if not self.expected:
                    self._visitor.node_went(str(error))
            if self.expected:
                self.expected = False
                await asyncio.sleep(AGAIN_S)
            else:
                await self._bring_back()

    async def _visit(self) -> None:
        client = await self._connect(self._folder)
        try:
            # Watched before anything is read, so that nothing falls between the two.
            await client.ask(Watch())
            self._client = client
            self._visitor.node_came()
            async for event in client.events():
                self._told += isinstance(event, MessageKept)
                self._visitor.node_said(event)
        finally:
            self._client = None
            await client.close()

    async def _bring_back(self) -> None:
        await asyncio.sleep(PATIENCE_S)
        if self._start is None or await self._is_there():
            return
        try:
            await asyncio.to_thread(self._start)
        except UserError as error:
            self._visitor.node_went(str(error))
            await asyncio.sleep(PAUSE_S)

    async def _is_there(self) -> bool:
        try:
            client = await Client.connect(self._folder)
        except UserError:
            return False
        await client.close()
        return True
