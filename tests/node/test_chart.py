"""The chart: the best way among what radios say, whatever their names, in seven hops or less."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.node.chart import DOUBT_MAX, FORGET_MS, LINKS_MAX, RADIOS_MAX, SILENT_MS, WAY_MAX, Chart
from handheld.wire.around import Entry, Grade

STRONG, FAIR, WEAK = Grade.STRONG, Grade.FAIR, Grade.WEAK


def tag(name: int) -> bytes:
    return bytes([name, 0, name])


def key(name: int) -> bytes:
    return tag(name).ljust(32, b"k")


def chart(hears: dict[int, dict[int, Grade]], near: tuple[int, ...] = (1,)) -> Chart:
    """Each radio hears these; those that are `near` hear us, and we them."""
    drawn = Chart()
    for name in near:
        drawn.near(name, 9, 0)
    for name, heard in hears.items():
        drawn.take(Entry(tag(name), 1, name, heard), 0)
    return drawn


def both(*links: tuple[int, int], grade: Grade = STRONG) -> dict[int, dict[int, Grade]]:
    hears: dict[int, dict[int, Grade]] = {}
    for one, other in links:
        hears.setdefault(one, {})[other] = grade
        hears.setdefault(other, {})[one] = grade
    return hears


def line(length: int) -> dict[int, dict[int, Grade]]:
    return both(*((name, name + 1) for name in range(1, length)))


@pytest.mark.parametrize("hops", range(1, 15))
def test_a_way_has_at_most_twelve_names(hops: int) -> None:
    way = chart(line(15)).lookup(key(hops), 0)
    assert way == (bytes(range(1, hops + 1)) if hops <= WAY_MAX else None)


def test_nobody_is_reached_of_whom_nothing_is_known() -> None:
    assert Chart().lookup(key(1), 0) is None
    assert chart(line(3), near=()).lookup(key(3), 0) is None
    assert chart(line(3)).lookup(key(9), 0) is None


def test_good_links_are_worth_a_hop_more_and_bad_ones_are_not() -> None:
    hears = both((1, 4), grade=WEAK)
    for name, heard in both((1, 2), (2, 4)).items():
        hears.setdefault(name, {}).update(heard)
    assert chart(hears).lookup(key(4), 0) == b"\1\4"
    hears[1][4] = hears[4][1] = WEAK
    hears[4].pop(1)  # now it is known one way only
    assert chart(hears).lookup(key(4), 0) == b"\1\2\4"


def test_a_link_one_way_is_taken_where_there_is_no_other() -> None:
    assert chart({1: {}, 2: {1: WEAK}}).lookup(key(2), 0) == b"\1\2"
    assert chart({1: {2: STRONG}, 2: {}}).lookup(key(2), 0) is None


def test_what_was_not_answered_goes_another_way_until_that_fails_as_well() -> None:
    drawn = chart(both((1, 2), (2, 4), (1, 3), (3, 4)))
    first = drawn.lookup(key(4), 0)
    drawn.failed(key(4))
    second = drawn.lookup(key(4), 0)
    assert {first, second} == {b"\1\2\4", b"\1\3\4"}
    for _ in range(4 * DOUBT_MAX):
        drawn.failed(key(4))
    assert drawn.lookup(key(4), 0) in {first, second}
    way = drawn.lookup(key(4), 0)
    drawn.worked(key(4))
    assert drawn.lookup(key(4), 0) == way


def test_of_two_radios_with_one_name_the_one_is_heard_that_hears_the_other() -> None:
    drawn = chart(both((1, 2), (2, 3)))
    drawn.take(Entry(b"far", 1, 3, {77: STRONG}), 0)
    drawn.take(Entry(b"end", 1, 77, {3: STRONG}), 0)
    assert drawn.lookup(key(3), 0) == b"\1\2\3"
    assert drawn.lookup(b"far", 0) is None
    assert drawn.lookup(b"end", 0) is None
    assert drawn.listeners(tag(3)) == {tag(2)}
    assert drawn.listeners(b"far") == {b"end"}


def test_of_two_neighbours_with_one_name_we_know_who_spoke_to_us() -> None:
    drawn = chart({}, near=(5,))
    for name in (b"one", b"two"):
        drawn.take(Entry(name, 1, 5, {}), 0)
    assert drawn.node(5) == b"\5"
    drawn.is_near(5, b"two")
    assert drawn.node(5) == b"two"
    assert drawn.lookup(b"two", 0) == b"\5"
    assert drawn.lookup(b"one", 0) is None
    drawn.is_near(6, b"one")
    assert drawn.node(6) == b"\6"


def test_newer_sayings_take_the_place_of_older_ones() -> None:
    drawn = chart({})
    said = Entry(b"ana", 250, 9, {1: WEAK})
    assert drawn.take(said, 0) == 1
    assert drawn.take(said, 0) == 0
    assert drawn.take(said._replace(version=249), 0) == -1
    assert drawn.take(said._replace(version=250 + 128 & 255), 0) == -1
    assert drawn.take(said._replace(version=3, name=10), 0) == 1
    assert drawn.lookup(b"ana", 0) == b"\1\n"
    assert len(drawn) == 1


def test_paths_and_greetings_add_what_no_host_tells() -> None:
    drawn = chart({9: {7: STRONG, 8: STRONG}})
    drawn.path(b"\1\7", 0)
    drawn.link(9, 9)
    assert drawn.lookup(key(9), 0) == b"\1\7\x09"  # 7 is a repeater: nobody says anything for it
    drawn.path(b"\x08\1", 3)
    drawn.path(b"\x08\x09", 3)
    assert drawn.lookup(key(9), 0) == b"\1\x08\x09"
    drawn.link(1, 9)
    assert drawn.lookup(key(9), 0) == b"\1\x08\x09"  # 9 says for itself whom it hears


def test_our_neighbours_are_those_who_hear_us() -> None:
    drawn = Chart()
    assert drawn.near(1, 0, 0)
    assert drawn.hears() == {}
    assert not drawn.near(1, 0, 0)
    assert drawn.hears() == {1: WEAK}
    assert drawn.neighbours() == set()
    assert drawn.near(1, 4, 0)
    assert not drawn.near(1, 5, 0)
    assert not drawn.near(1, 0, 0)
    assert drawn.neighbours() == {1}
    assert drawn.hears() == {1: STRONG}


def test_who_was_not_heard_for_long_is_no_neighbour_any_more() -> None:
    drawn = chart(line(2), near=(1, 2))
    drawn.near(2, 9, SILENT_MS)
    assert drawn.hears() == {2: STRONG}


def test_what_is_old_is_left_out_and_not_brought_back() -> None:
    drawn = chart(line(2))
    drawn.near(1, 8, FORGET_MS - 1)
    assert drawn.lookup(key(2), FORGET_MS - 1) is not None
    assert drawn.lookup(key(2), FORGET_MS) is None
    assert drawn.entry(tag(2)) is None
    assert drawn.take(Entry(tag(2), 1, 2, {1: STRONG}), FORGET_MS) == 0
    assert drawn.lookup(key(2), FORGET_MS) is None
    assert drawn.take(Entry(tag(2), 2, 2, {1: STRONG}), FORGET_MS) == 1
    drawn.near(1, 8, FORGET_MS)
    assert drawn.lookup(key(2), FORGET_MS) == b"\1\2"


def test_made_up_radios_and_links_push_out_each_other() -> None:
    drawn = chart(line(2))
    drawn.worked(key(2))
    for number in range(2 * RADIOS_MAX):
        drawn.take(Entry(number.to_bytes(3, "little"), 0, 1 + number % 255, {}), number)
    assert len(drawn) == RADIOS_MAX
    assert drawn.entry(tag(1)) is None
    assert drawn.entry(tag(2)) is not None  # who has answered us stays
    for speaker in range(1, 256):
        for listener in range(1, 20):
            drawn.link(speaker, listener)
    assert len(drawn._links) == LINKS_MAX


names = st.integers(1, 6)


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(1, 9), st.tuples(names, st.dictionaries(names, st.sampled_from(Grade)))),
    st.sets(names, max_size=3),
    st.lists(st.integers(1, 9), max_size=6),
)
def test_whatever_is_said_ways_are_short_and_begin_with_a_neighbour(
    said: dict[int, tuple[int, dict[int, Grade]]], near: set[int], failing: list[int]
) -> None:
    drawn = chart({}, near=tuple(near))
    for number, (name, hears) in said.items():
        drawn.take(Entry(tag(number), 1, name, hears), 0)
    for number in failing:
        drawn.failed(key(number))
        way = drawn.lookup(key(number), 0)
        assert way is None or (1 <= len(way) <= WAY_MAX and way[0] in near)


def test_who_took_another_name_is_known_to_those_who_list_the_old_one() -> None:
    drawn = chart(both((1, 2), (2, 3)))
    drawn.take(Entry(tag(2), 2, 9, {1: STRONG, 3: STRONG}, former=b"\2"), 0)
    assert drawn.lookup(key(3), 0) == b"\1\x09\3"
    # Far away another one has the name that it gave up: nobody here hears that one.
    drawn.take(Entry(b"far", 1, 2, {77: STRONG}), 0)
    assert drawn.lookup(key(3), 0) == b"\1\x09\3"
    assert drawn.lookup(b"far", 0) is None


def test_a_neighbour_with_another_name_stays_the_neighbour_that_it_was() -> None:
    drawn = Chart()
    drawn.near(1, 8, 0)
    drawn.is_near(1, tag(1))
    drawn.near(9, 0, 0)
    drawn.renamed(1, 9)
    assert drawn.neighbours() == set()
    drawn = Chart()
    drawn.near(1, 8, 0)
    drawn.renamed(1, 9)
    assert drawn.neighbours() == {9}
    drawn.is_near(9, tag(1))
    drawn.near(8, 0, 0)  # its hello was missed; its host tells
    drawn.is_near(8, tag(1))
    assert drawn.neighbours() == {8}


def test_the_order_of_tags_does_not_hang_on_hashes() -> None:
    drawn = chart(line(12) | {40: {50: FAIR, 41: FAIR}, 41: {40: FAIR}})
    drawn.ours(50)
    names, here = drawn.across()
    assert names == {40}
    assert here == [tag(name) for name in range(1, 13)]


def test_who_hears_us_from_where_no_link_leads_back_is_told_all_the_same() -> None:
    # We are 50. 1 hears us and we hear him; 7 hears us, too, and we hear nothing of his side but by others.
    drawn = chart(both((1, 2)) | {7: {50: FAIR, 8: FAIR}, 8: {7: FAIR}})
    drawn.ours(50)
    assert drawn.neighbours() == {1}
    names, here = drawn.across()
    assert (names, set(here)) == ({7}, {tag(1), tag(2)})
    assert drawn.neighbours() == {1, 7}
    assert drawn.lookup(key(8), 0) == b"\7\x08"
    # As soon as links there and back are known, others tell him.
    drawn.take(Entry(tag(2), 2, 2, {1: STRONG, 8: STRONG}), 0)
    drawn.take(Entry(tag(8), 2, 8, {7: FAIR, 2: FAIR}), 0)
    assert drawn.across()[0] == set()
    assert drawn.neighbours() == {1}
    # And where somebody else has our name it may be him whom 7 hears.
    drawn.take(Entry(tag(8), 3, 8, {7: FAIR}), 0)
    drawn.take(Entry(b"two", 1, 50, {7: STRONG}), 0)
    assert drawn.across()[0] == set()
