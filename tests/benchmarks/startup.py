"""Start-up costs of the node and of a thin command, each in a data folder of its own."""

import socket
import sys
import time
from pathlib import Path

from handheld.api import thin
from handheld.events import RADIO_UP
from tests.support.cost import (
    instructions,
    instructions_until,
    pocketmesh,
    resident_kib,
    running,
    voluntary_switches,
    wait_for,
)
from tests.support.radio_pty import plugged

ENTRY = "from handheld.cli.main import entry; entry()"

MENU_MAX = 130_000_000
"""Instructions of `pocketmesh menu` until its first prompt, attached to a running node."""

STATUS_MAX = 200_000_000
"""Instructions of `pocketmesh status` attached to a running node: 1.2 s on an ARM1176 at 1 GHz."""

NODE_UP_MAX = 700_000_000
"""Instructions from the start of a node until its socket answers."""

NODE_RSS_MAX = 45 * 1024
"""KiB of an idle node in RAM."""

WAKES_MAX = 60
"""How often an idle node may wake in a minute."""

SETTLE_S = 20.0


def node() -> list[str]:
    """The command line of a node alone."""
    return pocketmesh("node", "--radio", "none")


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
    with running(node(), folder) as process:  # the first start also makes the identity and the database
        wait_for(lambda: answers(folder), process)
    return instructions_until(lambda: answers(folder), node(), folder)


def status_attached(folder: Path) -> int:
    """Instructions of `pocketmesh status` while a node runs."""
    with running(node(), folder) as process:
        wait_for(lambda: answers(folder), process)
        return instructions(pocketmesh("status"), folder)


def menu_prompt(folder: Path) -> int:
    """Instructions of `pocketmesh menu` until it first asks for a number, while a node runs."""
    program = f"import builtins, os; builtins.input = lambda _: os._exit(0); {ENTRY}"
    with running(node(), folder) as process:
        wait_for(lambda: answers(folder), process)
        with running(pocketmesh("menu"), folder) as before:  # its sources may not be compiled yet
            before.wait()
        return instructions([sys.executable, "-c", program, "menu"], folder)


def wakes_a_minute(folder: Path) -> int:
    """How often an idle node wakes in a minute, its radio up and nobody near."""
    home = folder / "home"
    home.mkdir()
    with plugged(folder, others=0) as device, running(pocketmesh("node", "--radio", device), home) as process:
        wait_for(lambda: _radio_is_up(home), process)
        time.sleep(SETTLE_S)  # what it says when it comes up
        before = voluntary_switches(process.pid)
        time.sleep(60)
        return voluntary_switches(process.pid) - before


def _radio_is_up(folder: Path) -> bool:
    try:
        return bool(thin.ask(str(folder), "radio")["state"] == RADIO_UP)
    except thin.NodeUnreachable:
        return False


def node_resident(folder: Path) -> int:
    """KiB in RAM of a node with nothing to do."""
    with running(node(), folder) as process:
        wait_for(lambda: answers(folder), process)
        time.sleep(3)
        return resident_kib(process.pid)
