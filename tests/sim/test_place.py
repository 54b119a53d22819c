"""Ways, path loss and reach."""

import math
import random

import pytest

from handheld.errors import LocalError, SimulationError
from handheld.sim.place import Ground, Walk, log_distance, open_to, still, suburban

SECOND = 1_000_000


def test_walk_goes_in_straight_lines_and_rests_at_both_ends():
    walk = Walk(((10, 0, 0), (20, 100, -50), (30, 100, 50)))
    assert [walk.at(s * SECOND) for s in (0, 10, 15, 20, 25, 99)] == [
        (0, 0),
        (0, 0),
        (50_000, -25_000),
        (100_000, -50_000),
        (100_000, 0),
        (100_000, 50_000),
    ]
    assert still(1.5, -2).at(7 * SECOND) == (1500, -2000)


@pytest.mark.parametrize("points", [(), ((5, 0, 0), (5, 1, 1)), ((5, 0, 0), (4, 1, 1)), ((0, math.nan, 0),)])
def test_impossible_walk_is_refused(points):
    with pytest.raises(SimulationError):
        Walk(points)


def test_path_loss_follows_the_formulas():
    # SCENARIOS: 147.85 + 44.9 * (log10(d) - 3) dB, d in metres, at least 10 m.
    assert suburban(1_000_000) == 14_785
    assert suburban(10_000_000) == 19_275
    assert suburban(1) == suburban(10_000) == 5_805
    village = log_distance(3.5, 40)
    assert [village(mm) for mm in (0, 1000, 10_000, 100_000)] == [4000, 4000, 7500, 11_000]
    assert [open_to(50)(mm) for mm in (0, 50_000, 50_001)] == [0, 0, None]


def test_impossible_path_loss_is_refused():
    for make in (
        lambda: log_distance(0.5, 40),
        lambda: log_distance(3, -1),
        lambda: open_to(0),
        lambda: open_to(math.inf),
    ):
        with pytest.raises(SimulationError):
            make()


def test_offsets_make_a_link_one_way():
    ground = Ground([still(0, 0), still(100, 0)], suburban, {(0, 1): 300})
    assert ground.loss(0, 1, 0) == ground.loss(1, 0, 0) + 300
    budget = ground.loss(1, 0, 0)
    assert ground.reach(0, 0, budget) == {}
    assert ground.reach(1, 0, budget) == {0: 1}


def test_reach_counts_the_fewest_hops_and_follows_the_walker():
    ground = Ground(
        [still(0, 0), still(90, 0), still(180, 0), Walk(((0, 270, 0), (10, 600, 0), (20, 60, 60)))],
        open_to(100),
    )
    assert ground.reach(0, 0, 0) == {1: 1, 2: 2, 3: 3}
    assert ground.reach(0, 10 * SECOND, 0) == {1: 1, 2: 2}
    assert ground.reach(3, 20 * SECOND, 0) == {0: 1, 1: 1, 2: 2}


def test_nobody_is_a_bug_of_the_caller():
    with pytest.raises(LocalError):
        Ground([still(0, 0)], suburban).loss(0, 1, 0)


def test_who_is_near_is_found_without_looking_at_everybody():
    chance = random.Random(3)
    spots = [(chance.uniform(-3000, 3000), chance.uniform(-3000, 3000)) for _ in range(60)]
    walks = [still(x, y) for x, y in spots] + [Walk(((0, 0, 0), (10, 2000, 1000)))]
    offsets = {(i, j): round(chance.gauss(0, 300)) for i in range(61) for j in range(61) if i != j}
    ground = Ground(walks, suburban, offsets)
    for sender in range(61):
        for now_us in (0, 5_000_000):
            losses = {other: ground.loss(sender, other, now_us) for other in range(61) if other != sender}
            expected = {other: loss for other, loss in losses.items() if loss <= 15_000}
            assert list(ground.near(sender, now_us, 15_000).items()) == list(expected.items())


def test_a_wall_parts_who_stood_near():
    ground = Ground([still(0, 0), still(10, 0), still(20, 0)], open_to(50))
    assert list(ground.near(0, 0, 0)) == [1, 2]
    ground.part([0, 1, 0])
    assert list(ground.near(0, 0, 0)) == [2]
    ground.part([0, 0, 0])
    assert list(ground.near(0, 0, 0)) == [1, 2]
