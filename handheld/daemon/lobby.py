"""The node while its keys are locked: it answers that it is, keeps what the radio hears, and waits for a key.

The radio relays all the same. Nothing is opened, acknowledged or written meanwhile: what is sealed to us is
tried once the keys are there, and a writer who gets no ack sends again.
"""

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from handheld import __version__
from handheld.api.server import Door
from handheld.clock import Clock
from handheld.commands import Command, Lock, Radio, Status, Unlock, Wipe
from handheld.crypto.keyring import Keyring
from handheld.daemon.cable import Held
from handheld.daemon.company import GRACE_S, Company
from handheld.daemon.end import End
from handheld.daemon.radio_view import RadioView
from handheld.errors import Locked, Refused
from handheld.events import NodeStatus, RadioInfo
from handheld.link.port import PortEvent, PortState
from handheld.link.session import FrameHeard, Opened
from handheld.store import keyfile, keys
from handheld.store.folder import Folder
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind

HELD_MAX = 256
"""Public frames, and as many of other kinds, that are kept while locked; the oldest go first."""

_PUBLIC = {bytes([first_byte(kind)]) for kind in (AirKind.PROFILE, AirKind.POST)}

LOCKED = "The keys are locked. Open them with: pocketmesh unlock"


class Lobby:
    """`run` ends with the keys, or with the end of the node. `listener` is the door's, of the phase before
    and for the next one.
    """

    def __init__(
        self,
        folder: Folder,
        name: str,
        clock: Clock,
        radio: RadioView,
        listener: socket.socket | None,
        *,
        child: bool,
    ) -> None:
        self._folder = folder
        self._name = name
        self._clock = clock
        self._radio = radio
        self._child = child
        self._started = clock.now()
        self._company = Company(self._started)
        self._done: asyncio.Future[Keyring | End] = asyncio.get_running_loop().create_future()
        self._door = Door(folder.path, self._answer, self._left)
        self._public: deque[Held] = deque(maxlen=HELD_MAX)
        self._others: deque[Held] = deque(maxlen=HELD_MAX)
        self.listener = listener
        self.stay = False
        self._by_command: dict[type[Command], Callable[[Any], Awaitable[object]]] = {
            Status: self._status,
            Radio: self._radio_info,
            Unlock: self._unlock,
            Lock: self._nothing,
            Wipe: self._wipe,
        }

    async def run(self) -> Keyring | End:
        """Serve until somebody brings the key, or the node is to end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._finish, End.STOP)
        await self._door.open(self.listener)
        self.listener = None
        watch = asyncio.create_task(self._watch_clients()) if self._child else None
        try:
            return await self._done
        finally:
            del self._done
            if watch is not None:
                watch.cancel()
            await self._door.close()

    def report(self, event: PortEvent) -> None:
        """One thing the port says."""
        if isinstance(event, PortState):
            self._radio.port(event.state, event.why, event.port)
        elif isinstance(event, Opened):
            self._radio.hello(event.hello)
        elif isinstance(event, FrameHeard):
            now = self._clock.now()
            self._radio.heard(now)
            kept = self._public if event.air[:1] in _PUBLIC else self._others
            kept.append(Held(event, now, self._clock.wall()))

    @property
    def held(self) -> list[Held]:
        """What was heard, in its order."""
        return sorted((*self._public, *self._others), key=lambda one: one.now)

    def _finish(self, with_what: Keyring | End) -> None:
        if not self._done.done():
            if isinstance(with_what, Keyring):
                # Before the answer goes out: what is asked after it is asked of the open node.
                self.listener = self._door.hand_on()
            self._done.set_result(with_what)

    async def _answer(self, command: Command) -> object:
        answer = self._by_command.get(type(command))
        if answer is None:
            raise Locked(LOCKED)
        return await answer(command)

    async def _unlock(self, command: Unlock) -> None:
        ring = keys.open_ring(self._folder, _key(command))
        self.stay = command.stay
        self._finish(ring)

    async def _wipe(self, _command: Wipe) -> None:
        keyfile.destroy(self._folder.identity)
        self._finish(End.WIPE)

    async def _nothing(self, _command: Command) -> None:
        """It is so already."""

    async def _status(self, _command: Status) -> NodeStatus:
        now = self._clock.now()
        return NodeStatus(
            version=__version__,
            pid=os.getpid(),
            folder=str(self._folder.path),
            key="",
            name=self._name,
            uptime_s=(now - self._started) // 1000,
            radio=self._radio.info(now),
            neighbours=0,
            people=0,
            messages=0,
            queued=0,
            outbox={},
            dropped={},
            locked=True,
        )

    async def _radio_info(self, _command: Radio) -> RadioInfo:
        return self._radio.info(self._clock.now())

    def _left(self) -> None:
        self._company.left(self._clock.now())

    async def _watch_clients(self) -> None:
        while True:
            await asyncio.sleep(GRACE_S / 4)
            if self._company.alone_s(self._clock.now()) >= GRACE_S and self._door.leave():
                self._finish(End.STOP)


def _key(command: Unlock) -> bytes:
    try:
        return bytes.fromhex(command.key)
    except ValueError:
        raise Refused('"key" has to be hex digits.') from None
