"""What became of each message: written, delivered, acknowledged, and how long it took."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handheld.sim.place import SECOND_US
from handheld.sim.plan import Message
from handheld.sim.scenario import DM

LIVE, REPAIR, CARRYING = "live", "repair", "carrying"
"""How a message comes: from its writer's flood or by way, from a neighbour who held it, or carried."""

LIVE_US = 60 * SECOND_US
"""Delivered within this time counts as live (SCENARIOS)."""


@dataclass
class Ledger:
    """All messages of a run. Readers and senders are numbers, times microseconds."""

    messages: list[Message]
    delivered: dict[tuple[int, int], int] = field(default_factory=dict)
    """By message and reader: when it was there."""
    acked: dict[int, int] = field(default_factory=dict)
    """By message: when its writer knew."""
    how: dict[tuple[int, int], str] = field(default_factory=dict)
    """The same: how it came."""
    twice: int = 0
    """How often a reader was shown what he had."""
    shown: set[tuple[int, int]] = field(default_factory=set)
    """Message and reader, of what each has just now."""

    def unwritten(self, message: Message) -> None:
        """Its writer was not there to write it: it never was."""
        self.messages.remove(message)

    def complete(self, kind: str) -> bool:
        """Whether everybody has everything of this kind."""
        chosen = [one for one in self.messages if one.kind == kind]
        return all((one.number, reader) in self.delivered for one in chosen for reader in one.readers)

    def kept(self, reader: int, number: int, now_us: int, how: str = LIVE) -> None:
        """A reader has a message that is new to him; `how` it came."""
        self.how.setdefault((number, reader), how)
        self.twice += (number, reader) in self.shown
        self.shown.add((number, reader))
        self.delivered.setdefault((number, reader), now_us)

    def lost(self, reader: int, left: Iterable[int | None]) -> None:
        """A reader has lost all but these, and may be shown the rest again."""
        kept = {(number, reader) for number in left if number is not None}
        self.shown = {pair for pair in self.shown if pair[1] != reader} | kept

    def answered(self, number: int, now_us: int) -> None:
        """A writer has the ack of his message."""
        self.acked.setdefault(number, now_us)

    def summary(self, kind: str, since_us: int = 0) -> dict[str, Any]:
        """The figures of one kind of message, written from `since_us` on."""
        chosen = [one for one in self.messages if one.kind == kind and one.at_us >= since_us]
        pairs = [(one, reader) for one in chosen for reader in one.readers]
        took = sorted(
            self.delivered[one.number, reader] - one.at_us
            for one, reader in pairs
            if (one.number, reader) in self.delivered
        )
        came = Counter(self.how.get((one.number, reader)) for one, reader in pairs)
        live = sum(time <= LIVE_US for time in took)
        figures: dict[str, Any] = {
            "messages": len(chosen),
            "sent": len(pairs),
            "delivered": len(took),
            "delivered_ratio": ratio(len(took), len(pairs)),
            "delivered_live": live,
            "delivered_live_ratio": ratio(live, len(pairs)),
            "delivered_late": len(took) - live,
            "delivered_by_repair": came[REPAIR],
            "delivered_by_carrying": came[CARRYING],
        }
        if kind == DM:
            figures["acked"] = sum(one.number in self.acked for one in chosen)
        figures["duplicates_shown"] = self.twice
        figures["latency_s"] = {"p50": _percentile(took, 50), "p95": _percentile(took, 95)}
        return figures


def ratio(part: float, whole: float) -> float:
    """To four places; 0 of nothing is 0."""
    return round(part / whole, 4) if whole else 0.0


def _percentile(values: Sequence[int], percent: int) -> float:
    """In seconds, by the nearest rank."""
    if not values:
        return 0.0
    return round(values[-(-len(values) * percent // 100) - 1] / SECOND_US, 3)
