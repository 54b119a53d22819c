"""A village on this machine: one air, and for each person a radio with the real firmware, a cable, a node.

    node process --- pty, at the cable's pace --- radio process --- UDP --- the air's process

Nothing of it outlives the command: not when it ends, is interrupted, or fails.
"""

import asyncio
import json
import socket
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from handheld.clock import SeededEntropy
from handheld.errors import SimulationError
from handheld.sim import firmware, radio
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cable import Cable
from handheld.sim.cast import PATH_LOSS, Cast, valley
from handheld.sim.child import Child, Children, interruptible, undisturbed
from handheld.sim.ether import Ether, open_socket, serve
from handheld.sim.place import Ground
from handheld.sim.stage import Stage
from handheld.sim.story import Story, summary
from handheld.sim.timing import microseconds, process_start_us

REPORT_S = 5.0
"""How long the air's process may take to add up."""

TICKS = (1 << 30) - 7_000
"""Where the radios' clocks start, in milliseconds: they go round at 2^30 while somebody watches."""


def run(seconds: int, seed: int, as_json: bool, out: TextIO, *, loss_percent: int = 0) -> int:
    """Play the village for `seconds` and tell its story on `out`, or with `as_json` one JSON object.

    `loss_percent` of all frames are lost at each receiver, whatever the signal.

    0 if messages arrived. SimulationError if none did or a process fell, UsageError for too short a demo,
    KeyboardInterrupt after SIGINT or SIGTERM; whatever happens, no process and no file is left.
    """

    def tell(lines: list[str]) -> None:
        if lines and not as_json:
            print(*lines, sep="\n", file=out, flush=True)

    started_us = process_start_us()
    cast = valley(seconds, SeededEntropy(f"cast {seed}"))
    ground = Ground([person.walk for person in cast.people], PATH_LOSS)
    story = Story(cast.people, ground, ESPNOW.budget, started_us)
    with interruptible(), Village(cast, started_us) as village:
        village.switch_on(Air(ESPNOW, ground, SeededEntropy(f"air {seed}"), extra_loss=loss_percent / 100))
        tell([opening(cast)])
        stage = Stage(cast, story, village.homes, SeededEntropy(f"stage {seed}"), started_us, tell)
        asyncio.run(_play(village, stage, seconds))
        report = village.stop_air()
    setting = {"seed": seed, "seconds": seconds, "loss_percent": loss_percent}
    answer: dict[str, Any] = setting | {"interpreter": firmware.interpreter()} | story.result() | report
    tell([summary(answer)])
    if as_json:
        print(json.dumps(answer), file=out, flush=True)
    if answer["lost"] == len(answer["messages"]):
        raise SimulationError(
            f"No message arrived within {seconds} s. Give the demo more time with --seconds."
        )
    return 0


async def _play(village: "Village", stage: Stage, seconds: int) -> None:
    village.start_nodes()
    try:
        await stage.play(seconds, village.check)
    finally:
        village.pull_cables()


class Village:
    """The processes and files of one demo, as a context: at its end none is left."""

    def __init__(self, cast: Cast, started_us: int) -> None:
        self._cast = cast
        self._started_us = started_us
        self._children = Children()
        self._folder = tempfile.TemporaryDirectory(prefix="pocketmesh-")
        self._root = Path(self._folder.name)
        self._control, self._control_end = socket.socketpair()
        self._radio_ends: list[socket.socket] = []
        self._cables: list[Cable] = []
        self._ports: list[str] = []
        self.homes = [self._root / person.name for person in cast.people]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with undisturbed():
            self._children.end()
            for end in (self._control, self._control_end, *self._radio_ends):
                end.close()
            self._folder.cleanup()

    def switch_on(self, air: Air) -> None:
        """Fork the air and all radios; they start while the rest of this process is still getting ready."""
        macs = [bytes((2, 0, 0, 0, 0, number + 1)) for number in range(len(self.homes))]
        with open_socket() as door:
            port = door.getsockname()[1]
            self._fork_air(Ether(air, macs), door)
        for number, home in enumerate(self.homes):
            home.mkdir(mode=0o700)
            self._fork_radio(number, macs[number], port)

    def _fork_air(self, ether: Ether, door: socket.socket) -> None:
        with self._control_end as its_end:
            self._children.fork(
                "the air",
                self._root / "air.log",
                lambda: serve(ether, door, its_end.fileno(), lambda: microseconds() - self._started_us),
                keep=[door.fileno(), its_end.fileno()],
            )

    def _fork_radio(self, number: int, mac: bytes, port: int) -> None:
        name = self._cast.people[number].name
        flash = self._root / f"radio of {name}"
        flash.mkdir()
        ours, its_end = socket.socketpair()
        self._radio_ends.append(ours)
        with its_end:
            made = radio.Radio(mac, its_end.fileno(), port, flash, ticks=TICKS)
            self._children.fork(
                f"the radio of {name}",
                self._root / f"radio of {name}.log",
                lambda: radio.run(made),
                keep=[its_end.fileno()],
            )

    def plug_cables(self) -> None:
        """Plug all cables in; called on the running loop that will move the bytes."""
        self._cables = [Cable(end) for end in self._radio_ends]
        self._ports = [cable.plug() for cable in self._cables]

    def start_nodes(self) -> None:
        """Plug all cables in, see above, and start all nodes."""
        self.plug_cables()
        for number in range(len(self.homes)):
            self.start_node(number)

    def start_node(self, number: int) -> None:
        """Start the node of one, whose cable is plugged in."""
        name, log = self._node_of(number), self._root / f"{self._node_of(number)}.log"
        given = ["--data", str(self.homes[number]), "--radio", self._ports[number]]
        if not (self._cast.newcomer and number == self._cast.guest):
            given += ["--name", self._cast.people[number].name]
        self._children.spawn(name, log, [sys.executable, "-P", "-m", "handheld", "node", *given])

    def _node_of(self, number: int) -> str:
        return f"the node of {self._cast.people[number].name}"

    def pull_cables(self) -> None:
        """Unplug all; before the loop ends."""
        for cable in self._cables:
            cable.close()

    def check(self) -> None:
        """SimulationError, with what it said last, if a process ended that should not have.

        A guest's node that somebody killed is started again: to see that is why it was killed.
        """
        while fallen := self._children.fallen():
            guest = self._cast.guest
            if guest is None or not fallen.killed or fallen.name != self._node_of(guest):
                raise SimulationError(f"In the demo, {_what_happened(fallen)}")
            self.start_node(guest)

    def stop_air(self) -> dict[str, Any]:
        """End the air's process; what it counted, see `Ether.report`."""
        self._control.settimeout(REPORT_S)
        self._control.shutdown(socket.SHUT_WR)
        packed = b""
        while data := self._control.recv(65_536):
            packed += data
        report: dict[str, Any] = json.loads(packed)
        return report


def _what_happened(fallen: Child) -> str:
    if fallen.killed:
        return f"{fallen.name} was killed."
    return f"{fallen.name} ended by itself. It said:\n{fallen.last_words()}"


def opening(cast: Cast) -> str:
    """Who lives where, and what their radios run on."""
    homes = ", ".join(f"{person.name} at {person.place}" for person in cast.people)
    found = firmware.find_interpreter()
    if found is firmware.Interpreter.CPYTHON:
        runs = "There is no MicroPython here, so their radios run the same firmware files under CPython."
    else:
        runs = f"Their radios run the firmware's own files on {found.value}."
    return f"0:00 A valley, and a handheld in each house: {homes}. {runs}"
