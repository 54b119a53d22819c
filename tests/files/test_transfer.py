"""One holder, many receivers, one lossy air: what reaches all, and what it takes. Means over seeds."""

from collections.abc import Callable
from random import Random
from statistics import mean

import pytest

from handheld.files.transfer import Lack, Sym
from tests.support.file_cell import FRAME_MS, Cell, Lost, bursts, independent

SEEDS = range(6)
MINUTE_MS = 60_000

Losing = Callable[[float, Random], Lost]


def cells(losing: Losing, loss: float, receivers: int = 15, size: int = 16_384) -> list[Cell]:
    done = []
    for seed in SEEDS:
        cell = Cell(size, receivers, losing(loss, Random(seed)), seed)
        cell.begin()
        cell.run(5 * MINUTE_MS)
        done.append(cell)
    return done


def everybody_has_it(cell: Cell) -> bool:
    return all(node.gathering.payload == cell.payload for node in cell.nodes)


@pytest.mark.parametrize(
    ("losing", "loss", "most"), [(independent, 0.3, 1.75), (independent, 0.5, 2.5), (bursts, 0.3, 2.0)]
)
def test_fifteen_receivers_cost_little_more_than_one(losing: Losing, loss: float, most: float) -> None:
    run = cells(losing, loss)

    assert all(map(everybody_has_it, run))
    assert mean(cell.data / cell.shape.chunks for cell in run) <= most
    assert mean(cell.control for cell in run) <= 12


def test_over_two_hops_it_costs_little_more_than_twice() -> None:
    near, far, hop = range(8), range(8, 16), range(1, 8)
    links = {(a, b) for group in (near, far) for a in group for b in group}
    links |= {(a, b) for a in hop for b in far} | {(b, a) for a in hop for b in far}
    one, two = [], []
    for seed in SEEDS:
        for costs, chosen in ((one, None), (two, links)):
            cell = Cell(16_384, 15, independent(0.3, Random(seed)), seed, chosen)
            cell.begin()
            cell.run(5 * MINUTE_MS)
            assert everybody_has_it(cell)
            costs.append(cell.data + cell.control)

    assert mean(two) <= 2.2 * mean(one)


def test_one_receiver_gets_nearly_what_is_sent() -> None:
    for cell in cells(independent, 0.15, receivers=1):
        sent = 247 * cell.data + 16 * cell.control + 250
        assert len(cell.payload) / sent >= 0.70
    run = cells(independent, 0.15, receivers=1)
    assert mean(len(c.payload) / (247 * c.data + 16 * c.control + 250) for c in run) >= 0.72


def test_when_the_holder_vanishes_one_that_is_done_goes_on() -> None:
    cell = Cell(8_000, 6, independent(0.3, Random(1)), 1)
    cell.begin()
    while not any(node.whole for node in cell.nodes[1:]):
        cell.step()
    cell.off.add(0)
    cell.run(cell.now + MINUTE_MS)

    assert cell.done


def test_of_two_holders_one_speaks_at_a_time() -> None:
    cell = Cell(16_384, 8, independent(0.3, Random(2)), 2)
    for number in range(cell.shape.symbols):
        cell.nodes[1].gathering.add(number, cell.nodes[0].symbol(number))
    for node in cell.nodes[2:]:
        node.want(0)
    for holder in cell.nodes[:2]:
        holder.lacked(cell.shape.symbols, (), 0)
    cell.run(MINUTE_MS)

    assert cell.done
    assert cell.data <= 1.9 * cell.shape.chunks


def test_who_pauses_neither_asks_nor_sends_but_hears_on() -> None:
    cell = Cell(8_000, 1, independent(0.0, Random(3)), 3)
    cell.begin()
    for _ in range(10):
        cell.step()
    cell.nodes[0].pause()
    cell.nodes[1].pause()
    cell.run(cell.now + MINUTE_MS)
    assert (cell.data, cell.control) == (10, 0)

    cell.nodes[1].want(cell.now)
    cell.run(cell.now + MINUTE_MS)
    assert cell.done
    assert cell.data <= cell.shape.symbols + 10


def test_symbols_that_were_held_before_a_restart_are_not_sent_again() -> None:
    cell = Cell(16_384, 1, independent(0.0, Random(4)), 4)
    begun = cell.nodes[1]
    for number in range(60):
        begun.gathering.add(number, cell.nodes[0].symbol(number))
    begun.want(0)
    cell.run(MINUTE_MS)

    assert cell.done
    assert cell.data <= cell.shape.symbols - 60 + 8


def test_a_flood_of_forged_symbols_cannot_keep_anybody_from_the_file() -> None:
    cell = Cell(8_000, 3, independent(0.2, Random(5)), 5)
    chance = Random(6)
    cell.begin()
    steps = 0
    while not cell.done and steps < 3_000:
        for node in cell.nodes[1:]:
            for _ in range(3):
                node.heard(chance.randrange(65_536), chance.randrange(256), chance.randbytes(232), cell.now)
        cell.step()
        steps += 1

    assert everybody_has_it(cell)


def test_who_lacks_more_speaks_for_all() -> None:
    cell = Cell(16_384, 2, independent(0.0, Random(7)), 7)
    more, less = cell.nodes[1:]
    for number in range(60):
        less.gathering.add(number, cell.nodes[0].symbol(number))
    more.want(0)
    less.want(0)
    first = more.next_deadline()
    assert first is not None
    asked = more.next(first + 20 * FRAME_MS)
    assert isinstance(asked, Lack)
    less.lacked(*asked, first)

    assert less.next_deadline() is not None
    assert less.next(first + 30 * FRAME_MS) is None
    less.lacked(*asked, first)
    for _ in range(5):
        less.lacked(*asked, first)  # promises that nobody keeps
    assert less.next(first + 120 * FRAME_MS) is not None


def test_what_is_missing_by_number_is_sent_by_number() -> None:
    cell = Cell(8_000, 1, independent(0.0, Random(8)), 8)
    holder = cell.nodes[0]
    holder.lacked(5, [3, 9, 9, 60_000], 0)

    sent = []
    for now in range(0, 1_000, FRAME_MS):
        given = holder.next(now)
        if isinstance(given, Sym):
            sent.append((given.number, given.left))
    assert sent == [(3, 1), (9, 0)]


def test_who_has_it_all_asks_for_nothing() -> None:
    cell = Cell(8_000, 1, independent(0.0, Random(9)), 9)
    holder = cell.nodes[0]
    holder.want(0)
    assert holder.wanted
    assert holder.next_deadline() is None


def test_a_promise_is_waited_for_while_symbols_come_and_no_longer() -> None:
    cell = Cell(16_384, 1, independent(0.0, Random(10)), 10)
    receiver = cell.nodes[1]
    receiver.want(0)
    receiver.heard(0, 255, cell.nodes[0].symbol(0), 0)
    asked = receiver.next_deadline()
    assert asked is not None
    assert asked <= 80 * FRAME_MS
    assert isinstance(receiver.next(asked), Lack)
