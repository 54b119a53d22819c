"""A program's side of the door, for asyncio: ask, and watch what happens."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from handheld.api import address, codec, line
from handheld.commands import Command
from handheld.errors import NodeUnreachable, Refused, UserError
from handheld.events import Event

EVENTS_MAX = 1024
"""Events that may wait to be taken; a program that lags further behind loses the connection."""


class Client:
    """One connection to a node; it lives once, connecting again makes another.

    After the end of the connection every `ask` and `events` raises NodeUnreachable with the reason.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._asked: dict[int, _Question] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(EVENTS_MAX + 1)
        self._last_number = 0
        self._ended: UserError | None = None
        self._task = asyncio.create_task(self._receive())

    @classmethod
    async def connect(cls, folder: Path) -> "Client":
        """Connect to the node of a data folder. NodeUnreachable if none listens: see `thin.ensure_node`."""
        connection = address.dial(str(folder), patience_s=0)
        if connection is None:
            raise NodeUnreachable(f"No node runs in {folder}.")
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=line.LINE_MAX)
        return cls(reader, writer)

    async def ask(self, command: Command) -> Any:
        """The node's answer, of the type `codec.REPLIES` has; a refusal is raised as the node's UserError."""
        if self._ended is not None:
            raise self._ended
        self._last_number += 1
        number = self._last_number
        packed = codec.pack_request(number, command)
        if len(packed) > line.LINE_MAX:
            raise Refused("That is too long for the node.")
        question = self._asked[number] = _Question(command)
        try:
            self._writer.write(packed)
            return await question.answer
        finally:
            del self._asked[number]

    async def events(self) -> AsyncIterator[Event]:
        """What happens from now on, once Watch was asked. Ends with the reason why the connection ended."""
        while (event := await self._events.get()) is not None:
            yield event
        # Left there for whoever asks next.
        self._events.put_nowait(None)
        if self._ended is not None:
            raise self._ended

    async def close(self) -> None:
        """Hang up. Questions under way and `events` end with NodeUnreachable."""
        self._end(NodeUnreachable("The connection to the node was closed."))
        self._task.cancel()
        await asyncio.wait([self._task])
        # A task that was cancelled before its first step has closed nothing.
        self._writer.close()

    async def _receive(self) -> None:
        why: UserError = NodeUnreachable("The node has ended.")
        try:
            while True:
                self._take(line.unpack(await self._reader.readuntil()))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except asyncio.QueueFull:
            why = NodeUnreachable("This program fell too far behind the node.")
        except asyncio.LimitOverrunError:
            why = NodeUnreachable(line.OTHER_LANGUAGE)
        except Refused as error:
            why = NodeUnreachable(f"{error} {line.OTHER_LANGUAGE}")
        finally:
            self._end(why)
            self._writer.close()

    def _take(self, content: dict[str, Any]) -> None:
        if "event" in content:
            event = codec.read_event(content["event"], content.get("with"))
            if self._events.qsize() >= EVENTS_MAX:
                raise asyncio.QueueFull
            self._events.put_nowait(event)
            return
        if content.get("id") is None:
            self._end(line.error_in(content))
            return
        number = codec.read_number(content)
        # A number that nobody waits for any more: the asker was cancelled.
        if number in self._asked:
            self._take_reply(number, content)

    def _take_reply(self, number: int, content: dict[str, Any]) -> None:
        question = self._asked[number]
        if isinstance(part := content.get("part"), list):
            question.parts += part
        elif "ok" not in content:
            question.fail(line.error_in(content))
        else:
            value = content["ok"]
            if question.parts and isinstance(value, list):
                value = question.parts + value
            reply = codec.read_reply(question.command, value)
            if not question.answer.done():
                question.answer.set_result(reply)

    def _end(self, why: UserError) -> None:
        if self._ended is None:
            self._ended = why
            for question in self._asked.values():
                question.fail(why)
            self._events.put_nowait(None)


class _Question:
    """One command on its way, and what came of its answer so far."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.parts: list[Any] = []

    def fail(self, error: UserError) -> None:
        """Raise `error` where the answer is waited for, unless it has come."""
        if not self.answer.done():
            self.answer.set_exception(error)
