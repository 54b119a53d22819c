"""Plays a scenario from its first second to its last, and makes the answer."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, TextIO

from handheld.clock import SeededEntropy
from handheld.errors import UsageError
from handheld.sim import layout, plan, plot, reach
from handheld.sim.air import Air, Bursts
from handheld.sim.answer import SETTLED_S, Before, answer
from handheld.sim.fast import ESPNOW_TALK, FastRadio, FastStation, Law, lora_talk
from handheld.sim.faults import Faults
from handheld.sim.flash import duty_ppm, lora_files
from handheld.sim.inhabitants import Inhabitants
from handheld.sim.ledger import Ledger
from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message
from handheld.sim.reach import Reach
from handheld.sim.scenario import LORA, Scenario
from handheld.sim.station import Station, mac
from handheld.sim.tally import PPM, Tally
from handheld.sim.virtual import Fleet, Make
from handheld.sim.wired import WiredStation
from handheld.sim.world import Trace, World
from handheld.wire.constants import PUBLIC_START_TTL

LOOK_US = 10 * SECOND_US
"""How often is looked who could hear whom, where people walk."""

AGAIN_US = SECOND_US
"""Whose host is just starting writes this much later."""

STEPS = 100

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Options:
    """How to play it. `fast`: the radio's rules under CPython, instead of its firmware under MicroPython.

    `start_ttl`: of every flood of fast radios, instead of the product's own. `trace`: a file for all that
    happens. `progress` is told the share that is done. `plot`: where a picture of it goes.
    """

    fast: bool = True
    start_ttl: int | None = None
    trace: TextIO | None = None
    progress: Progress | None = None
    plot: Path | None = None


class Village:
    """Everything of one run. `fleet`: where its radios run, unless they are fast ones."""

    def __init__(self, scenario: Scenario, options: Options, fleet: Fleet | None = None) -> None:
        self._scenario = scenario
        self._fleet = fleet
        self._options = options
        messages = plan.messages(scenario)
        self.ledger = Ledger(messages)
        self.ground = layout.ground(scenario)
        self.channel = layout.channel(scenario.air)
        self.reach = Reach()
        lora = scenario.air.model == LORA
        self._limit_ppm = duty_ppm(scenario.air.lora, scenario.air.frequency_hz) if lora else PPM
        self.tally = Tally(len(scenario.nodes), self._limit_ppm)
        self.before = Before(self.tally.frames.copy(), self.tally.airtime_us.copy())
        self.air = self._make_air()
        self.trace = Trace(options.trace)
        self._talk = lora_talk(scenario.air.lora.cad_us) if lora else ESPNOW_TALK
        self.inhabitants = Inhabitants(scenario, messages)
        stations = [self.station(number) for number in range(len(scenario.nodes))]
        self.world = World(self.air, self.ground, stations, self.trace, self.tally.began)
        Faults(scenario, self.world, self.ground, self.tally, self._look, self._forgot)
        self._look()
        self.world.at(SETTLED_S * SECOND_US, self._settle)
        for message in messages:
            self.world.at(message.at_us, partial(self._write, message))
        if self.ground.moves:
            self.world.at(LOOK_US, self._look_again)

    def play(self) -> None:
        """From the first second to the last."""
        end_us = round(self._scenario.duration_s * SECOND_US)
        for step in range(1, STEPS + 1):
            self.world.run(end_us * step // STEPS)
            if self._options.progress:
                self._options.progress(step / STEPS)

    def answer(self) -> dict[str, Any]:
        """What came of it, as SCENARIOS describes it, but for how long it took."""
        ttl = self._options.start_ttl or PUBLIC_START_TTL
        return {
            **answer(self._scenario, self.ledger, self.tally, self.reach, self.before, ttl),
            "air": self.tally.summary(self.world.now_us, self.air.counts),
            "start_ttl": self._options.start_ttl or "default",
            "trace_hash": self.trace.digest,
        }

    def _make_air(self) -> Air:
        plan = self._scenario.air
        return Air(
            self.channel,
            self.ground,
            SeededEntropy(f"{self._scenario.seed}/air"),
            extra_loss=plan.extra_loss,
            bursts=Bursts(plan.burst) if plan.burst else None,
        )

    def station(self, number: int) -> Station:
        """What node `number` is; another mesh on the same air has others here."""
        seed, node = self._scenario.seed, self._scenario.nodes[number]
        host = partial(self.inhabitants.host, number, partial(self.kept, number), self.acked)
        make_host = host if node.writes else None
        chance = f"{seed}/radio/{number}"
        if self._fleet is None:
            law = Law(self._limit_ppm) if self._limit_ppm < PPM else None
            radio = partial(FastRadio, self.channel, self._talk, Random(chance), self._options.start_ttl, law)  # noqa: S311
            return FastStation(radio, make_host)
        air = self._scenario.air
        files = lora_files(air.lora, air.frequency_hz) if air.model == LORA else {}
        make = Make(f"the radio of {node.name}", mac(number), chance, files=files)
        wired = partial(self._fleet.switch_on, make)
        return WiredStation(wired, SeededEntropy(f"{seed}/cable/{number}"), make_host)

    def _settle(self) -> None:
        self.before = Before(self.tally.frames.copy(), self.tally.airtime_us.copy())

    def _look(self) -> None:
        now_us, budget = self.world.now_us, self.channel.budget
        near = [list(self.ground.near(number, now_us, budget)) for number in range(len(self.ground))]
        self.reach.look(now_us, reach.links(near, self.world.on))

    def _look_again(self) -> None:
        self._look()
        self.world.at(self.world.now_us + LOOK_US, self._look_again)

    def _write(self, message: Message) -> None:
        reader = self.inhabitants.key(message.readers[0]) if message.to_one else None
        if self.world.write(message.sender, reader, message.text, message.size):
            self.trace.line(f"wrote {self.world.now_us} {message.number}")
        elif self.world.on[message.sender]:
            self.world.at(self.world.now_us + AGAIN_US, partial(self._write, message))
        else:
            self.ledger.unwritten(message)

    def _forgot(self, number: int) -> None:
        left = map(plan.number_of, self.inhabitants.hosts[number].texts())
        self.ledger.lost(number, left)

    def kept(self, number: int, text: bytes, how: str) -> None:
        """A node has this message, which is new to it and came like this."""
        message = plan.number_of(text)
        if message is not None:  # junk is shown, too, and counts for nothing
            self.ledger.kept(number, message, self.world.now_us, how)
        self.trace.line(f"delivered {self.world.now_us} {number} {message}")

    def acked(self, text: bytes) -> None:
        """The writer of this message has its ack."""
        message = plan.number_of(text)
        if message is not None:
            self.ledger.answered(message, self.world.now_us)
        self.trace.line(f"acked {self.world.now_us} {message}")


def run(scenario: Scenario, options: Options) -> dict[str, Any]:
    """Play it; the answer as SCENARIOS describes it."""
    started = monotonic()
    with nullcontext() if options.fast else _fleet(options) as fleet:
        village = Village(scenario, options, fleet)
        village.play()
    if options.plot:
        plot.draw(options.plot, scenario, village.ground, village.channel.budget, village.ledger)
    return {**village.answer(), "wall_s": round(monotonic() - started, 3)}


def _fleet(options: Options) -> Fleet:
    if options.start_ttl is not None:
        raise UsageError("Another ttl is for fast radios only. Add --fast.")
    return Fleet()
