"""A picture of a run: the map with its links, and messages over time. The only importer of matplotlib."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handheld.errors import SimulationError, UsageError
from handheld.sim.ledger import Ledger
from handheld.sim.place import SECOND_US, Ground
from handheld.sim.scenario import BOX, HANDHELD, REPEATER, Scenario

SUFFIXES = (".png", ".svg")

STRONG = 2_000
"""Centi-dB above the sensitivity from which a link is drawn with the thickest line."""

_MARKERS = {HANDHELD: "o", REPEATER: "^", BOX: "s"}
_MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True)
class Link:
    """One to draw: between whom, how far above the sensitivity the better direction is, both ways or one."""

    one: int
    other: int
    margin: int
    both: bool


def check(path: Path) -> None:
    """Before the run rather than after it: UsageError for another kind of file, SimulationError without
    matplotlib."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"A picture's name ends with {' or '.join(SUFFIXES)}.")
    try:
        import matplotlib.figure  # noqa: PLC0415, F401
    except ImportError:
        raise SimulationError("A picture needs matplotlib: pip install 'pocketmesh[plot]'.") from None


def links(ground: Ground, budget: int) -> list[Link]:
    """The links at the start of the run."""
    near = [ground.near(number, 0, budget) for number in range(len(ground))]
    found = []
    for one, losses in enumerate(near):
        for other, loss in losses.items():
            back = near[other].get(one)
            if one < other or back is None:
                best = loss if back is None else min(loss, back)
                found.append(Link(one, other, budget - best, back is not None))
    return found


def curves(ledger: Ledger) -> dict[str, list[tuple[float, int]]]:
    """What to draw over the minutes: (minute, how many until then) of all that is counted."""
    asked = [(one.at_us, len(one.readers)) for one in ledger.messages]
    times = {
        "written, for each reader": [at_us for at_us, readers in asked for _ in range(readers)],
        "delivered": list(ledger.delivered.values()),
        "acknowledged": list(ledger.acked.values()),
    }
    return {
        name: [(at_us / _MINUTE_US, count) for count, at_us in enumerate(sorted(all_us), 1)]
        for name, all_us in times.items()
        if all_us
    }


def draw(path: Path, scenario: Scenario, ground: Ground, budget: int, ledger: Ledger) -> None:
    """Write the picture; SimulationError when that cannot be."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra, and slow to load

    figure = Figure(figsize=(13, 6), layout="constrained")
    chart, time = figure.subplots(1, 2)
    figure.suptitle(f"{scenario.name}, seed {scenario.seed}")
    places = [_metres(ground, number, 0) for number in range(len(ground))]
    for link in links(ground, budget):
        xs, ys = zip(places[link.one], places[link.other], strict=True)
        weight = 0.2 + 1.8 * min(1.0, link.margin / STRONG)
        chart.plot(xs, ys, color="0.6", linewidth=weight, linestyle="-" if link.both else ":", zorder=1)
    _draw_ways(chart, scenario, ground)
    for node, place in zip(scenario.nodes, places, strict=True):
        chart.scatter(*place, marker=_MARKERS[node.role], color="tab:blue", zorder=2)
        chart.annotate(node.name, place, xytext=(4, 4), textcoords="offset points", fontsize=7)
    chart.set(xlabel="metres", ylabel="metres", aspect="equal", title="who hears whom at the start")
    for name, points in curves(ledger).items():
        time.step(*zip(*[(0.0, 0), *points], strict=True), where="post", label=name)
    time.set(xlabel="minutes", title="messages")
    time.legend()
    try:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except OSError as error:
        raise SimulationError(f"{path} cannot be written: {error.strerror}.") from None


def _draw_ways(chart: object, scenario: Scenario, ground: Ground) -> None:
    for number, node in enumerate(scenario.nodes):
        if len(node.walk) > 1:
            points = [_metres(ground, number, round(second * SECOND_US)) for second, _, _ in node.walk]
            chart.plot(*zip(*points, strict=True), color="tab:orange", linewidth=1)  # type: ignore[attr-defined]


def _metres(ground: Ground, number: int, now_us: int) -> Sequence[float]:
    x, y = ground.place(number, now_us)
    return x / 1000, y / 1000
