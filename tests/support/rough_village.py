"""A village that has a hard time: half of it away, lost frames, dead processes, old backups, wrong clocks.

Time is cut into phases of two hours. In each, another part of the nodes is away and the others are divided
anew. From links that are good enough is computed who was ever connected to a carrier of a message: he has to
have it in the end, once, and nothing may be gone.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from handheld.sim.lora import Lora
from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message, number_of
from handheld.sim.run import Options, Village
from handheld.sim.scenario import (
    DM,
    HANDHELD,
    LORA,
    POST,
    AirPlan,
    FaultPlan,
    NodePlan,
    PlacePlan,
    Scenario,
    TrafficPlan,
)

PHASE_S = 7200
QUIET_PHASES = 1
"""At the end nobody writes any more, so that what is on its way arrives."""

ENOUGH_S = 2700
"""What was written later in a phase is owed to nobody of this phase yet."""

GOOD_CDB = 800
"""A link counts as one when it has so many centi-dB to spare: a frame in three is lost besides."""

YEAR_S = 365 * 86_400
CLOCKS = (-1_800_000_000, 50 * YEAR_S, -3 * 86_400)
"""1970, in fifty years, and back by some days."""


@dataclass(frozen=True)
class Plan:
    """One run: `away` and `groups` for each phase, by number."""

    scenario: Scenario
    away: tuple[frozenset[int], ...]
    groups: tuple[tuple[frozenset[int], ...], ...]


@dataclass
class Outcome:
    """What came of it; `missing` are (message, reader) that should have met."""

    trace: str
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[tuple[int, int]] = field(default_factory=list)


def plan(seed: int, nodes: int, days: int) -> Plan:
    """Everything that will happen, drawn from the seed."""
    chance = Random(f"rough/{seed}")
    phases = days * 86_400 // PHASE_S
    names = [f"n{number}" for number in range(nodes)]
    away = [frozenset(chance.sample(range(nodes), chance.randrange(nodes // 3 + 1))) for _ in range(phases)]
    away[-1] = frozenset()
    groups = [_divided(chance, nodes) for _ in range(phases)]
    groups[-1] = (frozenset(range(nodes)),)
    faults = [*_partings(groups, names), *_mishaps(chance, names, phases, away)]
    traffic = tuple(
        TrafficPlan(kind, (name,), to, 0.0, tuple(_times(chance, phases, each)), 40)
        for kind, to, each in ((DM, "random", 6), (POST, "all", 3))
        for name in names
    )
    scenario = Scenario(
        name=f"rough {seed}",
        seed=seed,
        duration_s=float(phases * PHASE_S),
        air=_air(),
        place=PlacePlan("random", 3000.0, 3000.0),
        nodes=tuple(
            NodePlan(name, HANDHELD, on_s=tuple(_hours(number, away))) for number, name in enumerate(names)
        ),
        traffic=traffic,
        faults=tuple(sorted(faults, key=lambda fault: fault.at_s)),
    )
    return Plan(scenario, tuple(away), tuple(groups))


def _air() -> AirPlan:
    lora = Lora(9, 250_000, 5, 16, 14)
    return AirPlan(LORA, lora, 869_525_000, "3gpp-suburban", 0.0, 0.0, 0.0, 3.0, 0.3, None)


def _divided(chance: Random, nodes: int) -> tuple[frozenset[int], ...]:
    parts = chance.choice((1, 1, 2, 3))
    groups: list[set[int]] = [set() for _ in range(parts)]
    for number in range(nodes):
        groups[chance.randrange(parts)].add(number)
    return tuple(frozenset(group) for group in groups if group)


def _partings(groups: Sequence[Sequence[frozenset[int]]], names: Sequence[str]) -> Iterator[FaultPlan]:
    for phase, parts in enumerate(groups):
        named = tuple(tuple(names[number] for number in sorted(part)) for part in parts)
        yield FaultPlan("partition", float(phase * PHASE_S), groups=named)


def _mishaps(
    chance: Random, names: Sequence[str], phases: int, away: Sequence[frozenset[int]]
) -> Iterator[FaultPlan]:
    for phase in range(1, phases - 1):
        here = sorted(set(range(len(names))) - away[phase])
        start = phase * PHASE_S
        yield FaultPlan("kill", start + chance.uniform(0, PHASE_S), nodes=(names[chance.choice(here)],))
        jumps = (names[chance.choice(here)],)
        yield FaultPlan(
            "clock", start + chance.uniform(0, PHASE_S), nodes=jumps, jump_s=chance.choice(CLOCKS)
        )
        if phase % 6 == 3:
            # At the beginning of a phase, from a backup of the one before or longer ago.
            back = chance.uniform(PHASE_S / 2, min(start, 3 * PHASE_S))
            yield FaultPlan("restore", start + 60.0, nodes=(names[chance.choice(here)],), back_s=back)


def _times(chance: Random, phases: int, each: int) -> list[float]:
    end = (phases - QUIET_PHASES) * PHASE_S
    return sorted(chance.uniform(60, end) for _ in range(each * phases // 12))


def _hours(number: int, away: Sequence[frozenset[int]]) -> Iterator[tuple[float, float]]:
    start: int | None = None
    for phase, gone in enumerate(away):
        if number not in gone and start is None:
            start = phase * PHASE_S
        elif number in gone and start is not None:
            yield float(start), float(phase * PHASE_S)
            start = None
    if start is not None:
        yield float(start), float(len(away) * PHASE_S)


def play(seed: int, nodes: int, days: int) -> Outcome:
    """Run it, and compare what everybody has with what he is owed."""
    made = plan(seed, nodes, days)
    village = Village(made.scenario, Options(fast=True))
    village.play()
    outcome = Outcome(village.trace.digest)
    ledger = village.ledger
    owed = {(one.number, reader) for one in ledger.messages for reader in _owed(made, village, one)}
    outcome.missing = sorted(owed - set(ledger.delivered))
    outcome.counts.update(
        messages=len(ledger.messages),
        owed=len(owed),
        delivered=len(ledger.delivered),
        lost=len(outcome.missing),
        wrong=ledger.twice + _gone(made, village),
    )
    return outcome


def _owed(made: Plan, village: Village, message: Message) -> set[int]:
    """The readers who were ever connected to a carrier of this message, all that is in doubt left out."""
    restores = [fault for fault in made.scenario.faults if fault.kind == "restore"]
    numbers = {node.name: number for number, node in enumerate(made.scenario.nodes)}
    at_s = message.at_us / SECOND_US
    carriers, readers = {message.sender}, set(message.readers)
    first = int(at_s // PHASE_S)
    for phase in range(first, len(made.away)):
        for fault in restores:
            number = numbers[fault.nodes[0]]
            if int(fault.at_s // PHASE_S) != phase or fault.at_s <= at_s:
                continue
            if number == message.sender and fault.at_s - fault.back_s <= at_s + ENOUGH_S:
                return set()  # its writer does not know it any more
            if message.kind == DM and number in readers:
                return set()  # sealed to keys that are gone: whether he gets it hangs on much
            carriers.discard(number)
        if phase > first or at_s - phase * PHASE_S < PHASE_S - ENOUGH_S:
            carriers = _spread(made, village, phase, carriers)
    return readers & carriers


def _spread(made: Plan, village: Village, phase: int, carriers: set[int]) -> set[int]:
    here = set(range(len(made.scenario.nodes))) - made.away[phase]
    group = {number: place for place, part in enumerate(made.groups[phase]) for number in part}
    reached = set(carriers)
    frontier = reached & here
    budget = village.channel.budget - GOOD_CDB
    while frontier:
        following: set[int] = set()
        for number in frontier:
            for other in village.ground.near(number, 0, budget):
                both = number in village.ground.near(other, 0, budget)
                if both and other in here and group[other] == group[number] and other not in reached:
                    following.add(other)
        reached |= following
        frontier = following
    return reached


def _gone(made: Plan, village: Village) -> int:
    """Posts that somebody had and has no more, though nothing here is old enough to go."""
    restored = {name for fault in made.scenario.faults if fault.kind == "restore" for name in fault.nodes}
    gone = 0
    for number, host in village.inhabitants.hosts.items():
        if made.scenario.nodes[number].name in restored:
            continue
        held = {number_of(text) for text in host.texts()}
        had = {message for message, reader in village.ledger.delivered if reader == number}
        gone += len(had - held)
    return gone
