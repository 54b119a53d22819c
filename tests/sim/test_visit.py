"""A guest's village with real everything, watched through the guest's own node."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from handheld.api import thin
from handheld.errors import NodeUnreachable
from tests.support.patience import PATIENCE_S
from tests.support.villages import left_behind, nodes, processes, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left behind")

GUEST = """
import sys
from handheld.sim.visit import Visit
with Visit(3) as village:
    print(village.guest.name, village.home(), flush=True)
    for line in sys.stdin:
        try:
            village.check()
            print("well", flush=True)
        except Exception as error:
            print(type(error).__name__, error, flush=True)
"""


class Guest:
    """A program that visits, and what its guest sees."""

    def __init__(self, process):
        self.process = process
        self.name, self.home = process.stdout.readline().split()

    def check(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def ask(self, verb, **given):
        return thin.ask(self.home, verb, given)

    def texts(self):
        return [message["text"] for message in self.ask("read", limit=200) if not message["own"]]


@contextmanager
def visiting(folder):
    """A visit in a process of its own, ended at the end."""
    environment = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-c", GUEST],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield Guest(process)
            _, err = process.communicate(timeout=PATIENCE_S)
            assert err == ""
        finally:
            process.kill()


def node_of(folder, guest):
    (pid,) = [pid for pid in nodes(folder) if f" --name {guest.name}" in processes(folder).get(pid, "")]
    return pid


def test_a_guest_is_met_greeted_and_answered_and_his_node_comes_back(tmp_path):
    with visiting(tmp_path) as guest:
        met = until(lambda: [one for one in guest.ask("people") if one["neighbour"]])
        assert guest.name not in {one["name"] for one in met}
        until(lambda: any(text.startswith("Good to have you here") for text in guest.texts()))

        guest.ask("post", board="here", text="Does this test work?")
        until(lambda: any(text.startswith(f"It works, {guest.name}") for text in guest.texts()))

        killed = node_of(tmp_path, guest)
        os.kill(killed, signal.SIGKILL)
        until(lambda: guest.check() == "well" and reachable(guest))
        assert node_of(tmp_path, guest) != killed
        until(lambda: guest.ask("status")["radio"]["state"] == "up")

        sent = guest.ask("send", who=met[0]["key"], text="Only for you")
        until(lambda: state_of(guest, sent["id"]) == "delivered")
        until(lambda: any(one["peer"] and not one["own"] for one in guest.ask("read", who=met[0]["key"])))
    assert left_behind(tmp_path) == ({}, [])
    assert guest.process.returncode == 0


def reachable(guest):
    try:
        return guest.ask("status")
    except NodeUnreachable:
        return None


def state_of(guest, number):
    return next(one["state"] for one in guest.ask("read") if one["id"] == number)


def village_of(guest):
    children = Path(f"/proc/{guest.process.pid}/task/{guest.process.pid}/children").read_text().split()
    return int(children[0])


def test_a_village_that_was_killed_leaves_nothing_and_is_missed(tmp_path):
    with visiting(tmp_path) as guest:
        os.kill(village_of(guest), signal.SIGKILL)
        assert until(lambda: (said := guest.check()) != "well" and said).startswith(
            "SimulationError The village"
        )
    assert left_behind(tmp_path) == ({}, [])


def test_a_villager_that_falls_ends_the_village_with_his_name(tmp_path):
    with visiting(tmp_path) as guest:
        until(lambda: len(nodes(tmp_path)) == 6)
        os.kill(next(pid for pid in nodes(tmp_path) if pid != node_of(tmp_path, guest)), signal.SIGKILL)
        said = until(lambda: (said := guest.check()) != "well" and said)
        assert said.startswith("SimulationError In the demo, the node of ")
        assert said.endswith(" was killed.")
    assert left_behind(tmp_path) == ({}, [])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_screen_is_ended_from_outside(tmp_path, number):
    with visiting(tmp_path) as guest:
        guest.process.send_signal(number)
        guest.process.wait(PATIENCE_S)
        until(lambda: left_behind(tmp_path) == ({}, []))
        guest.process.stderr.read()
