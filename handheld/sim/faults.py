"""What goes wrong in a village, and is mended: carried out when its time has come."""

from collections.abc import Callable, Iterator
from functools import partial

from handheld.clock import SeededEntropy
from handheld.sim import junk
from handheld.sim.place import SECOND_US, Ground
from handheld.sim.scenario import FaultPlan, Scenario
from handheld.sim.tally import Tally
from handheld.sim.world import World


class Faults:
    """The faults of a scenario, and its nodes' hours.

    `changed`: others may reach each other now; `restored`: this node's host has only what its backup had.
    """

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        ground: Ground,
        tally: Tally,
        changed: Callable[[], None],
        restored: Callable[[int], None],
    ) -> None:
        self._scenario = scenario
        self._world = world
        self._ground = ground
        self._tally = tally
        self._changed = changed
        self._restored = restored
        self._numbers = {node.name: number for number, node in enumerate(scenario.nodes)}
        self._by_kind: dict[str, Callable[[FaultPlan], None]] = {
            "off": partial(self._power, on=False),
            "on": partial(self._power, on=True),
            "kill": self._kill,
            "restore": self._restore,
            "clock": self._clock,
            "partition": self._partition,
            "heal": self._heal,
            "jam": self._jam,
            "junk": self._junk,
        }
        for number, node in enumerate(scenario.nodes):
            self._keep_hours(number, node.on_s)
        for fault in scenario.faults:
            if fault.kind == "restore":
                world.at(round((fault.at_s - fault.back_s) * SECOND_US), partial(self._back_up, fault))
            world.at(round(fault.at_s * SECOND_US), partial(self._by_kind[fault.kind], fault))

    def _keep_hours(self, number: int, windows: tuple[tuple[float, float], ...]) -> None:
        if windows and windows[0][0] > 0:
            self._world.power(number, on=False)
        for start, end in windows:
            self._world.at(round(start * SECOND_US), partial(self._switch, number, on=True))
            self._world.at(round(end * SECOND_US), partial(self._switch, number, on=False))

    def _switch(self, number: int, *, on: bool) -> None:
        self._world.power(number, on=on)
        self._changed()

    def _power(self, fault: FaultPlan, *, on: bool) -> None:
        for name in fault.nodes:
            self._world.power(self._numbers[name], on=on)
        self._changed()

    def _kill(self, fault: FaultPlan) -> None:
        for name in fault.nodes:
            self._world.kill(self._numbers[name])

    def _back_up(self, fault: FaultPlan) -> None:
        for name in fault.nodes:
            self._world.back_up(self._numbers[name])

    def _restore(self, fault: FaultPlan) -> None:
        for name in fault.nodes:
            number = self._numbers[name]
            chance = SeededEntropy(f"{self._scenario.seed}/restore/{number}/{fault.at_s}")
            self._world.restore(number, chance)
            self._restored(number)

    def _clock(self, fault: FaultPlan) -> None:
        for name in fault.nodes:
            self._world.jump(self._numbers[name], fault.jump_s)

    def _partition(self, fault: FaultPlan) -> None:
        parts = [0] * len(self._numbers)  # whoever is named in no group is in one with his like
        for place, group in enumerate(fault.groups, 1):
            for name in group:
                parts[self._numbers[name]] = place
        self._ground.part(parts)
        self._changed()

    def _heal(self, _fault: FaultPlan) -> None:
        self._ground.part([0] * len(self._numbers))
        self._changed()

    def _jam(self, fault: FaultPlan) -> None:
        self._world.jam(fault.area, self._world.now_us + round(fault.seconds * SECOND_US))

    def _junk(self, fault: FaultPlan) -> None:
        until_us = self._world.now_us + round(fault.seconds * SECOND_US)
        for name in fault.nodes:
            frames = junk.stream(f"{self._scenario.seed}/junk/{name}", fault.identities)
            self._spill(self._numbers[name], frames, round(SECOND_US / fault.frames_per_s), until_us)

    def _spill(self, number: int, frames: Iterator[tuple[int, bytes]], gap_us: int, until_us: int) -> None:
        """One frame now and the next a gap later. Nobody is really called by a number beyond the nodes'."""
        if self._world.now_us >= until_us:
            return
        if self._world.on[number]:
            alias, frame = next(frames)
            self._tally.outlaw(number, frame)
            self._world.inject(number, frame, len(self._numbers) + alias)
        later = partial(self._spill, number, frames, gap_us, until_us)
        self._world.at(self._world.now_us + gap_us, later)
