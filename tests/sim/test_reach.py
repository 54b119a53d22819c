"""What could be reached at all: over hops just then, or by carrying in the end."""

from handheld.sim.reach import Reach, links


def bits(*numbers: int) -> int:
    return sum(1 << number for number in numbers)


def test_hops_over_directed_links():
    reach = Reach()
    reach.look(0, links([[1], [2], [3], []], [True] * 4))
    assert reach.hops(0, 5) == [bits(0), bits(0, 1), bits(0, 1, 2), bits(0, 1, 2, 3)]
    assert reach.hops(3, 5) == [bits(3)]


def test_who_is_off_neither_hears_nor_passes_on():
    reach = Reach()
    reach.look(0, links([[1], [0, 2], [1]], [True, False, True]))
    assert reach.ever(0, 0) == bits(0)


def test_carrying_follows_time_and_not_the_other_way_round():
    reach = Reach()
    reach.look(0, links([[1], [0], []], [True] * 3))
    reach.look(10, links([[], [2], [1]], [True] * 3))
    assert reach.ever(0, 0) == bits(0, 1, 2)
    assert reach.ever(0, 10) == bits(0)
    assert reach.ever(2, 0) == bits(1, 2)
    assert reach.hops(0, 0)[-1] == bits(0, 1)
