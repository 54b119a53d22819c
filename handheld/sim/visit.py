"""A guest in the valley: the village plays in a process of its own, and its guest sits at this terminal.

    this process, with the screen                the guest's node, in the village
        |        \\______________ api.sock ______________/
        +- the village's process -- the air, radios, nodes, and the others' words

Nothing is left when the guest leaves, however he does.
"""

import asyncio
import json
import math
import os
import shutil
import signal
import socket
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

from handheld.api import address
from handheld.clock import SeededEntropy
from handheld.errors import NodeUnreachable, SimulationError, UserError, by_code
from handheld.sim.air import ESPNOW, Air
from handheld.sim.cast import HOUSES, PATH_LOSS, Cast, Person, valley, with_guest
from handheld.sim.child import Children, die_with, interruptible, undisturbed
from handheld.sim.company import company
from handheld.sim.place import Ground
from handheld.sim.stage import Stage, connected
from handheld.sim.story import Story
from handheld.sim.timing import microseconds
from handheld.sim.village import Village

ROLE = "hill"
"""Three neighbours, one of them with a good signal; the others are two and three hops away."""

GUEST = list(HOUSES).index(ROLE)

STORY_S = 3600
"""After that nobody has anything new to tell, and everybody still answers."""

ROUND_S = 90.0
"""A story takes longer than in a demo that is only watched: the guest has to read, and wants to write."""

OPENING_S = 20.0
"""How long the guest's node may take until it answers."""

PATIENCE_S = 20.0
"""How long the village may take to end in order: its own children have two seconds."""

LOOK_S = 0.02

ENDED = "The village has ended by itself. Leave the screen, and start the demo again."


class Visit:
    """A village and the handheld of its guest, as a context: at its end no process and no file is left.

    `loss_percent` of all frames are lost at each receiver, whatever the signal.

    A `newcomer` is asked for a name by the screen, and greeted under it.

    SIGTERM arrives as KeyboardInterrupt meanwhile, as Ctrl-C does.
    """

    def __init__(self, seed: int, loss_percent: int = 0, *, newcomer: bool = False) -> None:
        self._seed = seed
        self._loss = loss_percent / 100
        self._cast = with_guest(
            valley(STORY_S, SeededEntropy(f"cast {seed}"), ROUND_S), ROLE, newcomer=newcomer
        )
        self._children = Children(PATIENCE_S)
        self._control, self._its_end = socket.socketpair()
        self._signals = interruptible()
        self._received = b""
        self._home: Path | None = None
        self._failure: tuple[int, str] | None = None

    def __enter__(self) -> Self:
        self._signals.__enter__()
        parent = os.getpid()
        with self._its_end as its_end:
            self._children.fork(
                "the village",
                Path(os.devnull),
                lambda: _play(self._cast, self._seed, self._loss, its_end, parent),
                keep=[its_end.fileno()],
                farewell=signal.SIGTERM,
            )
        self._control.setblocking(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with undisturbed():
            self._children.end()
            # Who leaves at once has not heard yet where it is.
            self._hear()
            self._control.close()
            if self._home is not None:
                # It is gone already, unless somebody killed the village.
                shutil.rmtree(self._home.parent, ignore_errors=True)
        self._signals.__exit__(kind, error, trace)

    @property
    def guest(self) -> Person:
        """Whom the person at the keyboard plays."""
        return self._cast.people[GUEST]

    def home(self) -> Path:
        """The guest's data folder, as soon as the node in it answers.

        Why the village does not start is raised as its own UserError.
        """
        deadline = time.monotonic() + OPENING_S
        while time.monotonic() < deadline:
            self.check()
            if self._home is not None and (door := address.dial(str(self._home))) is not None:
                door.close()
                return self._home
            time.sleep(LOOK_S)
        raise NodeUnreachable(f"The guest's node has not answered for {OPENING_S:.0f} seconds.")

    def check(self) -> None:
        """Raise why the village has ended, if it has. While it runs it starts the guest's node by itself."""
        ended = self._hear()
        if self._failure is not None:
            raise by_code(*self._failure)
        if ended:
            raise SimulationError(ENDED)

    def _hear(self) -> bool:
        """Take what the village has told; whether it tells no more."""
        ended = False
        try:
            while data := self._control.recv(65_536):
                self._received += data
            ended = True
        except BlockingIOError:
            pass
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "home" in told:
                self._home = Path(told["home"])
            else:
                self._failure = (told["code"], told["say"])
        return ended


def _play(cast: Cast, seed: int, loss: float, control: socket.socket, parent: int) -> None:
    """The village's process, from beginning to end; it tells `control` its folder, and why it failed."""

    def tell(**told: object) -> None:
        control.sendall(json.dumps(told).encode() + b"\n")

    # Not SIGKILL: when the screen is killed, the village tidies up.
    die_with(parent, signal.SIGTERM)
    started_us = microseconds()
    try:
        with interruptible(), Village(cast, started_us) as village:
            tell(home=str(village.homes[GUEST]))
            try:
                _play_in(village, cast, seed, loss, started_us)
            except UserError as error:
                # Before the tidying up: the guest's node ends in it, and he asks why.
                tell(code=error.exit_code, say=str(error))
    except KeyboardInterrupt:
        pass
    except Exception:
        tell(code=SimulationError.exit_code, say=f"The village fell over:\n{traceback.format_exc()}")
        raise


def _play_in(village: Village, cast: Cast, seed: int, loss: float, started_us: int) -> None:
    ground = Ground([person.walk for person in cast.people], PATH_LOSS)
    story = Story(cast.people, ground, ESPNOW.budget, started_us)
    village.switch_on(Air(ESPNOW, ground, SeededEntropy(f"air {seed}"), extra_loss=loss))
    entropy = SeededEntropy(f"stage {seed}")
    stage = Stage(cast, story, village.homes, entropy, started_us, lambda _: None)
    asyncio.run(_live(village, cast, stage))


async def _live(village: Village, cast: Cast, stage: Stage) -> None:
    village.plug_cables()
    try:
        # His screen is being loaded meanwhile; all at once would be slower for everybody.
        village.start_node(GUEST)
        await _is_up(village)
        for number in range(len(village.homes)):
            if number != GUEST:
                village.start_node(number)
        await stage.play(math.inf, village.check, *company(cast, village.homes))
    finally:
        village.pull_cables()


async def _is_up(village: Village) -> None:
    client = asyncio.create_task(connected(village.homes[GUEST]))
    while not client.done():
        village.check()
        await asyncio.wait([client], timeout=LOOK_S)
    await client.result().close()
