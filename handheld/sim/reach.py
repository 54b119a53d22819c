"""Whom a message could reach by any sequence of open links: what no protocol can beat."""

from bisect import bisect_right
from collections.abc import Sequence

Links = tuple[int, ...]
"""For each node a set of who hears it, as bits of one number."""


class Reach:
    """Looked at again and again while the village changes; asked when it is over."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._links: list[Links] = []

    def look(self, now_us: int, links: Links) -> None:
        """Who hears whom from now on."""
        if not self._links or self._links[-1] != links:
            self._times.append(now_us)
            self._links.append(links)

    def hops(self, sender: int, now_us: int) -> list[int]:
        """All who are reached just then, as bits: at place n those reached over n hops or fewer."""
        links = self._links[bisect_right(self._times, now_us) - 1]
        reached = [1 << sender]
        while len(reached) < 2 or reached[-1] != reached[-2]:
            reached.append(_spread(reached[-1], links))
        return reached[:-1]

    def ever(self, sender: int, since_us: int) -> int:
        """All who are reached from then on, if need be by carrying, as bits."""
        reached = 1 << sender
        for links in self._links[bisect_right(self._times, since_us) - 1 :]:
            before = 0
            while before != reached:
                before, reached = reached, _spread(reached, links)
        return reached


def _spread(reached: int, links: Links) -> int:
    after, left = reached, reached
    while left:
        lowest = left & -left
        after |= links[lowest.bit_length() - 1]
        left ^= lowest
    return after


def links(near: Sequence[Sequence[int]], on: Sequence[bool]) -> Links:
    """From whom each one reaches, and who has power, to bits."""
    return tuple(
        sum(1 << other for other in others if on[other]) if on[number] else 0
        for number, others in enumerate(near)
    )
