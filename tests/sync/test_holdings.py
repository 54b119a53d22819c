"""Feeds: what counts in the sums, what is missing, gone, or too young, and what a change costs."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.sync import holdings
from handheld.sync.feed import SPANS_MAX, feed_hash
from handheld.sync.holdings import BELOW, FEEDS_KEPT, RIPE_MS, Feeds
from handheld.sync.spans import Spans
from handheld.wire.codec import decode, encode
from handheld.wire.sync import Entry, Vector, pack_entries, unpack

ANA, BO = b"a" * 32, b"b" * 32


def feeds(*numbers: int, key: bytes = ANA) -> Feeds:
    made = Feeds()
    for number in numbers:
        made.add(key, number, 0)
    return made


def test_the_sums_do_not_depend_on_the_order_of_coming() -> None:
    assert feeds(1, 2, 3, 7).digest == feeds(7, 2, 1, 3).digest
    assert feeds(1, 2, 3).digest != feeds(1, 2, 3, 4).digest != feeds(1, 2, 4).digest


def test_what_is_missing_lies_below_what_is_held() -> None:
    held = feeds(40, 45)
    assert held.entry(ANA).missing == ((41, 44), (1, 39))
    assert held.gaps(ANA) == [(41, 44)]
    held.add(ANA, 42, 0)
    assert held.gaps(ANA) == [(41, 41), (43, 44)]


def test_what_is_dropped_is_never_wanted_again_and_changes_no_sum() -> None:
    held, whole = feeds(1, 2, 3, 4), feeds(1, 2, 3, 4)
    held.drop(ANA, 3)
    assert held.digest == whole.digest
    assert not held.wanted(ANA, 3)
    assert held.entry(ANA).gone == ((3, 3),)
    held.drop(ANA, 1)
    held.drop(ANA, 2)
    assert held.entry(ANA) == Entry(held.entry(ANA).id, 4, None, 3)
    assert not held.wants(ANA, whole.entry(ANA))


def test_a_feed_that_has_gone_leaves_the_sums_and_is_not_asked_for() -> None:
    held = feeds(1, 2)
    held.drop(ANA, 1)
    held.drop(ANA, 2)
    assert (len(held), held.digest) == (0, bytes(8))
    assert not held.wants(ANA, feeds(1, 2).entry(ANA))
    assert held.wants(ANA, feeds(1, 2, 3).entry(ANA))


def test_what_was_heard_live_counts_after_a_minute_and_is_held_at_once() -> None:
    held, whole = feeds(1), feeds(1, 2)
    held.add(ANA, 2, 0, ripe_at=RIPE_MS)
    assert held.holds(ANA, 2)
    assert held.digest == feeds(1).digest
    assert not held.wants(ANA, whole.entry(ANA))
    assert held.lacking(ANA, feeds(1).entry(ANA)) == []
    assert held.ripe_at == RIPE_MS
    assert not held.ripen(RIPE_MS - 1)
    assert held.ripen(RIPE_MS)
    assert held.digest == whole.digest
    assert held.lacking(ANA, feeds(1).entry(ANA)) == [2]


def test_a_change_makes_one_hash_however_much_is_held() -> None:
    held = Feeds()
    for number in range(1, 1_001):
        held.add(ANA, number, 0)
        held.add(bytes([number % 200]) * 32, number, 0)
    before = held.hashed
    held.add(ANA, 5_000, 0)
    assert held.hashed == before + 1


def test_a_claim_of_four_thousand_million_posts_is_one_range() -> None:
    held = feeds(1)
    claim = Entry(held.entry(ANA).id, 0xFFFF_FFFF, None)
    assert held.wants(ANA, claim)
    held.add(ANA, 0xFFFF_FFFF, 0)
    assert held.entry(ANA).missing == ((2, 0xFFFF_FFFE),)
    assert not held.wants(ANA, held.entry(ANA))


def test_what_nobody_has_any_more_is_believed_gone_and_wanted_again_when_somebody_has_it() -> None:
    held, other = feeds(40), feeds(30, 31, 40)
    other.content()
    assert held.wants(ANA, other.entry(ANA))
    assert not held.believe(ANA, other.entry(ANA))
    liar = feeds(40)
    liar.content()
    assert held.believe(ANA, liar.entry(ANA))
    assert held.entry(ANA).floor == 39
    held.reopen(ANA, other.entry(ANA))
    assert held.entry(ANA).missing == ((30, 39),)
    assert held.wants(ANA, other.entry(ANA))


def test_a_floor_of_our_own_is_moved_down_by_nobody() -> None:
    held = feeds(1, 2, 3)
    held.drop(ANA, 1)
    held.drop(ANA, 2)
    held.reopen(ANA, feeds(1, 2, 3).entry(ANA))
    assert held.entry(ANA).floor == 2


def test_numbers_that_never_were_leave_no_gap() -> None:
    held = feeds(1, 2)
    held.forgo(ANA, 3, 65_538)
    held.add(ANA, 65_539, 0)
    assert held.gaps(ANA) == []
    assert held.entry(ANA).gone == ((3, 65_538),)


def test_a_feed_is_loaded_as_it_was_with_its_holes() -> None:
    held = Feeds()
    held.load(ANA, {5: 0, 6: 0, 9: 0})
    assert held.entry(ANA)[1:] == (9, None, 4, ((7, 8),), ())
    assert len(held) == 1


def test_buckets_of_a_larger_beacon_fold_into_those_of_a_smaller_one() -> None:
    held, other = Feeds(), Feeds()
    for number in range(100):
        key = bytes([number]) * 32
        held.add(key, 1, 0)
        if number != 50:
            other.add(key, 1, 0)
    found = held.differing(99, other.sums(64))
    assert (found.size, found.buckets) == (32, (feed_hash(b"\x32" * 32) % 32,))
    assert bytes([50]) * 32 in held.in_bucket(32, found.buckets[0])
    assert held.check(32, found.buckets[0]) != other.check(32, found.buckets[0])


def test_the_window_holds_600_feeds_and_the_rest_is_remembered_for_a_while() -> None:
    held = Feeds()
    for number in range(FEEDS_KEPT + 100):
        held.add(number.to_bytes(32, "big"), 1, 0)
    assert len(held) == 600
    assert held.holds((FEEDS_KEPT + 99).to_bytes(32, "big"), 1)
    assert not held.holds((0).to_bytes(32, "big"), 1)


def test_more_holes_than_an_entry_tells_count_as_missing_below() -> None:
    held = feeds(*range(2, 100, 2))
    entry = held.entry(ANA)
    assert len(entry.missing) == 15
    assert entry.missing[0] == (97, 97)
    assert entry.missing[-1] == (1, 69)


def test_a_profile_is_part_of_its_feed() -> None:
    held = feeds(1)
    held.profile(ANA, 3)
    held.profile(BO, 1)
    assert held.entry(ANA).epoch == 3
    held.profile(ANA, 4, ripe_at=10)
    assert held.entry(ANA).epoch == 3
    held.ripen(10)
    assert held.entry(ANA).epoch == 4
    assert len(held) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(0, 6)), max_size=30))
@settings(max_examples=200)
def test_spans_are_a_set_of_numbers(steps: list[tuple[bool, int, int]]) -> None:
    spans, model = Spans(), set[int]()
    for adds, first, length in steps:
        (spans.add if adds else spans.take)(first, first + length - 1)
        (model.update if adds else model.difference_update)(range(first, first + length))
    assert {number for number in range(-1, 40) if spans.has(number)} == model
    assert spans.count == len(model)
    found = spans.newest(100)
    assert sorted((one for first, last in found for one in range(first, last + 1))) == sorted(model)
    assert all(after[1] + 1 < before[0] for before, after in pairwise(found))
    inside = [one for first, last in spans.within(5, 15) for one in range(first, last + 1)]
    assert inside == [one for one in sorted(model) if 5 <= one <= 15]


@pytest.mark.parametrize("key", [ANA, BO])
def test_an_id_finds_its_feed(key: bytes) -> None:
    held = feeds(1, key=key)
    assert held.called(held.entry(key).id) == [key]
    assert held.called(b"xyz") == []


def test_what_was_missing_below_the_lowest_at_start_is_wanted_when_somebody_has_it() -> None:
    feeds = Feeds()
    feeds.load(bytes(32), {40: 0, 41: 0})
    told = feeds.entry(bytes(32))
    feeds.reopen(bytes(32), told._replace(floor=0))

    assert feeds.wants(bytes(32), told._replace(floor=0))
    assert feeds.entry(bytes(32)).missing == ((24, 39),)


def test_of_nobody_there_is_nothing() -> None:
    held, theirs = Feeds(), feeds(1, 2).entry(ANA)
    held.load(ANA, {})
    held.drop(ANA, 1)
    assert len(held) == 0
    assert (held.holds(ANA, 1), held.wanted(ANA, 1), held.born(ANA, 1)) == (False, True, None)
    assert (held.gaps(ANA), held.lacking(ANA, theirs)) == ([], [])
    assert held.wants(ANA, theirs)
    assert not held.wants(ANA, theirs._replace(floor=2))
    assert not held.believe(ANA, theirs)


def test_what_is_held_is_not_wanted_and_what_is_missing_is() -> None:
    held = feeds(1, 4)
    assert [seq for seq in range(1, 7) if held.wanted(ANA, seq)] == [2, 3, 5, 6]


def test_what_everybody_says_is_gone_between_what_is_held_is_believed() -> None:
    held, other = feeds(1, 9), feeds(1, 9)
    other.forgo(ANA, 2, 5)
    other.forgo(ANA, 7, 8)
    assert held.wants(ANA, feeds(1, 6, 9).entry(ANA))
    assert held.wants(ANA, other.entry(ANA)._replace(missing=()))
    assert held.believe(ANA, other.entry(ANA))
    assert held.entry(ANA).missing == ((6, 6),)
    assert held.entry(ANA).gone == ((7, 8), (2, 5))
    assert not held.believe(ANA, other.entry(ANA))


def test_what_was_dropped_stays_gone_when_older_ones_are_wanted_again() -> None:
    held = feeds(5, 8, 9)
    held.content()
    held.drop(ANA, 8)
    held.reopen(ANA, feeds(2, 5, 9).entry(ANA)._replace(floor=1))
    assert held.entry(ANA).floor == 4
    held.reopen_all()
    assert (held.entry(ANA).floor, held.entry(ANA).missing) == (0, ((6, 7), (1, 4)))
    assert held.entry(ANA).gone == ((8, 8),)


def test_a_profile_alone_is_content_with_what_there_is() -> None:
    held = feeds(1)
    held.forgo(BO, 1, 3)
    held.content()
    assert (held.entry(BO).floor, held.entry(ANA).floor) == (0, 0)


def test_two_feeds_of_one_id_are_both_found_until_they_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("handheld.sync.feed.feed_hash", lambda key: 7 + key[0])
    monkeypatch.setattr("handheld.sync.holdings.FEEDS_KEPT", 2)
    held = feeds(1)
    held.add(BO, 1, 0)
    assert held.called(held.entry(ANA).id) == [ANA, BO]
    held.add(b"c" * 32, 1, 0)
    assert held.called(held.entry(BO).id) == [BO, b"c" * 32]


def test_what_changes_in_a_feed_outside_of_a_full_window_does_not_bring_it_back() -> None:
    held = Feeds()
    for number in range(601):
        held.add(number.to_bytes(32, "big"), 5, 0)
    first, digest = bytes(32), held.digest
    held.forgo(first, 1, 2)
    assert (len(held), held.digest) == (600, digest)
    held.add(first, 6, 0)
    assert held.digest != digest


def test_an_author_who_leaves_every_other_number_out_takes_no_memory() -> None:
    """From the highest number down, so that no floor of what went ever rises; ten are kept."""
    held = Feeds()
    numbers = range(20_000, 0, -2)
    for place, number in enumerate(numbers):
        held.add(ANA, number, 0)
        if place >= 10:
            held.drop(ANA, numbers[place - 10])
    feed = held._feeds[ANA]
    assert len(feed.missing) + len(feed.gone) <= SPANS_MAX
    assert sorted(feed.born) == list(range(2, 21, 2))
    entry = decode(Vector, encode(pack_entries(16, (), [held.entry(ANA)], 0)))
    assert unpack(entry).entries[0].highest == 20_000  # type: ignore[union-attr]
    assert held.wanted(ANA, 20_001)


def test_holes_of_an_honest_feed_stay_wanted() -> None:
    held = feeds(*range(1, 2 * SPANS_MAX, 2))
    assert len(held._feeds[ANA].missing) == SPANS_MAX - 1
    assert held.wanted(ANA, 2)
    held.add(ANA, 2 * SPANS_MAX + 5, 0)
    held.add(ANA, 2 * SPANS_MAX + 9, 0)
    assert not held.wanted(ANA, 2)
    assert held.wanted(ANA, 2 * SPANS_MAX + 7)


def test_of_more_posts_than_anybody_keeps_the_feed_without_news_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "HELD_MAX", 92)
    held = feeds(1, 2, 3)
    for number in range(1, 201):
        held.add(BO, number, 0)
        if number > 90:
            held.drop(BO, number - 90)
    assert not held.holds(ANA, 1)
    assert held.holds(BO, 200)
    assert sum(len(feed.born) for feed in held._feeds.values()) == 90 == held._held


def test_no_more_young_posts_wait_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "YOUNG_MAX", 5)
    held = Feeds()
    for number in range(1, 9):
        held.add(ANA, number, 0, RIPE_MS)
    assert held.entry(ANA).highest == 3
    assert held.holds(ANA, 8)
    assert held.ripen(RIPE_MS)
    assert held.entry(ANA).highest == 8


def test_epochs_of_profiles_are_kept_of_the_last_that_came() -> None:
    held = Feeds()
    for number in range(2 * FEEDS_KEPT + 1):
        held.profile(number.to_bytes(32, "big"), 7)
    assert held.entry(bytes(32)).epoch is None
    assert held.entry((1).to_bytes(32, "big")).epoch == 7


def test_what_came_before_is_wanted_after_a_restart_unless_it_has_expired() -> None:
    whole = feeds(*range(1, 22))
    young, old = Feeds(), Feeds()
    young.load(ANA, {20: 1_000, 21: 1_200}, old=999)
    old.load(ANA, {20: 1_000, 21: 1_200}, old=1_000)
    # The newest are handed out first: the device may have been switched off before the others came.
    assert young.entry(ANA).missing == ((20 - BELOW, 19),)
    assert young.wants(ANA, whole.entry(ANA))
    assert young.digest != whole.digest
    assert old.entry(ANA).missing == ()
    assert old.digest == whole.digest
