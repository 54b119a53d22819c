"""Two islands after a flood: forty people in ten houses, who go to market, and a few by boat to the other.

The scenario that comes along as `flood` is what `text()` gives.
"""

from collections.abc import Iterator
from math import dist
from random import Random

DAY_S = 86_400
HOUSES = ((0, 0), (500, 0), (0, 500), (500, 500), (1000, 250))
MARKET = (500, 250)
WEST = 6_000
"""Metres between the two islands."""

PEOPLE = 4
"""In each house."""

BOATS = 3
"""On each island, people who go to the other one's market."""

WALK, BOAT = 1.4, 5.0
"""Metres a second."""

WRITES = 4
"""Private messages of each a day, but for the last day: what is written then has no day left to arrive in."""

HEAD = """\
# After a flood: two islands, forty people in ten houses that do not reach each other. They go to market,
# and some by boat between the islands. Three days; each writes four private messages a day, not on the last.
name = "forty people on two islands"
seed = 1
duration_s = {seconds}

[air]
model = "espnow"
path_loss = "log-distance"
exponent = 3.5            # between houses and trees: a radio reaches 150 m
reference_db = 40
link_offset_db = 3.0
"""

Place = tuple[int, int]
Step = tuple[int, int, int]


def text(days: int = 3, seed: int = 1) -> str:
    """The scenario, over so many days."""
    chance = Random(f"flood {seed}")
    parts = [HEAD.format(seconds=days * DAY_S)]
    for number, (home, island) in enumerate(_homes()):
        by_boat = number % (len(HOUSES) * PEOPLE) < BOATS
        steps = _walk(home, island, days, chance, by_boat=by_boat)
        name = f"{'west' if island else 'east'} {number + 1}"
        times = sorted(chance.randrange(600, (days - 1) * DAY_S) for _ in range(WRITES * (days - 1)))
        where = (
            f"walk = {[list(step) for step in steps]}" if len(steps) > 1 else f"x = {home[0]}\ny = {home[1]}"
        )
        parts.append(f'[[nodes]]\nname = "{name}"\n{where}\n')
        parts.append(f'[[traffic]]\nkind = "dm"\nfrom = "{name}"\nat_s = {times}\n')
    return "\n".join(parts)


def _homes() -> Iterator[tuple[Place, int]]:
    for island in (0, 1):
        for x, y in HOUSES:
            for person in range(PEOPLE):
                yield (island * WEST + x + 40 * (person % 2), y + 40 * (person // 2)), island


def _walk(home: Place, island: int, days: int, chance: Random, *, by_boat: bool) -> list[Step]:
    """Where somebody is when: to market and back, up to three times a day."""
    steps: list[Step] = [(0, *home)]
    for day in range(days):
        at = day * DAY_S
        for _ in range(chance.randrange(4) if not by_boat else 2):
            goal = (
                MARKET[0] + WEST * (island ^ by_boat) + chance.randrange(40),
                MARKET[1] + chance.randrange(40),
            )
            way = round(dist(home, goal) / (BOAT if by_boat else WALK))
            leave = at + chance.randrange(3 * 3600, 7 * 3600)
            there = leave + way
            back = there + chance.randrange(1_800, 5_400)
            if back + way >= (day + 1) * DAY_S:
                break
            steps += [(leave, *home), (there, *goal), (back, *goal), (back + way, *home)]
            at = back + way
    return steps
