"""A village of real nodes and radios that lose frames, and one pair of people who write to each other."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from handheld.api.client import Client
from handheld.clock import SeededEntropy
from handheld.commands import People, Post, Send, Status, Watch
from handheld.errors import NodeUnreachable
from handheld.events import MessageKept, MessageState
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cast import BOARD, HOUSES, PATH_LOSS, Person, valley
from handheld.sim.place import Ground, still
from handheld.sim.timing import process_start_us
from handheld.sim.village import Village
from tests.support.patience import PATIENCE_S

WRITER = "school"
READERS = {1: "mill", 2: "church", 3: "bridge", 4: "walker"}
"""Who lives so many hops from the writer."""

TEXT = "Letter {number:03}: all of forty characters long"
"""How long the last acknowledgements are waited for."""

LATE_S = 1.0
"""Then so long is listened for what is shown twice."""

UP_S = 120.0
GREET_S = 2.0
LOOK_S = 0.05


Meanwhile = Callable[[Village, Path, Path], Coroutine[Any, Any, None]]


@dataclass
class Outcome:
    """What became of letters: seconds from writing until shown, and until the writer knew.

    `frames` were transmitted by all radios together, of which `faded` were lost at one receiver each.
    """

    sent: int = 0
    shown_s: list[float] = field(default_factory=list)
    acked_s: list[float] = field(default_factory=list)
    twice: int = 0
    failed: int = 0
    faded: int = 0
    frames: Counter[str] = field(default_factory=Counter)


@dataclass
class _Pair:
    """Both ends of a correspondence, as their clients saw it."""

    shown: dict[int, float] = field(default_factory=dict)
    acked: dict[int, float] = field(default_factory=dict)
    twice: int = 0
    failed: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch_reader(self, client: Client) -> None:
        async for event in client.events():
            if isinstance(event, MessageKept) and event.message.peer:
                self.twice += event.message.seq in self.shown
                self.shown.setdefault(event.message.seq, time.monotonic())

    async def watch_writer(self, client: Client) -> None:
        async for event in client.events():
            if isinstance(event, MessageState) and event.state == "delivered":
                self.acked[event.id] = time.monotonic()
                self.news.set()
            self.failed += isinstance(event, MessageState) and event.state == "failed"

    async def all_acked(self, letters: set[int]) -> None:
        while not self.acked.keys() >= letters:
            self.news.clear()
            await self.news.wait()


def write_letters(
    hops: int,
    count: int,
    loss_percent: int,
    *,
    pause_s: float = 1.0,
    seed: int = 1,
    made: type[Village] = Village,
    meanwhile: Meanwhile | None = None,
) -> Outcome:
    """Have `count` letters written over so many hops, one each `pause_s`; ends when all are acknowledged.

    `meanwhile` gets the village, and the folders of writer and reader, and runs beside the writing.
    """
    cast = valley(3600, SeededEntropy(f"cast {seed}"))
    cast = replace(cast, people=tuple(map(_stays, cast.people)))
    ground = Ground([person.walk for person in cast.people], PATH_LOSS)
    with made(cast, process_start_us()) as village:
        air = Air(ESPNOW, ground, SeededEntropy(f"air {seed}"), extra_loss=loss_percent / 100)
        village.switch_on(air)
        outcome = asyncio.run(_write(village, hops, count, pause_s, meanwhile))
        report = village.stop_air()
        outcome.frames, outcome.faded = Counter(report["frames"]), report["receptions"]["faded"]
    return outcome


def _stays(person: Person) -> Person:
    _, *place = person.walk.points[0]
    return replace(person, walk=still(*place))


async def _write(
    village: Village, hops: int, count: int, pause_s: float, meanwhile: Meanwhile | None
) -> Outcome:
    village.start_nodes()
    roles = list(HOUSES)
    writer, reader = (village.homes[roles.index(role)] for role in (WRITER, READERS[hops]))
    pair = _Pair()
    try:
        async with asyncio.timeout(UP_S):
            writing, reading = await connect(writer), await connect(reader)
            key = (await reading.ask(Status())).key
            await reading.ask(Watch())
            await _until_known(writing, reading, key)
        tasks = [
            asyncio.create_task(pair.watch_writer(writing)),
            asyncio.create_task(pair.watch_reader(reading)),
        ]
        trouble = asyncio.create_task(meanwhile(village, writer, reader)) if meanwhile else None
        began = await _send(writing, key, count, pause_s)
        if trouble is not None:
            await trouble
        village.check()
        with suppress(TimeoutError):
            await asyncio.wait_for(pair.all_acked(set(began)), PATIENCE_S)
        await asyncio.sleep(LATE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in (writing, reading):
            await client.close()
    finally:
        village.pull_cables()
    return _outcome(pair, began)


def _outcome(pair: _Pair, began: dict[int, tuple[int, float]]) -> Outcome:
    return Outcome(
        sent=len(began),
        shown_s=[pair.shown[seq] - at for seq, at in began.values() if seq in pair.shown],
        acked_s=[pair.acked[number] - at for number, (_, at) in began.items() if number in pair.acked],
        twice=pair.twice,
        failed=pair.failed,
    )


async def connect(home: Path) -> Client:
    """The screen or script of somebody, once his node answers."""
    while True:
        try:
            return await Client.connect(home)
        except NodeUnreachable:
            await asyncio.sleep(LOOK_S)


async def _until_known(writing: Client, reading: Client, key: str) -> None:
    """What the reader said of himself at the start may have been lost: he greets until it is not."""
    await writing.ask(Watch())
    while not any(person.key == key for person in await writing.ask(People())):
        await reading.ask(Post(BOARD, "Good morning"))
        await asyncio.sleep(GREET_S)


async def _send(client: Client, key: str, count: int, pause_s: float) -> dict[int, tuple[int, float]]:
    """The letters by their id at the writer: number at the reader, and when it was written."""
    began = {}
    for number in range(count):
        at = time.monotonic()
        kept: Any = await client.ask(Send(key, TEXT.format(number=number)))
        began[kept.id] = (kept.seq, at)
        await asyncio.sleep(pause_s)
    return began
