"""A node that is killed while it works: clients write, a radio hears, it dies, it starts again."""

from collections import Counter

from tests.support.killed_node import deaths

DEATHS = 25


def round_of(number: int) -> Counter[str]:
    """One pair of handhelds, the node of one killed so many times. "restart_ms" is until it answers again."""
    return deaths(DEATHS, number)
