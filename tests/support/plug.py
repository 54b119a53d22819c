"""Radios and strangers behind real ptys, on the running event loop, and a watcher of what a Port reports."""

import asyncio
import contextlib
import os
import time
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from handheld.clock import SeededEntropy
from handheld.link.port import FoundPort, Port, PortEvent, PortState
from tests.support.link import CLOCK_WRAP, Radio, Uart
from tests.support.patience import PATIENCE_S

TURN_S = 0.005


class RealClock:
    """The machine's."""

    def now(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> int:
        return int(time.time())


class Plug:
    """Something behind a pty: a radio by default, or a stranger who only talks. `device` is what to open."""

    def __init__(self, talk: bytes = b"", *, boot: int = 1) -> None:
        self._clock = RealClock()
        self.talk = talk
        self.room = 100_000
        self.boot = boot
        self.start()
        self.plug()
        self._task = asyncio.get_running_loop().create_task(self._live())

    def start(self) -> None:
        """Power on."""
        self.radio = Radio(self.boot, self._ticks(), Uart())
        self.boot += 1

    def plug(self) -> None:
        """A new pty, most likely under another name."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.device = os.ttyname(self._slave)

    def unplug(self) -> None:
        """The pty goes away under whoever has it open."""
        os.close(self._master)
        os.close(self._slave)
        self.device = ""

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self.device:
            self.unplug()

    def _ticks(self) -> int:
        return self._clock.now() % CLOCK_WRAP

    async def _live(self) -> None:
        while True:
            if self.device:
                self._turn()
            await asyncio.sleep(TURN_S)

    def _turn(self) -> None:
        uart = self.radio.uart
        with contextlib.suppress(BlockingIOError):
            while self.room > 0:
                data = os.read(self._master, min(4096, self.room))
                self.room -= len(data)
                uart.incoming += b"" if self.talk else data
        if not self.talk:
            self.radio.run(self._ticks())
        uart.outgoing += self.talk
        with contextlib.suppress(BlockingIOError):
            sent = os.write(self._master, uart.outgoing) if uart.outgoing else 0
            del uart.outgoing[:sent]


class Watcher:
    """Everything a Port reported, and waiting for something in particular."""

    def __init__(self) -> None:
        self.events: list[PortEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: PortEvent) -> None:
        self.events.append(event)
        self._news.set()

    @property
    def states(self) -> list[PortState]:
        return [event for event in self.events if isinstance(event, PortState)]

    async def until(self, wanted: Callable[[PortEvent], bool], since: int = 0) -> int:
        """Wait for an event, after the first `since` of them; how many there were with it."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for count in range(since, len(self.events)):
                    if wanted(self.events[count]):
                        return count + 1
                self._news.clear()
                await self._news.wait()

    async def state(self, state: str, why: str = "", since: int = 0) -> int:
        """Wait for a state whose reason holds this text."""
        return await self.until(
            lambda event: isinstance(event, PortState) and event.state == state and why in event.why, since
        )


@asynccontextmanager
async def running(
    wanted: str, find: Callable[[], list[FoundPort]] = list, *, seed: int = 1
) -> AsyncIterator[tuple[Port, Watcher]]:
    """A Port at work."""
    watcher = Watcher()
    port = Port(wanted, RealClock(), SeededEntropy(seed), watcher, find)
    task = asyncio.get_running_loop().create_task(port.run())
    try:
        yield port, watcher
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def plugged(talk: bytes = b"") -> AsyncIterator[Plug]:
    """Something behind a pty, for a while."""
    plug = Plug(talk)
    try:
        yield plug
    finally:
        await plug.close()


async def true(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the other side is no task of ours
            await asyncio.sleep(TURN_S)
