"""What an import from a stick costs, as instructions: the node's, from its start, and the command's."""

import subprocess
from pathlib import Path

from tests.benchmarks.startup import answers, node
from tests.support.cost import environment, instructions, instructions_until, pocketmesh, running, wait_for
from tests.support.sticks import village, write

POSTS, PEOPLE = 1_000, 50

IMPORT_MAX = 4_800_000_000
"""Instructions of both, the start of the node among them: 30 s on an ARM1176 at 1 GHz."""


def import_from_stick(folder: Path) -> int:
    """Instructions until a node that starts has taken in a thousand posts of fifty people."""
    at = folder / "stick"
    write(at, village(POSTS, PEOPLE))
    command: list[subprocess.Popen[bytes]] = []

    def done() -> bool:
        if not command and answers(folder):
            command.append(
                subprocess.Popen(
                    pocketmesh("import", str(at)), env=environment(folder), stdout=subprocess.PIPE
                )
            )
        if not command or command[0].poll() is None:
            return False
        said, _ = command[0].communicate()
        if f"{POSTS + PEOPLE} new records" not in said.decode():
            raise RuntimeError(said.decode())
        return True

    return instructions_until(done, node(), folder)


def command_of_import(folder: Path) -> int:
    """Instructions of the command that hands over as much to a node that runs."""
    at = folder / "stick"
    write(at, village(POSTS, PEOPLE))
    with running(node(), folder) as process:
        wait_for(lambda: answers(folder), process)
        return instructions(pocketmesh("import", str(at)), folder)
