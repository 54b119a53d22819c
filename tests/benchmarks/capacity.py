"""How much of the air the posts and letters of S1 need at the least: what no flood and no way can go below.

`python -m tests.benchmarks.capacity` writes JSON. For each writer the relays are chosen one after the other,
each the one that reaches most who lack it, knowing all links and without a loss: about the fewest that can
serve all who can be reached. Nothing else is on the air: no ack, no greeting, no repeat. A letter and its ack
go by as few hops as links that work both ways allow.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from handheld.sim.reach import Links, Reach
from handheld.sim.run import Options, Village
from handheld.sim.scenario import POST
from tests.benchmarks.mesh import SEEDS, scenario

RESULTS = Path(__file__).parent / "results" / "capacity.json"
POST_BYTES = 138
"""One of S1's: 40 bytes of text, who wrote it, his signature, header and path."""
POSTS_PER_NODE_S = 1 / 900
CAPTURE_CDB = 600


def relays(links: Links, writer: int) -> list[int]:
    """Who transmits, the writer first; then always whoever reaches most who lack it."""
    chosen, has = [writer], links[writer] | 1 << writer
    while True:
        able = [one for one in range(len(links)) if has >> one & 1 and one not in chosen]
        best = max(able, key=lambda one: ((links[one] & ~has).bit_count(), -one), default=None)
        if best is None or not links[best] & ~has:
            return chosen
        chosen.append(best)
        has |= links[best]


def ways(links: Links) -> Iterator[tuple[str, float]]:
    """What letters need: hops, transmissions with the ack, and which pairs have a way of few hops at all."""
    count = len(links)
    mutual = tuple(
        sum(1 << other for other in range(count) if links[one] >> other & links[other] >> one & 1)
        for one in range(count)
    )
    reach = Reach()
    reach.look(0, mutual)
    reached = [[bits.bit_count() - 1 for bits in reach.hops(one, 0)] for one in range(count)]
    hops = sum(far * (row[far] - row[far - 1]) for row in reached for far in range(1, len(row)))
    pairs = sum(row[-1] for row in reached)
    yield "hops_both_ways", hops / pairs
    yield "transmissions_per_letter_and_ack", 2 * hops / pairs
    yield "pairs_with_a_way_both_ways", pairs / count / (count - 1)
    yield "pairs_with_one_of_7_hops", sum(row[min(7, len(row) - 1)] for row in reached) / count / (count - 1)


def shares(nodes: int, seed: int) -> Iterator[tuple[str, float]]:
    """The figures of one village."""
    village = Village(scenario(nodes, seed, POST), Options())
    channel, ground = village.channel, village.ground
    loud = [list(ground.near(one, 0, channel.budget)) for one in range(nodes)]
    spoils = [list(ground.near(one, 0, channel.budget + CAPTURE_CDB)) for one in range(nodes)]
    links: Links = tuple(sum(1 << other for other in others) for others in loud)
    sets = [relays(links, writer) for writer in range(nodes)]
    each_s = channel.airtime_us(POST_BYTES) / 1e6 * POSTS_PER_NODE_S
    sent_s = [each_s * sum(one in chosen for chosen in sets) for one in range(nodes)]
    heard, spoilt = [0.0] * nodes, [0.0] * nodes
    for one in range(nodes):
        for other in loud[one]:
            heard[other] += sent_s[one]
        for other in spoils[one]:
            spoilt[other] += sent_s[one]
    yield from ways(links)
    yield "relays_per_post", sum(map(len, sets)) / nodes
    yield "airtime_s_per_post", each_s / POSTS_PER_NODE_S * sum(map(len, sets)) / nodes
    yield "on_the_air_at_once", sum(sent_s)
    yield "heard_share_median", sorted(heard)[nodes // 2]
    yield "heard_share_most", max(heard)
    yield "spoilt_share_median", sorted(spoilt)[nodes // 2]
    yield "spoilt_share_most", max(spoilt)


def main() -> None:
    """30 and 100 nodes, as means over the seeds."""
    found = {}
    for nodes in (30, 100):
        each = [dict(shares(nodes, seed)) for seed in SEEDS]
        found[f"{nodes} nodes"] = {
            name: round(sum(one[name] for one in each) / len(each), 3) for name in each[0]
        }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
