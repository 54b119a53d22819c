"""Death without warning: a process that is killed while it writes has lost nothing that it called kept.

SOAK=1000 in the environment makes it a thousand deaths.
"""

import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from handheld.store import messages, migrate
from tests.support.store import VAULT
from tests.support.tree import ROOT

LOOPS = int(os.environ.get("SOAK", "30"))

WRITER = """
import asyncio, itertools, os, sys
from pathlib import Path
from handheld.store import messages
from handheld.store.database import Database
from tests.support.store import VAULT, VAULT, own_post

async def write(path, first):
    database = Database.open(path, VAULT)
    numbers = itertools.count(first)
    async def go_on():
        for seq in numbers:
            row = own_post(seq)
            number = await database.write(lambda connection: messages.add(connection, row), seq % 5 == 0)
            os.write(1, b"%d %d\\n" % (seq, number))
    await asyncio.gather(*(go_on() for _ in range(8)))

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.write(1, b"%d\\n" % os.getpid())
        asyncio.run(write(Path(sys.argv[1]), int(line)))
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    chance = random.Random(LOOPS)
    kept: dict[int, int] = {}
    logs_left = 0
    first = 1
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as writer:
        assert writer.stdin
        assert writer.stdout
        for _ in range(LOOPS):
            writer.stdin.write(b"%d\n" % first)
            writer.stdin.flush()
            pid = int(writer.stdout.readline())
            lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
            os.kill(pid, signal.SIGKILL)
            lines += iter(writer.stdout.readline, b"dead\n")
            answered = {int(seq): int(number) for seq, number in (line.split() for line in lines)}

            assert not kept.keys() & answered.keys()
            kept |= answered
            logs_left += path.with_name("test.db-wal").stat().st_size > 0
            first = _check(path, kept) + 1
        writer.stdin.close()

    assert len(kept) > LOOPS
    # The deaths came in the middle: what was kept still lay in the log.
    assert logs_left > LOOPS // 2


def _check(path: Path, kept: dict[int, int]) -> int:
    """All that was acknowledged is there under its number; returns the highest number ever used."""
    connections = migrate.open_pair(path, VAULT)
    with closing(connections[0]) as writer, closing(connections[1]):
        held = dict(writer.execute("SELECT seq, id FROM messages").fetchall())
        used = messages.own_seq(writer)
    assert {seq: held.get(seq) for seq in kept} == kept
    assert used == max(held)
    return used
