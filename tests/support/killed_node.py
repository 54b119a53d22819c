"""Two handhelds in reach of each other, radios and all: one lives, the other's node is killed while it works.

What the doomed one answered as saved, and every letter it acknowledged on the air, has to be there after each
death, once. All through the front door: sockets, a pty, real radios, SIGKILL.
"""

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import READ_LIMIT, People, Post, Read, Send, Status, Watch
from handheld.errors import NodeUnreachable, UserError
from handheld.events import Message, MessageState
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cable import Cable
from handheld.sim.cast import PATH_LOSS, Cast, Person
from handheld.sim.place import Ground, still
from handheld.sim.timing import microseconds
from handheld.sim.village import Village
from handheld.store.messages import DELIVERED
from tests.support.patience import PATIENCE_S

LIFE_S = (0.02, 0.5)
"""Of a doomed node, from the moment at which it works."""

WRITERS = 3
"""Clients that write at once."""

RESTART_S = 3.0


class Running:
    """A node's process on a folder and a port, which can be started again."""

    def __init__(self, folder: Path, port: str, name: str) -> None:
        self.folder = folder
        options = ["--data", str(folder), "--radio", port, "--name", name]
        self._command = [sys.executable, "-m", "handheld", "node", *options]
        self._log = folder.with_name(f"{name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> Client:
        """A client of the new process, as soon as it answers."""
        process = self._spawn()
        end = time.monotonic() + PATIENCE_S
        while True:
            assert process.poll() is None, self._log.read_text()
            assert time.monotonic() < end, self._log.read_text()
            with contextlib.suppress(NodeUnreachable):
                client = await Client.connect(self.folder)
                await client.ask(Status())
                return client
            await asyncio.sleep(0.01)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stderr=log, stdout=log)
        return self._process

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Pair:
    """Ana, who lives, and bo, who does not; `round` is one death."""

    def __init__(self, ana: Running, bo: Running, chance: random.Random) -> None:
        self._ana, self._bo = ana, bo
        self._chance = chance
        self._words = count(1)
        self._ana_key = self._bo_key = ""
        self._told: dict[int, str] = {}  # bo's id -> text, answered as saved
        self._acked: set[int] = set()  # ana's ids of letters that bo acknowledged
        self._sent: dict[int, str] = {}  # ana's id -> text
        self._held: dict[int, Message] = {}  # bo's rows, as found after his deaths
        self.found: Counter[str] = Counter(lost=0, wrong=0)

    async def live(self, deaths: int) -> Counter[str]:
        """Meet, and kill bo so many times; what was counted."""
        ana = await self._ana.start()
        bo = await self._bo.start()
        await ana.ask(Watch())
        listener = asyncio.create_task(self._listen(ana))
        self._ana_key, self._bo_key = [(await one.ask(Status())).key for one in (ana, bo)]
        await self._met(ana, self._bo_key)
        await self._met(bo, self._ana_key)
        await self._first_letter(ana)
        for _ in range(deaths):
            bo = await self._death(ana, bo)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        self._look_for_twice()
        await self._compare(ana)
        self.found.update(received=sum(not message.own for message in self._held.values()))
        for client in (ana, bo):
            await client.close()
        return self.found

    async def _death(self, ana: Client, bo: Client) -> Client:
        writers = [asyncio.create_task(self._write(bo)) for _ in range(WRITERS)]
        over = asyncio.Event()
        letters = asyncio.create_task(self._write_to_bo(ana, over))
        await asyncio.sleep(self._chance.uniform(*LIFE_S))
        self._bo.kill()
        over.set()
        await letters
        acked = set(self._acked)
        outcomes = await asyncio.gather(*writers, return_exceptions=True)
        assert all(isinstance(outcome, UserError) for outcome in outcomes), outcomes
        await bo.close()
        began = time.monotonic()
        bo = await self._bo.start()
        took = time.monotonic() - began
        self.found.update(kills=1, restart_ms=int(took * 1000), slow=int(took > RESTART_S))
        await self._look(bo, acked)
        return bo

    async def _write(self, bo: Client) -> None:
        while True:
            text = f"word {next(self._words)}"
            command = Post("here", text) if self._chance.random() < 0.8 else Send(self._ana_key, text)
            message = await bo.ask(command)
            assert message.text == text
            self._told[message.id] = text
            self.found.update(saved=1)

    async def _write_to_bo(self, ana: Client, over: asyncio.Event) -> None:
        while not over.is_set():
            text = f"word {next(self._words)}"
            if self._chance.random() < 0.5:
                message = await ana.ask(Send(self._bo_key, text))
                self._sent[message.id] = text
            else:
                await ana.ask(Post("here", text))
            await asyncio.sleep(0.03)

    async def _listen(self, ana: Client) -> None:
        async for event in ana.events():
            if isinstance(event, MessageState) and event.state == DELIVERED:
                self._acked.add(event.id)
                self.found.update(acked=1)

    async def _met(self, client: Client, key: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not any(person.key == key for person in await client.ask(People())):
            assert time.monotonic() < end, "they never heard each other"
            await asyncio.sleep(0.05)

    async def _first_letter(self, ana: Client) -> None:
        """Bo works from end to end before he dies for the first time."""
        message = await ana.ask(Send(self._bo_key, f"word {next(self._words)}"))
        self._sent[message.id] = message.text
        end = time.monotonic() + PATIENCE_S
        while message.id not in self._acked:
            assert time.monotonic() < end, "bo never acknowledged"
            await asyncio.sleep(0.05)

    async def _look(self, bo: Client, acked: set[int]) -> None:
        async for message in _newer(bo, max(self._held, default=0)):
            self._held[message.id] = message
        texts = {message.text for message in self._held.values()}
        lost = [number for number, text in self._told.items() if self._text(number) != text]
        lost += [number for number in acked if self._sent[number] not in texts]
        self.found.update(lost=len(lost))
        numbers = {(one.author, one.peer, one.seq) for one in self._held.values()}
        self.found.update(wrong=len(self._held) - len(numbers))

    def _text(self, number: int) -> str:
        return self._held[number].text if number in self._held else ""

    def _look_for_twice(self) -> None:
        texts = Counter(message.text for message in self._held.values())
        self.found.update(wrong=sum(times > 1 for times in texts.values()))

    async def _compare(self, ana: Client) -> None:
        """What ana holds of bo is what bo holds: no number of his has carried two texts."""
        own = {(one.peer == "", one.seq): one.text for one in self._held.values() if one.own}
        async for message in _newer(ana, 0):
            if not message.own:
                self.found.update(wrong=own.get((message.peer == "", message.seq)) != message.text)


async def _newer(client: Client, than: int) -> AsyncIterator[Message]:
    before = 0
    while page := await client.ask(Read(limit=READ_LIMIT, before=before)):
        for message in page:
            if message.id > than:
                yield message
        before = page[0].id
        if before <= than:
            return


@contextlib.contextmanager
def _ended(*nodes: Running) -> Iterator[None]:
    try:
        yield
    finally:
        for node in nodes:
            node.kill()


async def _play(village: Village, deaths: int, seed: int) -> Counter[str]:
    cables = [Cable(end) for end in village._radio_ends]
    homes = zip(village.homes, cables, ("ana", "bo"), strict=True)
    ana, bo = (Running(home, cable.plug(), name) for home, cable, name in homes)
    with _ended(ana, bo):
        found = await Pair(ana, bo, random.Random(seed)).live(deaths)
    for cable in cables:
        cable.close()
    return found


def deaths(number: int, seed: int) -> Counter[str]:
    """Kill a working node so many times; counts, of which "lost" and "wrong" have to be zero."""
    people = [Person("ana", "one end", still(0, 0)), Person("bo", "the other end", still(50, 0))]
    ground = Ground([person.walk for person in people], PATH_LOSS)
    with Village(Cast(tuple(people), ()), microseconds()) as village:
        village.switch_on(Air(ESPNOW, ground, SeededEntropy(f"air {seed}")))
        return asyncio.run(_play(village, number, seed))
