"""The running node: one event loop between radio, store, door and the pure node."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from handheld import __version__
from handheld.api.server import Door
from handheld.commands import (
    FILE_COMMANDS,
    NOTICE_COMMANDS,
    Chats,
    Command,
    FindPerson,
    Introduce,
    Lock,
    Name,
    People,
    Post,
    Prekeys,
    Radio,
    RadioSet,
    Read,
    Say,
    Seen,
    Send,
    Status,
    Unlock,
    Wipe,
)
from handheld.daemon import acquaintance, by_hand, following
from handheld.daemon.box import LOOK_S, NOTICE_BOARD, notice_due, size_of
from handheld.daemon.company import GRACE_S, Company
from handheld.daemon.console import RadioConsole
from handheld.daemon.desk import RoomDesk
from handheld.daemon.end import GOES_ON, End
from handheld.daemon.executor import Executor
from handheld.daemon.later import Answers, Later
from handheld.daemon.parts import Parts
from handheld.daemon.quota import Quota
from handheld.daemon.radio_settings import RadioSettings
from handheld.daemon.system import wall_is_sure
from handheld.errors import LocalError, Refused, UserError
from handheld.events import Chat, Keys, Message, NodeStatus, Person, RadioChanged, RadioInfo, RadioLine
from handheld.link.port import PortEvent, PortState
from handheld.link.session import (
    Closed,
    CountersHeard,
    FrameHeard,
    FrameSent,
    Opened,
    SettingsHeard,
    TextHeard,
)
from handheld.logs import logger
from handheld.node.effects import Effect
from handheld.node.inbound import OURSELVES
from handheld.text import clean_line

LINGER_S = 20.0
"""A child node stays up to this long to get its messages on the air."""

_LOOKS = (Status, People, Radio)
"""What a screen asks by itself: no sign that somebody is there."""


class Service:
    """Carries events from the port to the node, commands from the door to the node, and effects out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._node = parts.node
        self._clock = parts.clock
        self._radio = parts.radio
        self._settings = RadioSettings(self._ask_radio)
        self._log = logger("node")
        self._started = parts.clock.now()
        self._quota = Quota()
        self._stop = asyncio.Event()
        self._end = End.STOP
        self.listener: socket.socket | None = None
        self._used = self._started
        self._company = Company(self._started)
        self._timer: asyncio.TimerHandle | None = None
        self._door = Door(parts.folder, self._answer, self._client_left, self._tap)
        self._console = RadioConsole(parts.clock, parts.port, self._door.publish_radio)
        self._bearers = parts.bearers(self._submit)
        self._executor = Executor(
            parts.node,
            parts.database,
            parts.clock,
            self._transmit,
            parts.telling(self._door.publish),
            self._rearm,
            parts.keep_keys,
            tells_read=parts.tells_read,
        )
        self._by_command = self._answers()
        self._by_event: dict[type[PortEvent], Callable[..., None]] = {
            PortState: self._port_state,
            Opened: self._opened,
            FrameHeard: self._frame_heard,
            FrameSent: self._bearers.sent,
            CountersHeard: lambda event: self._radio.counters(event.status),
            SettingsHeard: self._settings_heard,
            TextHeard: self._text_heard,
            Closed: self._closed,
        }

    def _answers(self) -> Answers:
        parts = self._parts
        return {
            Status: self._status,
            People: self._people,
            Radio: self._radio_info,
            RadioSet: self._radio_set,
            **self._console.answers(),
            Post: self._post,
            Send: self._send,
            Say: self._say,
            **RoomDesk(parts.node, parts.clock, self._executor).answers(),
            **by_hand.answers(parts, self._executor, self._finish),
            **dict.fromkeys(NOTICE_COMMANDS, Later(self._notice_desk)),
            **dict.fromkeys(FILE_COMMANDS, Later(self._file_desk)),
            Name: self._name,
            Introduce: self._introduce,
            **acquaintance.answers(self._node, self._executor, self._clock),
            **following.answers(self._node, self._executor, self._clock),
            Prekeys: self._keys,
            FindPerson: self._person,
            Read: self._executor.read,
            Chats: self._chats,
            Seen: self._executor.seen,
            Unlock: self._unlock,
            Lock: self._lock,
            Wipe: self._wipe,
        }

    async def run(self) -> End:
        """Serve until a signal, or, as a child, until nobody needs us, or until the keys are to go."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        await self._door.open(self._parts.listener)
        self._log.info("node %s is up in %s", os.getpid(), self._parts.folder)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._executor.run())]
                if self._parts.notice:
                    tasks.append(group.create_task(self._keep_notice()))
                if self._parts.child:
                    tasks.append(group.create_task(self._watch_clients()))
                if self._bearers.network is not None:
                    tasks.append(group.create_task(self._bearers.network.run()))
                if self._parts.lock_ms:
                    tasks.append(group.create_task(self._watch_use(self._parts.lock_ms)))
                self._executor.submit(self._heard_before())
                self._rearm()
                await self._stop.wait()
                for task in tasks:
                    task.cancel()
                with suppress(UserError):  # the disk is full or gone: what ran since the last saving is lost
                    await self._executor.finish(self._node.stop(self._clock.now()))
        finally:
            if self._timer is not None:
                self._timer.cancel()
            await self._door.close()
        return self._end

    def report(self, event: PortEvent) -> None:
        """One thing the port says; called in the event loop."""
        self._console.heard(event)
        if (handler := self._by_event.get(type(event))) is not None:
            handler(event)
        self._rearm()

    async def _answer(self, command: Command) -> object:
        if not isinstance(command, _LOOKS):
            self._used = self._clock.now()
        return await self._by_command[type(command)](command)

    def _notice_desk(self) -> Answers:
        from handheld.daemon.notices import NoticeDesk  # noqa: PLC0415

        parts = self._parts
        return NoticeDesk(self._node, self._clock, self._executor, parts.database, parts.place).answers()

    def _file_desk(self) -> Answers:
        from handheld.daemon.filedesk import FileDesk  # noqa: PLC0415

        return FileDesk(self._node, self._clock, self._executor, self._radio).answers()

    async def _post(self, command: Post) -> Message:
        return await self._written(self._node.post(command, self._clock.wall()))

    async def _send(self, command: Send) -> Message:
        return await self._written(self._node.send(command, self._clock.wall()))

    async def _say(self, command: Say) -> Message:
        return await self._written(self._node.rooms.say(command, self._clock.wall()))

    async def _introduce(self, command: Introduce) -> Message:
        return await self._written(self._node.acquaintance.introduce(command, self._clock.wall()))

    async def _written(self, effects: list[Effect]) -> Message:
        kept = await self._executor.carry_out(effects)
        if not kept:
            raise LocalError("an own message was not new")
        return kept[-1]

    async def _person(self, command: FindPerson) -> Person:
        return self._node.person(self._node.find(command.who), self._clock.now())

    async def _name(self, command: Name) -> Person:
        key, effects = self._node.name(command)
        await self._executor.carry_out(effects)
        return self._node.person(key, self._clock.now())

    async def _unlock(self, _command: Unlock) -> None:
        """The keys are open already."""

    async def _lock(self, _command: Lock) -> None:
        if self._parts.lock_ms is None:
            raise Refused(
                "There is no passphrase yet, so nothing can be locked. Set one with: pocketmesh passphrase"
            )
        self._finish(End.LOCK)

    async def _wipe(self, _command: Wipe) -> None:
        self._parts.destroy_keys()
        self._finish(End.WIPE)

    def _finish(self, end: End) -> None:
        self._end = end
        if end in GOES_ON:
            # Before the answer goes out: what is asked after it is asked of the next phase.
            self.listener = self.listener or self._door.hand_on()
        self._stop.set()

    def _heard_before(self) -> list[Effect]:
        """What was heard while the keys were locked, each at its time, before anything else is."""
        effects: list[Effect] = []
        for event, now, at in self._parts.held:
            effects += self._node.receive(event.air, event.rssi, now, at)
        self._parts.held.clear()
        return effects

    async def _keys(self, command: Prekeys) -> Keys:
        if command.renew:
            await self._executor.carry_out(self._node.renew(self._clock.now()))
        return self._node.keys(self._clock.now())

    async def _status(self, _command: Status) -> NodeStatus:
        now = self._clock.now()
        return NodeStatus(
            version=__version__,
            pid=os.getpid(),
            folder=str(self._parts.folder),
            key=self._node.key.hex(),
            name=clean_line(self._parts.nickname),
            uptime_s=(now - self._started) // 1000,
            radio=self._radio.info(now),
            neighbours=self._node.neighbours(now),
            people=len(self._node.everybody(now)),
            messages=await self._executor.count(),
            queued=self._node.queued,
            outbox=self._node.outbox,
            dropped=dict(self._node.dropped),
            ways=self._node.ways,
            invisible=self._node.invisible,
            keys=self._node.keys(now),
            copied=self._node.is_copied(now),
            lan=self._bearers.info(),
            clock_sure=wall_is_sure(self._clock.wall()),
            carried=self._node.carrying.status(size_of(self._parts.disk)),
        )

    async def _people(self, _command: People) -> list[Person]:
        return self._node.everybody(self._clock.now())

    async def _radio_info(self, _command: Radio) -> RadioInfo:
        return self._radio.info(self._clock.now())

    async def _radio_set(self, command: RadioSet) -> RadioInfo:
        await self._settings.change(command.what, command.value)
        return self._radio.info(self._clock.now())

    def _ask_radio(self, number: int, value: int) -> bool:
        return self._parts.port is not None and self._parts.port.set(number, value)

    async def _chats(self, _command: Chats) -> list[Chat]:
        return await self._executor.list_chats()

    def _port_state(self, event: PortState) -> None:
        self._radio.port(event.state, event.why, event.port)
        self._radio_changed()

    def _opened(self, event: Opened) -> None:
        self._radio.hello(event.hello)
        self._radio_changed()
        self._settings.opened()
        self._bearers.radio_up(event.hello.airtime)

    def _closed(self, event: Closed) -> None:
        self._log.info("radio: %s", clean_line(event.reason))
        self._settings.closed()
        self._bearers.radio_down()

    def _settings_heard(self, event: SettingsHeard) -> None:
        self._radio.settings(event.settings)
        self._settings.heard(event.settings)
        self._radio_changed()

    def _frame_heard(self, event: FrameHeard) -> None:
        if event.rssi != OURSELVES:
            self._radio.heard(self._clock.now())
        self._bearers.heard(event)

    def _text_heard(self, event: TextHeard) -> None:
        for line in event.data.splitlines():
            if text := clean_line(line):
                self._log_radio(text)
                self._door.publish(RadioLine(text))

    def _log_radio(self, text: str) -> None:
        left_out = self._quota.take(self._clock.now())
        if left_out is None:
            return
        if left_out:
            self._log.info("radio says: (%s lines left out)", left_out)
        self._log.info("radio says: %s", text)

    def _radio_changed(self) -> None:
        info = self._radio.info(self._clock.now())
        self._log.info("radio %s %s %s", info.state, info.port, info.why)
        self._door.publish(RadioChanged(info))

    def _submit(self, effects: list[Effect]) -> None:
        self._executor.submit(effects)
        self._rearm()

    def _tap(self, on: bool) -> None:
        if self._parts.port is not None:
            self._parts.port.tap(on)

    def _transmit(self, token: int, air: bytes) -> None:
        self._console.given(token, air)
        self._bearers.transmit(token, air)

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        times = (self._node.next_deadline(), self._bearers.next_deadline())
        deadline = min((time for time in times if time is not None), default=None)
        if deadline is not None:
            delay = max(0, deadline - self._clock.now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._bearers.tick()
        self._submit(self._node.tick(self._clock.now()))

    def _client_left(self) -> None:
        self._company.left(self._clock.now())

    async def _watch_use(self, lock_ms: int) -> None:
        while True:
            left = self._used + lock_ms - self._clock.now()
            if left <= 0:
                self._log.info("nobody read or wrote for a while, so the keys are locked")
                self._finish(End.LOCK)
            await asyncio.sleep(max(left, GRACE_S * 1000) / 1000)

    async def _keep_notice(self) -> None:
        while True:
            powered = self._node.carrying.powered(self._clock.now())
            due = partial(notice_due, text=self._parts.notice, powered=powered)
            if await self._parts.database.write(due):
                await self._post(Post(NOTICE_BOARD, self._parts.notice))
            await asyncio.sleep(LOOK_S)

    async def _watch_clients(self) -> None:
        while True:
            await asyncio.sleep(GRACE_S / 4)
            if self._door.clients:
                continue
            alone_s = self._company.alone_s(self._clock.now())
            meeting = self._node.acquaintance.next_deadline() is not None
            sending = (self._node.queued or self._node.outbox or meeting) and (
                self._radio.found or self._bearers.found
            )
            if alone_s >= (LINGER_S if sending else GRACE_S) and self._door.leave():
                self._log.info("the last client left, so this child node ends")
                self._stop.set()
