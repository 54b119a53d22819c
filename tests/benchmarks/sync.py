"""Repair among simulated nodes, real but for the air. `python -m tests.benchmarks.sync` writes JSON.

Means over three seeds. Times are of the village's clock; "control" are beacons, vectors and offers.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handheld.sim.air import Began
from handheld.sim.run import Village
from handheld.sync.holdings import Feeds
from handheld.wire.constants import AirKind
from tests.support import stocked
from tests.support.cell import Cell, key_of

RESULTS = Path(__file__).parent / "results" / "sync.json"
SEEDS = (44, 1, 2)
AIRS = ("SF9/250", "ESP-NOW")
HOUR = 3600
CONTROL = ("beacon", "vector", "offer")
COMES_S = 1800
FEEDS, POSTS, MISSING = 50, 20, 30


def in_sync(seed: int, nodes: int = 30, hours: int = 4) -> dict[str, float]:
    """A cell that holds the same: beacons an hour and their share of the air, after the first hour."""
    made = stocked.village("SF9/250", nodes, seed)
    for number in range(nodes):
        stocked.stock(made, number, [(author, seq, 5_000) for author in range(nodes) for seq in (1, 2)])
    stocked.run(made, HOUR)
    frames, airtime_us = made.tally.frames.copy(), made.tally.airtime_us.copy()
    stocked.run(made, (1 + hours) * HOUR)
    spent = made.tally.airtime_us - airtime_us
    return {
        "beacons_an_hour": (made.tally.frames - frames)["beacon"] / hours,
        "sync_airtime_percent": sum(spent[kind] for kind in CONTROL) / (hours * HOUR * 10_000),
        "all_airtime_percent": spent.total() / (hours * HOUR * 10_000),
    }


def posts_of(feeds: int = FEEDS, posts: int = POSTS) -> list[tuple[int, int, int]]:
    """The newest of each feed are some minutes old, the others an hour more each."""
    return [
        (author, seq, (posts - seq) * HOUR + 4_200 + author)
        for author in range(feeds)
        for seq in range(1, posts + 1)
    ]


def watch(made: Village) -> list[tuple[int, int, int]]:
    """Of each transmission from now on: who, which kind, how many bytes."""
    said: list[tuple[int, int, int]] = []
    before = made.world._began

    def began(event: Began) -> None:
        said.append((event.sender, event.data[0] >> 2 & 15, len(event.data)))
        before(event)

    made.world._began = began
    return said


def away(air: str, seed: int, extra_loss: float = 0.0) -> dict[str, float]:
    """Five devices, fifty feeds; one was away for a day and lacks thirty posts."""
    made = stocked.village(air, 5, seed, off=f"[[{COMES_S}, 86400]]", extra_loss=extra_loss)
    full = posts_of()
    for number in range(1, 5):
        stocked.stock(made, number, full)
    stocked.stock(made, 0, [one for one in full if not (one[1] == POSTS and one[0] < MISSING)])
    stocked.run(made, COMES_S)
    said = watch(made)
    now = float(COMES_S)
    while stocked.held(made, 0) < FEEDS * POSTS and now < COMES_S + 600:
        now += 0.5
        stocked.run(made, now)
    kinds = (AirKind.BEACON, AirKind.VECTOR, AirKind.OFFER)
    return {
        "seconds": now - COMES_S,
        "got": stocked.held(made, 0) - (FEEDS * POSTS - MISSING),
        "control_of_his": sum(who == 0 and kind in kinds for who, kind, _ in said),
        "control_of_one_other": max(
            sum(who == other and kind in kinds for who, kind, _ in said) for other in range(1, 5)
        ),
        "control_bytes": sum(size for _, kind, size in said if kind in kinds),
        "posts_aired": sum(kind == AirKind.POST for _, kind, _ in said),
    }


def fresh(air: str, seed: int) -> dict[str, float]:
    """A device without any post comes to three that hold a thousand."""
    made = stocked.village(air, 4, seed, off=f"[[{COMES_S}, 86400]]")
    for number in range(1, 4):
        stocked.stock(made, number, posts_of())
    stocked.run(made, COMES_S)
    said = watch(made)
    found: dict[str, float] = {}
    now = float(COMES_S)
    while now < COMES_S + 1_200:
        now += 0.5
        stocked.run(made, now)
        for count in (1, 20, 150):
            if stocked.held(made, 0) >= count:
                found.setdefault(f"seconds_to_{count}_posts", now - COMES_S)
    found["posts_at_last"] = stocked.held(made, 0)
    found["posts_aired"] = sum(kind == AirKind.POST for _, kind, _ in said)
    return found


def differing(feeds: int = 500, differ: int = 20) -> dict[str, float]:
    """Two engines, 500 feeds, twenty of which have a post more at one of them: bytes of one round."""
    made = Cell(2)
    for number in range(feeds):
        for peer in made.peers:
            peer.hold(key_of(number), 1, age_s=1_000)
    for number in range(0, feeds, feeds // differ):
        made.peers[1].hold(key_of(number), 2, age_s=900)
    made.start(1)
    made.run(2_000)
    made.start(0)
    made.run(60_000)
    return {
        "vector_bytes": made.size(AirKind.VECTOR),
        "offer_bytes": made.size(AirKind.OFFER),
        "beacon_bytes_each": 153,
        "posts": len(made.peers[0].posts) - feeds,
    }


def hashes(posts: int) -> float:
    """Hashes for one post more, where so many are held."""
    feeds = Feeds()
    for number in range(posts):
        feeds.add(key_of(number % 500), 1 + number // 500, 0)
    before = feeds.hashed
    feeds.add(key_of(3), posts, 0)
    return feeds.hashed - before


def mean(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Each figure's mean, and its greatest value."""
    return {
        name: {
            "mean": round(sum(one[name] for one in runs) / len(runs), 4),
            "max": round(max(one[name] for one in runs), 4),
        }
        for name in runs[0]
    }


def table() -> Iterator[tuple[str, str, str]]:
    """Thirty missing posts come back."""
    for air in AIRS:
        found = mean([away(air, seed) for seed in SEEDS])
        yield f"30 missing posts, {air}", f"{found['seconds']['mean']:.1f} s", ""


def main() -> None:
    """All figures."""
    found: dict[str, Any] = {
        "in sync, 30 nodes, SF9/250": mean([in_sync(seed) for seed in SEEDS]),
        "500 feeds, 20 differing": differing(),
        "hashes for one post more": {str(count): hashes(count) for count in (1_000, 10_000, 100_000)},
    }
    for air in AIRS:
        found[f"50 feeds, 30 missing, {air}"] = mean([away(air, seed) for seed in SEEDS])
        lossy = [away(air, seed, extra_loss=0.1) for seed in SEEDS]
        found[f"50 feeds, 30 missing, {air}, 10 % lost"] = mean(lossy)
        found[f"fresh device, {air}"] = mean([fresh(air, seed) for seed in SEEDS])
    text = json.dumps(found, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
