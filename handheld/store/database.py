"""The database: one thread writes and groups commits, one reads; the event loop never waits for a disk.

A commit with WAL and synchronous=FULL is one flush of the card: tens of milliseconds, and wear. So
commits begin at most every GROUP_MS, or at once for an urgent job. The first job after a quiet time
commits at once too: waiting would gain nothing.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from handheld.crypto.vault import Vault
from handheld.errors import LocalError, UserError
from handheld.store import migrate

GROUP_MS = 250
"""The longest that a job waits for others before its commit begins, a commit under way aside."""

BATCH_MAX = 256
"""Jobs in one commit."""

Result = TypeVar("Result")
Connection = sqlite3.Connection
"""What a job works on, named here so that nobody above the store imports sqlite3."""

Work = Callable[[Connection], Result]
"""What a job does. It may not begin, commit or roll back, nor keep the connection."""


_Outcome = tuple[object, Exception | None]


class _Job(NamedTuple):
    work: Work[Any] | None  # None: nothing comes after this
    urgent: bool
    future: asyncio.Future[Any]

    def settle(self, value: object, error: Exception | None) -> None:
        """Tell the waiting caller, from our thread in his loop; he may have gone, and his loop too."""
        with suppress(RuntimeError):
            self.future.get_loop().call_soon_threadsafe(_resolve, self.future, value, error)


def _resolve(future: asyncio.Future[Any], value: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)


class Database:
    """A database file with its two threads; opened once, closed once."""

    def __init__(self, path: Path, writer: sqlite3.Connection, reader: sqlite3.Connection) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader
        self._writes: SimpleQueue[_Job] = SimpleQueue()
        self._reads: SimpleQueue[_Job] = SimpleQueue()
        self._began = 0.0
        self._closed = False
        # Daemons: a process that fails without closing must end, and what was not committed was not promised.
        self._threads = (
            Thread(target=self._read_jobs, name="store-reader", daemon=True),
            Thread(target=self._write_jobs, name="store-writer", daemon=True),
        )

    @classmethod
    def open(cls, path: Path, vault: Vault) -> "Database":
        """Open, check and migrate, blocking; made if there is none. What is written is sealed by `vault`.

        FolderDamaged, FolderTooNew: nothing was written. FolderReadOnly, DiskFull, FolderHeld.
        """
        database = cls(path, *migrate.open_pair(path, vault))
        for thread in database._threads:
            thread.start()
        return database

    async def write(self, work: Work[Result], urgent: bool = False) -> Result:
        """Run `work` and return what it returned, once that is on the disk.

        Jobs run in the order of their calls; one that raises is undone alone and raises here. DiskFull,
        FolderReadOnly, FolderDamaged or FolderHeld: nothing of it was kept, and it may be tried again.
        A caller that is cancelled does not stop its job.
        """
        return await self._submit(self._writes, work, urgent)

    async def read(self, work: Work[Result]) -> Result:
        """Run `work`, which only reads, on one state of what is committed."""
        return await self._submit(self._reads, work)

    async def close(self) -> None:
        """Commit what is queued and end; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        # The reader first: the last connection to close takes the write-ahead log away.
        for queue, thread in zip((self._reads, self._writes), self._threads, strict=True):
            ended = asyncio.get_running_loop().create_future()
            queue.put(_Job(None, False, ended))
            await ended
            thread.join()

    async def _submit(self, queue: SimpleQueue[_Job], work: Work[Result], urgent: bool = False) -> Result:
        if self._closed:
            raise LocalError("the database is closed")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        queue.put(_Job(work, urgent, future))
        return await future

    def _read_jobs(self) -> None:
        while (job := self._reads.get()).work:
            job.settle(*self._look(job.work))
        self._reader.close()
        job.settle(None, None)

    def _look(self, work: Work[Any]) -> _Outcome:
        try:
            self._reader.execute("BEGIN")
            try:
                return work(self._reader), None
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")
        except sqlite3.Error as failure:
            return None, migrate.fault(failure, self._path)
        except Exception as failure:  # noqa: BLE001 - the caller's, who waits for it
            return None, failure

    def _write_jobs(self) -> None:
        last: _Job | None = None
        while last is None:
            batch = self._next_batch()
            if not batch[-1].work:
                last = batch.pop()
            self._began = monotonic()
            self._commit(batch)
        self._writer.close()
        last.settle(None, None)

    def _next_batch(self) -> list[_Job]:
        """Wait for a job, then for others until the time has come."""
        batch = [self._writes.get()]
        due = self._began + GROUP_MS / 1000
        while batch[-1].work and len(batch) < BATCH_MAX:
            if batch[-1].urgent:
                due = 0.0
            try:
                batch.append(self._writes.get(timeout=max(0.0, due - monotonic())))
            except Empty:
                break
        return batch

    def _commit(self, batch: list[_Job]) -> None:
        outcomes: list[_Outcome] = []
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(job.work) for job in batch if job.work]
            self._writer.execute("COMMIT")
        except sqlite3.Error as failure:
            with suppress(sqlite3.Error):  # SQLite has rolled back already after some errors
                self._writer.execute("ROLLBACK")
            outcomes = [(None, migrate.fault(failure, self._path)) for _ in batch]
        for job, outcome in zip(batch, outcomes, strict=True):
            job.settle(*outcome)

    def _attempt(self, work: Work[Any]) -> _Outcome:
        """Run one job as a part of the transaction; raises sqlite3.Error where all of it is lost."""
        outcome: _Outcome
        self._writer.execute("SAVEPOINT job")
        try:
            outcome = work(self._writer), None
        except Exception as failure:
            error = migrate.fault(failure, self._path) if isinstance(failure, sqlite3.Error) else failure
            if isinstance(error, UserError):
                raise
            self._writer.execute("ROLLBACK TO job")
            outcome = None, error
        self._writer.execute("RELEASE job")
        return outcome
