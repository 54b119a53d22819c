"""A writer that is killed while it saves: every row it called saved must be there, and the file intact.

This is a crash of the program. A power cut also takes what the kernel had not yet written: that the database
asks for the flush before it says "saved" is tested in tests/store.
"""

import asyncio
import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path

from handheld.store import messages
from handheld.store.database import Database
from handheld.store.messages import MessageRow
from tests.support.store import VAULT

AUTHOR = bytes(32)


def row(seq: int) -> MessageRow:
    """An own post with this number."""
    return MessageRow(b"", AUTHOR, seq, seq, "here", b"x" * 80, b"raw", True, None, None, None, "queued")


async def write_for_ever(path: Path, saved: int) -> None:
    """Save post after post, in bursts, and write the number of each to `saved` when it is on the disk."""
    database = Database.open(path, VAULT)

    async def keep(seq: int) -> None:
        await database.write(lambda connection: messages.add(connection, row(seq)), urgent=seq % 3 == 0)
        os.write(saved, seq.to_bytes(4, "big"))

    first = await database.read(messages.own_seq) + 1
    while True:
        await asyncio.gather(*(keep(seq) for seq in range(first, first + 5)))
        first += 5


def writer(path: Path) -> tuple[int, int]:
    """A process that saves: its number, and where it says what it saved."""
    reading, writing = os.pipe()
    if pid := os.fork():
        os.close(writing)
        return pid, reading
    try:
        asyncio.run(write_for_ever(path, writing))
    finally:
        os._exit(1)


def rest_of(reading: int) -> bytes:
    """Everything that is left in a pipe."""
    with open(reading, "rb") as pipe:
        return pipe.read()


def numbers(data: bytes) -> set[int]:
    """The posts that the writer called saved."""
    return {int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data) - 3, 4)}


def round_of(number: int) -> Counter[str]:
    """One database, killed four times at random moments: how many saved rows there were, and are lost."""
    chance = random.Random(number)
    saved: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pocketmesh.db"
        for _ in range(4):
            pid, reading = writer(path)
            first = os.read(reading, 4)
            # The writer is at work: from here on the kill may come at any moment.
            time.sleep(chance.uniform(0, 0.15))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            saved |= numbers(first + rest_of(reading))
        connection = sqlite3.connect(path)
        held = {seq for (seq,) in connection.execute("SELECT seq FROM messages")}
        intact = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        connection.close()
    return Counter(kills=4, saved=len(saved), lost=len(saved - held), wrong=int(not intact))
