"""The two threads: durable before answered, grouped, each job for itself, the loop never blocked."""

import asyncio
import os
import random
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handheld.errors import DiskFull, FolderDamaged, FolderHeld, LocalError
from handheld.store import database as database_module
from handheld.store import messages, migrate
from handheld.store.database import BATCH_MAX, Database
from tests.support.patience import PATIENCE_S
from tests.support.store import VAULT, post, small_disk


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.open(tmp_path / "test.db", VAULT)
    yield opened
    await opened.close()


@pytest.fixture
async def statements(database: Database) -> list[str]:
    """What the writing connection executes from now on."""
    seen: list[str] = []
    await database.write(lambda connection: connection.set_trace_callback(seen.append))
    seen.clear()
    return seen


def add(seq: int) -> "database_module.Work[int | None]":
    return lambda connection: messages.add(connection, post(seq))


def fail(connection: sqlite3.Connection) -> None:
    messages.add(connection, post(666))
    raise KeyError("of the job")


async def test_what_was_written_is_read(database: Database) -> None:
    assert await database.write(add(1)) == 1
    assert await database.write(add(2), urgent=True) == 2
    assert await database.write(add(2)) is None

    assert await database.read(messages.count) == 2


async def test_it_is_kept_for_the_next_time_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    for seq in (1, 2, 3):
        database = Database.open(path, VAULT)
        assert await database.read(messages.count) == seq - 1
        await database.write(add(seq))
        await database.close()

    assert not path.with_name("test.db-wal").exists()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_commit_is_flushed_to_the_disk(database: Database) -> None:
    def pragma(name: str) -> "database_module.Work[object]":
        return lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert await database.write(pragma("journal_mode")) == "wal"
    assert await database.write(pragma("synchronous")) == 2  # FULL
    assert await database.write(pragma("foreign_keys")) == 1


async def test_many_jobs_share_few_commits(database: Database, statements: list[str]) -> None:
    ids = await asyncio.gather(*(database.write(add(seq)) for seq in range(100)))

    assert sorted(str(number) for number in ids) == sorted(str(number) for number in range(1, 101))
    # One at once for the first, the rest together; a machine that stalls may need one or two more.
    assert 1 <= statements.count("COMMIT") <= 5


async def test_jobs_that_follow_each_other_wait_for_each_other(
    database: Database, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "GROUP_MS", 3_600_000)
    calm = []
    for seq in range(1, 4):
        calm.append(asyncio.create_task(database.write(add(seq))))
        await asyncio.sleep(0.01)
    assert not any(task.done() for task in calm)

    await asyncio.wait_for(database.write(add(4), urgent=True), PATIENCE_S)

    assert await asyncio.gather(*calm) == [1, 2, 3]
    assert statements.count("COMMIT") == 1


async def test_an_urgent_job_takes_those_before_it_along(database: Database, statements: list[str]) -> None:
    slow = [asyncio.create_task(database.write(add(seq))) for seq in (1, 2, 3)]
    await asyncio.sleep(0)
    await database.write(add(4), urgent=True)

    assert all(task.done() for task in slow)
    assert statements.count("COMMIT") == 1
    assert [row.seq for row in await database.read(lambda c: messages.select(c, "seq > 0"))] == [
        1,
        2,
        3,
        4,
    ]


async def test_urgent_jobs_that_lie_ready_share_a_commit_too(
    database: Database, statements: list[str]
) -> None:
    await asyncio.gather(*(database.write(add(seq), urgent=True) for seq in range(50)))

    assert statements.count("COMMIT") < 50


async def test_a_commit_takes_a_bounded_number_of_jobs(database: Database, statements: list[str]) -> None:
    await asyncio.gather(*(database.write(add(seq)) for seq in range(BATCH_MAX * 2)))

    batches = "\n".join(statements).split("COMMIT")
    assert max(batch.count("SAVEPOINT job") for batch in batches) <= BATCH_MAX
    assert await database.read(messages.count) == BATCH_MAX * 2


async def test_nothing_is_answered_before_its_commit(database: Database) -> None:
    order: list[str] = []
    await database.write(
        lambda connection: connection.set_trace_callback(
            lambda text: order.append(text) if text == "COMMIT" else None
        )
    )
    order.clear()

    await database.write(add(1), urgent=True)
    order.append("answered")

    assert order == ["COMMIT", "answered"]


async def test_a_failing_job_takes_no_other_along(database: Database, statements: list[str]) -> None:
    outcomes = await asyncio.gather(
        database.write(add(1)),
        database.write(fail),
        database.write(add(2)),
        database.write(lambda connection: connection.execute("INSERT INTO boards VALUES (NULL), (NULL)")),
        database.write(add(3)),
        return_exceptions=True,
    )

    kept = await database.read(lambda connection: messages.select(connection, "seq > 0"))
    assert [row.seq for row in kept] == [1, 2, 3]
    assert isinstance(outcomes[1], KeyError)
    assert [outcomes[0], outcomes[2], outcomes[4]] == [1, 2, 3]


async def test_what_sqlite_refuses_is_our_mistake(database: Database) -> None:
    with pytest.raises(LocalError, match="CHECK constraint failed"):
        await database.write(lambda connection: messages.add(connection, post(1)._replace(author=b"short")))
    with pytest.raises(LocalError, match="no such table"):
        await database.read(lambda connection: connection.execute("SELECT * FROM nowhere"))

    assert await database.write(add(1)) == 1


async def test_a_job_that_ends_the_transaction_is_found_out(database: Database) -> None:
    with pytest.raises(LocalError, match="no such savepoint"):
        await database.write(lambda connection: connection.execute("COMMIT"))

    assert await database.write(add(1)) == 1


