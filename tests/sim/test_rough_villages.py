"""Everybody up to date, whatever happens: a few rough villages. For many there is `make soak`."""

import pytest

from tests.support.rough_village import play

NODES, DAYS = 12, 2


@pytest.mark.parametrize("seed", range(5))
def test_who_was_connected_to_a_carrier_has_it_once_and_keeps_it(seed: int) -> None:
    outcome = play(seed, NODES, DAYS)
    assert outcome.counts["owed"] > 100
    assert (outcome.missing, outcome.counts["wrong"]) == ([], 0)


def test_a_seed_replays_bit_for_bit() -> None:
    assert play(7, 5, 1) == play(7, 5, 1)
