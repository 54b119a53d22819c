"""The node's side of the door: whoever has the data folder's user id may ask, and watch what happens."""

import asyncio
import contextlib
import os
import socket
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
"""How long `close` waits for answers under way, and a goodbye for being read."""

WAITING_MAX = 128
"""Clients that may knock at once."""

PAUSE_S = 1
"""How long the door stays shut when the process has no file descriptor left."""

INTERNAL_ERROR = "The node met an error of its own; its log has the details."

Answer = Callable[[Command], Awaitable[object]]

_log = logger("door")


class Door:
    """One socket in the data folder, at most 32 clients.

    `answer` carries out one command; what it raises as a UserError goes to the client as its sentence, and
    any other exception is a bug of ours: the client is told so, and the loop's exception handler gets it.
    Requests of one client are answered in their order. `left` is called whenever no client is left, `tapped`
    whenever it may have changed whether anybody watches the cable.
    """

    def __init__(
        self,
        folder: Path,
        answer: Answer,
        left: Callable[[], None],
        tapped: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._folder = str(folder)
        self._answer = answer
        self._left = left
        self._tapped = tapped
        self._guests: dict[asyncio.Task[None], _Guest] = {}
        self._listener: socket.socket | None = None

    @property
    def clients(self) -> int:
        """How many are connected now."""
        return len(self._guests)

    async def open(self, listener: socket.socket | None = None) -> None:
        """Listen, on what another door handed on if it did.

        The caller holds the lock of the folder: see `address.listen` for what is raised.
        """
        self._listener = listener or self._listen()
        self._attend()

    def _listen(self) -> socket.socket:
        listener = address.listen(self._folder)
        listener.setblocking(False)
        listener.listen(WAITING_MAX)
        return listener

    def publish(self, event: Event) -> None:
        """Tell all who watch. Never waits: a watcher that lags too far behind is cut off."""
        packed = codec.pack_event(event)
        for guest in self._guests.values():
            guest.tell(packed)

    def publish_radio(self, make: Callable[[], Event], *, cable: bool = False) -> None:
        """Tell those who watch the radio, or the cable as well; the event is made only if there are some."""
        guests = [guest for guest in self._guests.values() if (guest.cable if cable else guest.radio)]
        if guests:
            packed = codec.pack_event(make())
            for guest in guests:
                guest.tell(packed)

    def leave(self) -> bool:
        """Close, unless somebody is inside or knocks just now; whether it is closed."""
        if self._guests:
            return False
        if self._listener is None:
            return True
        # First nobody can knock any more, then whoever did is let in: nobody falls between the two.
        address.remove(self._folder)
        self._accept(self._listener)
        self._ignore(self._listener).close()
        self._listener = self._listen() if self._guests else None
        self._attend()
        return self._listener is None

    def hand_on(self) -> socket.socket | None:
        """The socket: who knocks from now on waits for the door that opens with it. `close` is to follow."""
        listener, self._listener = self._listener, None
        return listener and self._ignore(listener)

    async def close(self) -> None:
        """Take the socket away, unless it was handed on, let answers under way be finished, then hang up."""
        if self._listener is not None:
            self._ignore(self._listener).close()
            self._listener = None
            address.remove(self._folder)
        for task, guest in self._guests.items():
            guest.closing = True
            if not guest.busy:
                task.cancel()
        while self._guests:
            _, late = await asyncio.wait(list(self._guests), timeout=PARTING_S)
            for task in late:
                task.cancel()

    def _ignore(self, listener: socket.socket) -> socket.socket:
        asyncio.get_running_loop().remove_reader(listener)
        return listener

    def _attend(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        # Not by asyncio's server: a client that it has accepted as we close would be nobody's.
        try:
            for _ in range(WAITING_MAX):
                self._let_in(listener.accept()[0])
        except (BlockingIOError, ConnectionAbortedError):
            pass
        except OSError as error:
            _log.warning("no client can be let in: %s", error.strerror)
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener)
            loop.call_later(PAUSE_S, self._attend)

    def _let_in(self, connection: socket.socket) -> None:
        if why := self._objection(connection):
            _turn_away(connection, why)
            return
        guest = _Guest(connection, self._answer, self._look)
        task = asyncio.create_task(guest.stay())
        self._guests[task] = guest
        task.add_done_callback(self._farewell)

    def _objection(self, connection: socket.socket) -> str:
        uid = address.peer_uid(connection)
        if uid not in {None, os.getuid()}:
            return f"This node belongs to another user; you are {uid}."
        if len(self._guests) >= CLIENTS_MAX:
            return f"{CLIENTS_MAX} programs talk to this node already. Close one and try again."
        return ""

    def _look(self) -> None:
        self._tapped(any(guest.cable for guest in self._guests.values()))

    def _farewell(self, task: asyncio.Task[None]) -> None:
        self._guests.pop(task).forget()
        self._look()
        if not task.cancelled() and (error := task.exception()) is not None:
            _report("a client's loop ended", error)
        if not self._guests:
            self._left()


class _Guest:
    """One client, from its first line to its last."""

    def __init__(self, connection: socket.socket, answer: Answer, watching: Callable[[], None]) -> None:
        self._connection = connection
        self._answer = answer
        self._watches = watching
        self._writer: asyncio.StreamWriter | None = None
        self._watching = False
        self.radio = False
        self.cable = False
        self.busy = False
        self.closing = False

    async def stay(self) -> None:
        """Answer line after line until the client goes, breaks the rules, or the door closes."""
        reader, writer = await asyncio.open_unix_connection(sock=self._connection, limit=line.LINE_MAX)
        self._writer = writer
        try:
            while await self._turn(reader, writer):
                pass
        finally:
            await _hang_up(writer)

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one line and answer it; False if there will be no other."""
        try:
            packed = await reader.readuntil()
        except asyncio.LimitOverrunError:
            _log.debug("a line without an end")
            writer.write(codec.pack_error(None, Refused(f"A line has at most {line.LINE_MAX} bytes.")))
            return False
        except (asyncio.IncompleteReadError, OSError):
            return False
        self.busy = True
        replies = await self._replies(packed)
        sent = await _sent(writer, replies)
        self.busy = False
        # A client that has sent a hundred requests at once lets the others have their turn.
        await asyncio.sleep(0)
        return sent and not self.closing

    async def _replies(self, packed: bytes) -> list[bytes]:
        number: int | None = None
        try:
            content = line.unpack(packed)
            number = codec.read_number(content)
            command = codec.read_command(content)
            if isinstance(command, Watch):
                self._watching = True
                self.radio, self.cable = command.radio, command.cable
                self._watches()
                return codec.pack_reply(number, None)
            return codec.pack_reply(number, await self._answer(command))
        except UserError as error:
            _log.debug("refused: %s", error)
            return [codec.pack_error(number, error)]
        except Exception as error:  # noqa: BLE001  reported in full; one command's bug must not end the node
            _report("an answer failed", error)
            return [codec.pack_error(number, UserError(INTERNAL_ERROR))]

    def tell(self, packed: bytes) -> None:
        """Send an event, if the client watches; cut it off if it does not read."""
        if not self._watching or self._writer is None or self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > BACKLOG_MAX:
            _log.info("a watcher does not read and was cut off")
            self._writer.transport.abort()
            return
        self._writer.write(packed)

    def forget(self) -> None:
        """Close the connection if `stay` never came to that."""
        if self._writer is None:
            self._connection.close()


async def _sent(writer: asyncio.StreamWriter, replies: list[bytes]) -> bool:
    """Whether the client took the lines, in a time that leaves nobody hanging."""
    try:
        for packed in replies:
            writer.write(packed)
            async with asyncio.timeout(PATIENCE_S):
                await writer.drain()
    except OSError:  # TimeoutError is one
        writer.transport.abort()
        return False
    return True


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Close once what was written is on its way, or soon anyway."""
    writer.close()
    try:
        async with asyncio.timeout(PARTING_S):
            await writer.wait_closed()
    except OSError:
        pass
    finally:
        writer.transport.abort()


def _turn_away(connection: socket.socket, why: str) -> None:
    """Say why, and hang up."""
    _log.debug("turned away: %s", why)
    with contextlib.suppress(OSError), connection:
        connection.setblocking(False)
        connection.send(codec.pack_error(None, Refused(why)))


def _report(what: str, error: BaseException) -> None:
    context = {"message": f"the door: {what}", "exception": error}
    asyncio.get_running_loop().call_exception_handler(context)
