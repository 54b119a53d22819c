"""Effects on a real database: what a person waits for does not wait for what nobody waits for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.daemon import executor as module
from handheld.daemon.executor import Executor
from handheld.daemon.system import SystemClock
from handheld.events import Event, MessageState
from handheld.node.effects import KeepProfile, KeepState
from handheld.node.node import Node, Saved
from handheld.store import database as store
from handheld.store.database import Database

PATIENCE_S = 20
FOREVER_S = 3600
PROFILE = KeepProfile(b"k" * 32, 0, b"profile", 0)
OTHER = KeepProfile(b"o" * 32, 0, b"profile", 0)


@dataclass
class Bench:
    """A running executor, what it published, and whether it has carried something out."""

    executor: Executor
    database: Database
    told: list[Event]
    carried: asyncio.Event


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Bench]:
    entropy = SeededEntropy("executor")
    node = Node(Identity.create(entropy), "ana", entropy, Saved())
    database = Database.open(folder / "db")
    told: list[Event] = []
    carried = asyncio.Event()
    executor = Executor(node, database, SystemClock(), lambda *_: None, told.append, carried.set)
    task = asyncio.create_task(executor.run())
    try:
        yield Bench(executor, database, told, carried)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await database.close()


async def test_news_of_a_message_does_not_wait_for_a_row_that_waits_for_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_S", FOREVER_S)
    monkeypatch.setattr(store, "GROUP_MS", FOREVER_S * 1000)
    async with running(tmp_path) as bench:
        await bench.executor.carry_out([PROFILE])
        bench.carried.clear()
        bench.executor.submit([OTHER])
        await asyncio.sleep(0)
        bench.executor.submit([KeepState(1, "delivered")])
        await asyncio.wait_for(bench.carried.wait(), PATIENCE_S)
        assert bench.told == [MessageState(1, "delivered")]
        assert await bench.database.read(_people) == 2


async def test_a_row_that_nobody_waits_for_is_saved_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_S", 0.01)
    async with running(tmp_path) as bench:
        bench.executor.submit([PROFILE])
        await asyncio.wait_for(bench.carried.wait(), PATIENCE_S)
        assert await bench.database.read(_people) == 1


def _people(connection: store.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM people").fetchone()[0])
