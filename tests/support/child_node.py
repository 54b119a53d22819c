"""A node as small as it gets, in a process of its own: `child_node.py FOLDER [WORD]`.

It takes the lock of the folder as a real one does, opens the door, and ends when its last client has left.
With a WORD it fails as that word says instead.
"""

import asyncio
import fcntl
import os
import sys
from pathlib import Path

from handheld.api.server import Door
from handheld.commands import Command
from handheld.events import RadioInfo

FAILURES = {
    "damaged": ("pocketmesh: The database is \x1b[31mdamaged.\n", 14),
    "silent": ("", 1),
    "traceback": ("Traceback (most recent call last):\n  whatever\nValueError: 3\n", 1),
    "killed": ("pocketmesh: I was killed.\n", -9),
}


async def serve(folder: Path) -> None:
    """Answer everything with our process number."""
    alone = asyncio.Event()

    async def answer(command: Command) -> object:
        return RadioInfo("up", str(os.getpid()))

    door = Door(folder, answer, lambda: door.leave() and alone.set())
    await door.open()
    await asyncio.wait_for(alone.wait(), 30)
    await door.close()


def main(folder: Path, failure: str = "") -> int:
    """Serve or fail; the exit code."""
    if failure:
        said, code = FAILURES[failure]
        sys.stderr.write(said)
        sys.stderr.flush()
        if code < 0:
            os.kill(os.getpid(), -code)
        return code
    lock = os.open(folder / "node.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write("pocketmesh: A node already runs here.\n")
        return 15
    asyncio.run(serve(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