async def test_a_reader_sees_one_state_and_cannot_write(database: Database) -> None:
    await database.write(add(1))
    looking, written = threading.Event(), threading.Event()

    def look_twice(connection: sqlite3.Connection) -> tuple[int, int]:
        before = messages.count(connection)
        looking.set()
        assert written.wait(PATIENCE_S)
        return before, messages.count(connection)

    reading = asyncio.create_task(database.read(look_twice))
    assert await asyncio.to_thread(looking.wait, 10)
    await database.write(add(2), urgent=True)
    written.set()

    assert await reading == (1, 1)
    assert await database.read(messages.count) == 2
    with pytest.raises(Exception, match="readonly"):
        await database.read(add(3))
    with pytest.raises(KeyError):
        await database.read(fail_to_look)


def fail_to_look(_: sqlite3.Connection) -> None:
    raise KeyError("of the look")


async def test_the_loop_goes_on_while_a_job_runs(database: Database) -> None:
    may_end = threading.Event()

    def long(_: sqlite3.Connection) -> bool:
        return may_end.wait(PATIENCE_S)

    for ask in (database.write, database.read):
        may_end.clear()
        running = asyncio.create_task(ask(long))
        await asyncio.sleep(0.01)
        may_end.set()  # this line would come too late in a blocked loop
        assert await running


async def test_a_caller_who_went_away_does_not_stop_his_job(database: Database) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    task = asyncio.create_task(database.write(add(1)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await database.write(add(2), urgent=True)

    assert await database.read(messages.count) == 2
    assert complaints == []


def test_a_loop_that_ended_does_not_stop_the_threads(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "test.db", VAULT)
    started, may_end = threading.Event(), threading.Event()

    def job(connection: sqlite3.Connection) -> None:
        started.set()
        assert may_end.wait(PATIENCE_S)
        messages.add(connection, post(1))

    async def leave() -> None:
        task = asyncio.create_task(database.write(job))
        assert await asyncio.to_thread(started.wait, 10)
        task.cancel()

    async def come_back() -> int:
        count = await database.write(messages.count)
        await database.close()
        return count

    asyncio.run(leave())
    may_end.set()

    assert asyncio.run(come_back()) == 1


async def test_closing_commits_what_is_queued(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "test.db", VAULT)
    tasks = [asyncio.create_task(database.write(add(seq))) for seq in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()

    assert sorted(await asyncio.gather(*tasks), key=str) == sorted(range(1, 21), key=str)
    for ask in (database.write, database.read):
        with pytest.raises(LocalError, match="closed"):
            await ask(messages.count)
    assert [thread for thread in threading.enumerate() if thread.name.startswith("store-")] == []


async def test_another_program_that_writes_is_named_as_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "BUSY_S", 0.05)
    path = tmp_path / "test.db"
    database = Database.open(path, VAULT)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(FolderHeld, match="Another program is using"):
        await database.write(add(1))
    other.close()

    assert await database.write(add(1)) == 1
    await database.close()


async def test_a_full_disk_refuses_and_works_again_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=1024) as disk:
        database = Database.open(disk / "test.db", VAULT)
        kept = 0
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 64 * 1024))

        async def write_on() -> None:
            nonlocal kept
            while True:
                await database.write(add(kept), urgent=True)
                kept += 1

        with pytest.raises(DiskFull, match="No room is left"):
            await write_on()

        # All of a group is refused, and reading goes on.
        refused = await asyncio.gather(
            *(database.write(add(seq)) for seq in range(1000, 1010)), return_exceptions=True
        )
        assert {type(outcome) for outcome in refused} == {DiskFull}
        assert len(set(map(id, refused))) == 10
        assert await database.read(messages.count) == kept > 0

        ballast.unlink()
        assert await database.write(add(kept), urgent=True) is not None
        assert await database.read(messages.count) == kept + 1
        await database.close()

        again = Database.open(disk / "test.db", VAULT)
        assert await again.read(messages.count) == kept + 1
        await again.close()


async def test_a_job_larger_than_the_room_is_refused_as_a_whole(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kib=1024) as disk:
        database = Database.open(disk / "test.db", VAULT)
        huge = post(1, text=bytes(2_000_000))

        # Fails inside the statement, where SQLite may roll the whole transaction back by itself.
        outcomes = await asyncio.gather(
            database.write(add(2)),
            database.write(lambda connection: messages.add(connection, huge)),
            database.write(add(3)),
            return_exceptions=True,
        )

        assert isinstance(outcomes[1], DiskFull)
        held = await database.read(messages.count)
        assert held == sum(isinstance(outcome, int) for outcome in outcomes)
        assert await database.write(add(4)) is not None
        await database.close()


async def test_a_page_that_rots_while_it_runs_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    database = Database.open(path, VAULT)
    await database.write(lambda c: [messages.add(c, post(seq, text=bytes(500))) for seq in range(2000)])
    await database.close()
    database = Database.open(path, VAULT)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(1).randbytes(path.stat().st_size - 4096))

    with pytest.raises(FolderDamaged, match="is damaged"):
        await database.read(lambda connection: messages.page(connection, "", b"", 200, 100))
    for seq in (5000, 5001):
        with pytest.raises(FolderDamaged):
            await database.write(add(seq))
    await database.close()


async def test_a_rotten_page_fails_only_those_who_need_it(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    database = Database.open(path, VAULT)
    await database.write(lambda c: [messages.add(c, post(seq, text=bytes(500))) for seq in range(1000)])
    await database.close()
    database = Database.open(path, VAULT)
    with path.open("r+b") as file:
        file.seek(67 * 4096)
        file.write(random.Random(1).randbytes(4096))

    with pytest.raises(FolderDamaged):
        await database.write(lambda connection: connection.execute("SELECT sum(length(text)) FROM messages"))

    assert await database.write(add(5000)) == 1001
    await database.close()
