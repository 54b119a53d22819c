"""The node's side of the door: whoever has the data folder's user id may ask, and watch what happens."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from handheld.api import address, codec, line
from handheld.commands import Command, Watch
from handheld.errors import Refused, UserError
from handheld.events import Event
from handheld.logs import logger

CLIENTS_MAX = 32
BACKLOG_MAX = 262_144
"""Bytes that may wait for a client that does not read; some 600 messages. Then it is cut off."""

PATIENCE_S = 10
"""How long a client may leave its reply unread."""

PARTING_S = 2
"""How long `close` waits for answers under way."""

INTERNAL_ERROR = "The node met an error of its own; its log has the details."

Answer = Callable[[Command], Awaitable[object]]

_log = logger("door")


class Door:
    """One socket in the data folder, at most 32 clients.

    `answer` carries out one command; what it raises as a UserError goes to the client as its sentence, and
    any other exception is a bug of ours: the client is told so, and the loop's exception handler gets it.
    Requests of one client are answered in their order. `left` is called whenever no client is left.
    """

    def __init__(self, folder: Path, answer: Answer, left: Callable[[], None]) -> None:
        self._folder = str(folder)
        self._answer = answer
        self._left = left
        self._guests: dict[asyncio.Task[None], _Guest] = {}
        self._server: asyncio.Server | None = None

    @property
    def clients(self) -> int:
        """How many are connected now."""
        return len(self._guests)

    async def open(self) -> None:
        """Listen. The caller holds the lock of the folder: see `address.listen` for what is raised."""
        listener = address.listen(self._folder)
        self._server = await asyncio.start_unix_server(self._welcome, sock=listener, limit=line.LINE_MAX)

    def publish(self, event: Event) -> None:
        """Tell all who watch. Never waits: a watcher that lags too far behind is cut off."""
        packed = codec.pack_event(event)
        for guest in self._guests.values():
            guest.tell(packed)

    async def close(self) -> None:
        """Take the socket away, let answers under way be finished, then hang up."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        address.remove(self._folder)
        for task, guest in self._guests.items():
            guest.closing = True
            if not guest.busy:
                task.cancel()
        while self._guests:
            _, late = await asyncio.wait(list(self._guests), timeout=PARTING_S)
            for task in late:
                task.cancel()

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = _Guest(reader, writer, self._answer)
        if why := self._objection(writer):
            guest.turn_away(why)
            return
        task = asyncio.create_task(guest.serve())
        self._guests[task] = guest
        task.add_done_callback(self._farewell)

    def _objection(self, writer: asyncio.StreamWriter) -> str:
        uid = address.peer_uid(writer.get_extra_info("socket"))
        if uid not in {None, os.getuid()}:
            return f"This node belongs to another user; you are {uid}."
        if len(self._guests) >= CLIENTS_MAX:
            return f"{CLIENTS_MAX} programs talk to this node already. Close one and try again."
        return ""

    def _farewell(self, task: asyncio.Task[None]) -> None:
        self._guests.pop(task).hang_up()
        if not task.cancelled() and (error := task.exception()) is not None:
            _report("a client's loop ended", error)
        if not self._guests:
            self._left()


class _Guest:
    """One client, from its first line to its last."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._watching = False
        self.busy = False
        self.closing = False

    async def serve(self) -> None:
        """Answer line after line until the client goes, breaks the rules, or the door closes."""
        while not self.closing:
            try:
                packed = await self._reader.readuntil()
            except asyncio.LimitOverrunError:
                self.turn_away(f"A line has at most {line.LINE_MAX} bytes.")
                return
            except (asyncio.IncompleteReadError, OSError):
                return
            self.busy = True
            replies = await self._replies(packed)
            if not await self._sent(replies):
                return
            self.busy = False
            # A client that has sent a hundred requests at once lets the others have their turn.
            await asyncio.sleep(0)

    async def _replies(self, packed: bytes) -> list[bytes]:
        number: int | None = None
        try:
            content = line.unpack(packed)
            number = codec.read_number(content)
            command = codec.read_command(content)
            if isinstance(command, Watch):
                self._watching = True
                return codec.pack_reply(number, None)
            return codec.pack_reply(number, await self._answer(command))
        except UserError as error:
            _log.debug("refused: %s", error)
            return [codec.pack_error(number, error)]
        except Exception as error:  # noqa: BLE001  reported in full; one command's bug must not end the node
            _report("an answer failed", error)
            return [codec.pack_error(number, UserError(INTERNAL_ERROR))]

    async def _sent(self, replies: list[bytes]) -> bool:
        try:
            for packed in replies:
                self._writer.write(packed)
                async with asyncio.timeout(PATIENCE_S):
                    await self._writer.drain()
        except OSError:  # TimeoutError is one
            self._writer.transport.abort()
            return False
        return True

    def tell(self, packed: bytes) -> None:
        """Send an event, if the client watches; cut it off if it does not read."""
        transport = self._writer.transport
        if not self._watching or transport.is_closing():
            return
        if transport.get_write_buffer_size() > BACKLOG_MAX:
            _log.info("a watcher does not read and was cut off")
            transport.abort()
            return
        self._writer.write(packed)

    def turn_away(self, why: str) -> None:
        """Say why, and hang up."""
        _log.debug("turned away: %s", why)
        self._writer.write(codec.pack_error(None, Refused(why)))
        self.hang_up()

    def hang_up(self) -> None:
        """Close once what was written is read, or soon anyway."""
        self._writer.close()
        transport = self._writer.transport
        if transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(PARTING_S, transport.abort)


def _report(what: str, error: BaseException) -> None:
    context = {"message": f"the door: {what}", "exception": error}
    asyncio.get_running_loop().call_exception_handler(context)
