"""The answer to a scenario: one object of plain figures, in the keys that SCENARIOS fixes, and some more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handheld.sim.ledger import Ledger
from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message
from handheld.sim.reach import Reach
from handheld.sim.scenario import DM, FILE, POST, Scenario
from handheld.sim.tally import Tally, seconds

SETTLED_S = 1_800
"""The first half hour is the cold start; what comes after it is counted once more."""


@dataclass(frozen=True)
class Before:
    """What had been counted when the village was settled."""

    frames: Counter[str]
    airtime_us: Counter[str]


def answer(
    scenario: Scenario, ledger: Ledger, tally: Tally, reach: Reach, before: Before, ttl: int
) -> dict[str, Any]:
    """What came of it; the caller adds what he alone knows."""
    kinds = [kind for kind in (DM, POST, FILE) if any(one.kind == kind for one in ledger.messages)]
    late = [one for one in ledger.messages if one.at_us >= SETTLED_S * SECOND_US]
    could = {one.number: _reachable(reach, one, ttl) for one in ledger.messages}
    return {
        "name": scenario.name,
        "seed": scenario.seed,
        "nodes": len(scenario.nodes),
        "duration_s": scenario.duration_s,
        "traffic": {kind: ledger.summary(kind) for kind in kinds},
        **_costs(kinds, ledger.messages, tally, tally.frames, tally.airtime_us),
        "reachable": {kind: _sum(could, ledger.messages, kind, 0) for kind in kinds},
        "reachable_within_ttl": {kind: _sum(could, ledger.messages, kind, 1) for kind in kinds},
        "in_sync_at_end": ledger.complete(POST),
        "settled": {
            "after_s": SETTLED_S,
            "traffic": {kind: ledger.summary(kind, SETTLED_S * SECOND_US) for kind in kinds},
            **_costs(kinds, late, tally, tally.frames - before.frames, tally.airtime_us - before.airtime_us),
        },
    }


def _costs(
    kinds: Sequence[str],
    messages: Sequence[Message],
    tally: Tally,
    frames: Counter[str],
    airtime_us: Counter[str],
) -> dict[str, dict[str, float]]:
    counts = Counter(one.kind for one in messages)
    return {
        "airtime_s_per_message": {
            kind: seconds(round(tally.per_message(kind, counts[kind], airtime_us))) for kind in kinds
        },
        "transmissions_per_message": {kind: tally.per_message(kind, counts[kind], frames) for kind in kinds},
    }


def _reachable(reach: Reach, message: Message, ttl: int) -> tuple[int, int]:
    """How many of its readers it could reach at all, and how many at once and within the ttl."""
    readers = sum(1 << reader for reader in message.readers)
    hops = reach.hops(message.sender, message.at_us)
    within = hops[min(ttl, len(hops) - 1)]
    ever = reach.ever(message.sender, message.at_us)
    return (ever & readers).bit_count(), (within & readers).bit_count()


def _sum(could: dict[int, tuple[int, int]], messages: Sequence[Message], kind: str, which: int) -> int:
    return sum(could[one.number][which] for one in messages if one.kind == kind)
