"""Start-up costs of the node and of a thin command, each in a data folder of its own."""

import socket
import sys
import time
from pathlib import Path

from tests.support.cost import instructions, instructions_until, pocketmesh, resident_kib, running, wait_for

ENTRY = "from handheld.cli.main import entry; entry()"

MENU_MAX = 130_000_000
"""Instructions of `pocketmesh menu` until its first prompt, attached to a running node."""

STATUS_MAX = 200_000_000
"""Instructions of `pocketmesh status` attached to a running node: 1.2 s on an ARM1176 at 1 GHz."""

NODE_UP_MAX = 700_000_000
"""Instructions from the start of a node until its socket answers."""

NODE_RSS_MAX = 45 * 1024
"""KiB of an idle node in RAM."""

NODE = pocketmesh("node", "--radio", "none")


def answers(folder: Path) -> bool:
    """Whether a node listens in this folder."""
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(str(folder / "api.sock"))
        except OSError:
            return False
        return True


def bare_python(folder: Path) -> int:
    """Instructions of an interpreter that starts and ends."""
    return instructions([sys.executable, "-c", "pass"], folder)


def node_up(folder: Path) -> int:
    """Instructions until a node that starts on an existing data folder answers."""
    with running(NODE, folder) as process:  # the first start also makes the identity and the database
        wait_for(lambda: answers(folder), process)
    return instructions_until(lambda: answers(folder), NODE, folder)


def status_attached(folder: Path) -> int:
    """Instructions of `pocketmesh status` while a node runs."""
    with running(NODE, folder) as process:
        wait_for(lambda: answers(folder), process)
        return instructions(pocketmesh("status"), folder)


def menu_prompt(folder: Path) -> int:
    """Instructions of `pocketmesh menu` until it first asks for a number, while a node runs."""
    program = f"import builtins, os; builtins.input = lambda _: os._exit(0); {ENTRY}"
    with running(NODE, folder) as process:
        wait_for(lambda: answers(folder), process)
        with running(pocketmesh("menu"), folder) as before:  # its sources may not be compiled yet
            before.wait()
        return instructions([sys.executable, "-c", program, "menu"], folder)


def node_resident(folder: Path) -> int:
    """KiB in RAM of a node with nothing to do."""
    with running(NODE, folder) as process:
        wait_for(lambda: answers(folder), process)
        time.sleep(3)
        return resident_kib(process.pid)
