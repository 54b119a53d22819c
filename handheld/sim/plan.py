"""Who writes what when: every message of a run, drawn from the seed before it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from handheld.sim.place import SECOND_US
from handheld.sim.scenario import ALL, FILE, RANDOM, Scenario, TrafficPlan

HEAD = 8
"""Bytes that name a file at its beginning."""

_FILL = "and this is said to fill the place that is left in it "


@dataclass(frozen=True)
class Message:
    """One message; `readers` are all who should get it, by number. `text` begins with its number.

    `to_one`: nobody else may read it. `size`: bytes of a file that begins with `text`; 0: it is no file.
    """

    number: int
    kind: str
    sender: int
    readers: tuple[int, ...]
    at_us: int
    text: str
    to_one: bool = False
    size: int = 0


def messages(scenario: Scenario) -> list[Message]:
    """All messages in order of time."""
    drafts = []
    for place, traffic in enumerate(scenario.traffic):
        for name in traffic.senders:
            # A stream for each: one sender more does not change what the others do.
            chance = Random(f"{scenario.seed}/traffic/{place}/{name}")  # noqa: S311
            drafts += _of_one(scenario, traffic, name, chance)
    drafts.sort(key=lambda draft: draft[0])
    return [
        _message(number, traffic, sender, readers, at_us)
        for number, (at_us, traffic, sender, readers) in enumerate(drafts)
    ]


def _message(number: int, traffic: TrafficPlan, sender: int, readers: tuple[int, ...], at_us: int) -> Message:
    if traffic.kind == FILE:
        text, size = _text(number, HEAD), traffic.bytes
    else:
        text, size = _text(number, traffic.bytes), 0
    return Message(number, traffic.kind, sender, readers, at_us, text, traffic.to != ALL, size)


def _of_one(
    scenario: Scenario, traffic: TrafficPlan, name: str, chance: Random
) -> list[tuple[int, TrafficPlan, int, tuple[int, ...]]]:
    numbers = {node.name: number for number, node in enumerate(scenario.nodes)}
    sender = numbers[name]
    others = [numbers[node.name] for node in scenario.nodes if node.writes and node.name != name]
    drafts = []
    for at_us in _times(traffic, scenario.duration_s, chance):
        readers = tuple(others)
        if traffic.to != ALL:
            to = others[int(chance.random() * len(others))] if traffic.to == RANDOM else numbers[traffic.to]
            readers = (to,)
        drafts.append((at_us, traffic, sender, readers))
    return drafts


def _times(traffic: TrafficPlan, duration_s: float, chance: Random) -> Sequence[int]:
    end_us = round(duration_s * SECOND_US)
    if traffic.at_s:
        return [at_us for second in traffic.at_s if (at_us := round(second * SECOND_US)) < end_us]
    times: list[int] = []
    at_us = 0
    while True:
        at_us += round(chance.expovariate(1 / traffic.every_s) * SECOND_US)
        if at_us >= end_us:
            return times
        times.append(at_us)


def _text(number: int, size: int) -> str:
    mark = f"#{number:x} "
    return (mark + _FILL * (size // len(_FILL) + 1))[:size].rstrip().ljust(size, ".")


def number_of(text: bytes) -> int | None:
    """The number of the message with this text; None if it is none of the plan's."""
    mark = text.partition(b" ")[0]
    return int(mark[1:], 16) if mark.startswith(b"#") else None
