"""S1 for our mesh and two others, on the same air and seeds. `python -m tests.benchmarks.mesh` writes JSON.

With words behind it only the rows that contain one of them are measured, such as "100 nodes, post, ours".

The managed flood has the frames of its model (56 and 18 bytes), plain flooding those of ours (122 and 14),
unsealed. Ours is sealed, signed, and counts its own background traffic.
"""

import json
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from handheld.sim import run as simulation
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
from handheld.sim.scenario import DM, POST, Scenario, change
from tests.support.other_meshes import Kind, play

SEEDS = (44, 1, 2)
SCENARIO = Path(simulation.__file__).parent / "scenarios" / "s1-100.toml"
RESULTS = Path(__file__).parent / "results" / "mesh.json"

MESHES: dict[str, Callable[[Scenario], dict[str, Any]]] = {
    "ours": lambda scenario: run(scenario, Options()),
    "ours, ttl 7": lambda scenario: run(scenario, Options(start_ttl=7)),
    "managed flood, hop limit 3": lambda scenario: play(scenario, Kind(True, 3, 16, 18)),
    "managed flood, hop limit 7": lambda scenario: play(scenario, Kind(True, 7, 16, 18)),
    "plain flooding, hop limit 7": lambda scenario: play(scenario, Kind(False, 7, 82, 14)),
}


def scenario(nodes: int, seed: int, kind: str) -> Scenario:
    """S1 with so many nodes, and one kind of message."""
    base = parse(SCENARIO.read_text(encoding="utf-8"))
    return change(base, seed=seed, duration_s=None, nodes=nodes, posts=kind == POST)


def means(answers: list[dict[str, Any]], kind: str) -> dict[str, float]:
    """What counts, as the mean over the seeds; of what was written after half an hour, too."""
    pick: dict[str, Callable[[dict[str, Any]], float]] = {
        "delivered_live": lambda one: one["traffic"][kind]["delivered_live_ratio"],
        "live_of_reachable_within_ttl": lambda one: (
            one["traffic"][kind]["delivered_live"] / one["reachable_within_ttl"][kind]
        ),
        "transmissions": lambda one: one["transmissions_per_message"][kind],
        "transmissions_settled": lambda one: one["settled"]["transmissions_per_message"][kind],
        "airtime_s": lambda one: one["airtime_s_per_message"][kind],
        "airtime_s_settled": lambda one: one["settled"]["airtime_s_per_message"][kind],
        "collided_share": lambda one: one["air"]["collided_share"],
        "duty_cycle_violations": lambda one: one["air"]["duty_cycle_violations"],
    }
    return {name: round(sum(map(get, answers)) / len(answers), 4) for name, get in pick.items()}


def table() -> Iterator[tuple[str, str, str]]:
    """30 nodes, private messages: live deliveries, transmissions and airtime per message."""
    for name, mesh in MESHES.items():
        found = means([mesh(scenario(30, seed, DM)) for seed in SEEDS], DM)
        live, sent, air_s = found["delivered_live"], found["transmissions"], found["airtime_s"]
        yield name, f"{live:.1%} live, {sent:.1f} frames, {air_s:.1f} s", ""


def main() -> None:
    """Everything, which takes a while: 30 and 100 nodes, private messages and posts."""
    for nodes, kind, (name, mesh) in product((30, 100), (DM, POST), MESHES.items()):
        row = f"{nodes} nodes, {kind}, {name}"
        if sys.argv[1:] and not any(word in row for word in sys.argv[1:]):
            continue
        answers = [mesh(scenario(nodes, seed, kind)) for seed in SEEDS]
        found = {**json.loads(RESULTS.read_text(encoding="utf-8")), row: means(answers, kind)}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{row} {found[row]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
