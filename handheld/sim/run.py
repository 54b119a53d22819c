"""Plays a scenario from its first second to its last, and makes the answer."""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from random import Random
from time import monotonic
from typing import Any, TextIO

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_profile
from handheld.errors import SimulationError, UsageError
from handheld.node.node import Node, Saved
from handheld.sim import layout, plan
from handheld.sim.air import Air
from handheld.sim.fast import ESPNOW_TALK, FastRadio, FastStation, lora_talk
from handheld.sim.host import Host
from handheld.sim.ledger import Ledger
from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message
from handheld.sim.scenario import DM, LORA, POST, Scenario
from handheld.sim.station import Station
from handheld.sim.tally import PPM, Tally, duty_ppm, seconds
from handheld.sim.virtual import Fleet, Make
from handheld.sim.wired import WiredStation, mac
from handheld.sim.world import Trace, World
from handheld.wire.air import first_byte
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind

SETTLED_S = 1_800
"""The first half hour is the cold start; from then on is counted once more."""

HOPS_DEFAULT = 8
"""Transmissions that a public frame, and in the mean a private one, may make in a row."""

EVERYBODY_MAX = 200
"""Up to so many nodes all hold everybody's profile; beyond, each holds those he will need."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Options:
    """How to play it. `fast`: the radio's rules under CPython, instead of its firmware under MicroPython.

    `start_ttl`: instead of the product's own, of fast radios; `trace`: a file for all that happens.
    """

    fast: bool = True
    start_ttl: int | None = None
    trace: TextIO | None = None
    progress: Progress | None = None


class Village:
    """Everything of one run. `fleet`: where its radios run, unless they are fast ones."""

    def __init__(self, scenario: Scenario, options: Options, fleet: Fleet | None = None) -> None:
        self._scenario = scenario
        self._fleet = fleet
        self._options = options
        self.messages = plan.messages(scenario)
        self.ledger = Ledger(self.messages)
        self.ground = layout.ground(scenario)
        self.channel = layout.channel(scenario.air)
        self.air = Air(
            self.channel,
            self.ground,
            SeededEntropy(f"{scenario.seed}/air"),
            extra_loss=scenario.air.extra_loss,
        )
        lora = scenario.air.model == LORA
        self.tally = Tally(len(scenario.nodes), duty_ppm(scenario.air.frequency_hz) if lora else PPM)
        self.settled = (Counter[str](), Counter[str]())
        self._trace = Trace(options.trace)
        self._talk = lora_talk(scenario.air.lora.cad_us) if lora else ESPNOW_TALK
        self._identities = [
            Identity.create(SeededEntropy(f"{scenario.seed}/identity/{number}"))
            for number in range(len(scenario.nodes))
        ]
        self._profiles = [self._profile(number) for number in range(len(scenario.nodes))]
        stations = [self._station(number) for number in range(len(scenario.nodes))]
        self.world = World(self.air, stations, self._trace, self.tally.began)
        for message in self.messages:
            self.world.at(message.at_us, partial(self._write, message))

    def play(self) -> None:
        """From the first second to the last."""
        end_us = round(self._scenario.duration_s * SECOND_US)
        self.world.at(SETTLED_S * SECOND_US, self._settle)
        for part in range(1, 101):
            self.world.run(end_us * part // 100)
            if self._options.progress:
                self._options.progress(part / 100)

    @property
    def trace_hash(self) -> str:
        """The digest of all that happened."""
        return self._trace.digest

    def _settle(self) -> None:
        self.settled = (self.tally.frames.copy(), self.tally.airtime_us.copy())

    def _write(self, message: Message) -> None:
        reader = self._identities[message.readers[0]].key if message.kind == DM else None
        self._trace.line(f"wrote {self.world.now_us} {message.number}")
        self.world.write(message.sender, reader, message.text)

    def _station(self, number: int) -> Station:
        make_host = partial(self._host, number) if self._scenario.nodes[number].writes else None
        chance = f"{self._scenario.seed}/radio/{number}"
        if self._fleet is None:
            radio = FastRadio(self.channel, self._talk, Random(chance), self._options.start_ttl)  # noqa: S311
            return FastStation(radio, make_host)
        name = f"the radio of {self._scenario.nodes[number].name}"
        wired = self._fleet.switch_on(Make(name, mac(number), chance))
        return WiredStation(wired, SeededEntropy(f"{self._scenario.seed}/cable/{number}"), make_host)

    def _host(self, number: int, transmit: Callable[[int, bytes], None]) -> Host:
        return Host(partial(self._node, number), transmit, partial(self._kept, number), self._acked)

    def _node(self, number: int, saved: Saved) -> Node:
        known = self._acquaintances(number)
        entropy = SeededEntropy(f"{self._scenario.seed}/node/{number}")
        given = Saved(
            profiles=[self._profiles[other] for other in known],
            boards=saved.boards,
            known_to=[self._identities[other].key for other in known],
        )
        return Node(self._identities[number], self._scenario.nodes[number].name, entropy, given)

    def _acquaintances(self, number: int) -> list[int]:
        if len(self._scenario.nodes) <= EVERYBODY_MAX:
            return [other for other in range(len(self._scenario.nodes)) if other != number]
        needed = {one.sender for one in self.messages if number in one.readers}
        needed |= {one.readers[0] for one in self.messages if one.sender == number and one.kind == DM}
        return sorted(needed)

    def _profile(self, number: int) -> bytes:
        name = self._scenario.nodes[number].name.encode()[:24]
        return bytes([first_byte(AirKind.PROFILE)]) + encode(sign_profile(self._identities[number], 0, name))

    def _kept(self, number: int, text: bytes) -> None:
        message = self.ledger.kept(number, text, self.world.now_us)
        self._trace.line(f"delivered {self.world.now_us} {number} {message}")

    def _acked(self, text: bytes) -> None:
        self._trace.line(f"acked {self.world.now_us} {self.ledger.answered(text, self.world.now_us)}")


def run(scenario: Scenario, options: Options) -> dict[str, Any]:
    """Play it; the answer as SCENARIOS describes it."""
    started = monotonic()
    with nullcontext() if options.fast else _fleet(scenario, options) as fleet:
        village = Village(scenario, options, fleet)
        village.play()
    return _answer(scenario, village, options, monotonic() - started)


def _fleet(scenario: Scenario, options: Options) -> Fleet:
    if scenario.air.model == LORA:
        raise SimulationError("LoRa radios do not run under MicroPython here. Add --fast.")
    if options.start_ttl is not None:
        raise UsageError("Another ttl is for fast radios only. Add --fast.")
    return Fleet()


def _answer(scenario: Scenario, village: Village, options: Options, wall_s: float) -> dict[str, Any]:
    kinds = [kind for kind in (DM, POST) if any(one.kind == kind for one in village.messages)]
    tally, settled_us = village.tally, SETTLED_S * SECOND_US
    ttl = options.start_ttl or HOPS_DEFAULT
    budget = village.channel.budget
    hops = [village.ground.reach(number, 0, budget) for number in range(len(village.ground))]
    counts = {kind: sum(one.kind == kind for one in village.messages) for kind in kinds}
    settled = {
        kind: sum(one.kind == kind and one.at_us >= settled_us for one in village.messages) for kind in kinds
    }
    return {
        "name": scenario.name,
        "seed": scenario.seed,
        "nodes": len(scenario.nodes),
        "duration_s": scenario.duration_s,
        "start_ttl": options.start_ttl or "default",
        "trace_hash": village.trace_hash,
        "wall_s": round(wall_s, 3),
        "traffic": {kind: village.ledger.summary(kind) for kind in kinds},
        "air": tally.summary(village.world.now_us, village.air.counts),
        "airtime_s_per_message": {
            kind: seconds(round(tally.per_message(kind, counts[kind], tally.airtime_us))) for kind in kinds
        },
        "transmissions_per_message": {
            kind: tally.per_message(kind, counts[kind], tally.frames) for kind in kinds
        },
        "reachable": {kind: _reachable(village, kind, hops, len(hops)) for kind in kinds},
        "reachable_within_ttl": {kind: _reachable(village, kind, hops, ttl) for kind in kinds},
        "settled": {
            "after_s": SETTLED_S,
            "traffic": {kind: village.ledger.summary(kind, settled_us) for kind in kinds},
            "airtime_s_per_message": {
                kind: seconds(
                    round(tally.per_message(kind, settled[kind], tally.airtime_us - village.settled[1]))
                )
                for kind in kinds
            },
            "transmissions_per_message": {
                kind: tally.per_message(kind, settled[kind], tally.frames - village.settled[0])
                for kind in kinds
            },
        },
    }


def _reachable(village: Village, kind: str, hops: list[dict[int, int]], most: int) -> int:
    return sum(
        hops[one.sender].get(reader, most + 1) <= most
        for one in village.messages
        if one.kind == kind
        for reader in one.readers
    )
