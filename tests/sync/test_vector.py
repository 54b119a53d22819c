"""What is said of feeds that differ: entries where they fit, else lists, and what liars make of it."""

from handheld.sync import vector
from handheld.sync.holdings import Differing, Feeds
from handheld.sync.vector import Answer, answer_lists, covers, lacked, open_round
from handheld.wire.codec import encode
from handheld.wire.sync import VECTOR_MAX, Entries, Entry, Listing, Vector, unpack
from tests.support.cell import key_of


def feeds(count: int, posts: int = 1) -> Feeds:
    made = Feeds()
    for number in range(count):
        for seq in range(1, posts + 1):
            made.add(key_of(number), seq, 0)
    return made


def every(size: int, of: int) -> Differing:
    """All buckets differ from those of somebody who has so many feeds."""
    return Differing(size, tuple(range(size)), of)


def lists_of(said: list[Vector]) -> dict[int, tuple[int, bytes]]:
    listings = [unpack(one) for one in said]
    assert all(isinstance(one, Listing) for one in listings)
    return {bucket: told for one in listings for bucket, told in one.lists.items()}  # type: ignore[union-attr]


def test_few_feeds_are_told_at_once_and_many_by_lists() -> None:
    few, many = feeds(5), feeds(200)
    (said,) = open_round(few, every(16, 5), 7)
    found = unpack(said)
    assert isinstance(found, Entries)
    assert {entry.id for entry in found.entries} == {few.entry(key_of(number)).id for number in range(5)}

    lists = lists_of(open_round(many, every(32, 200), 7))
    assert sorted(lists) == list(range(32))
    assert sum(len(prints) for _, prints in lists.values()) == 200
    assert answer_lists(many, Listing(32, 7, lists)).keys == {}


def test_where_one_side_has_many_more_entries_say_more_than_lists() -> None:
    (said,) = open_round(feeds(200), every(32, 20), 7)
    found = unpack(said)
    assert isinstance(found, Entries)
    assert found.complete


def test_lists_take_two_frames_and_the_rest_waits() -> None:
    said = open_round(feeds(590), every(64, 590), 3)
    assert len(said) == vector.FRAMES_MAX
    assert all(len(encode(one)) <= VECTOR_MAX + 1 for one in said)
    assert 0 < len(lists_of(said)) < 64


def test_a_bucket_that_somebody_filled_with_keys_is_left_out_of_lists(monkeypatch) -> None:
    held = feeds(200)
    full = max(range(32), key=lambda bucket: len(held.in_bucket(32, bucket)))
    monkeypatch.setattr(vector, "_LIST_MAX", len(held.in_bucket(32, full)) - 1)
    lists = lists_of(open_round(held, every(32, 200), 1))
    assert full not in lists
    assert lists


def test_a_list_of_other_feeds_asks_for_the_bucket_and_of_another_state_for_the_feed() -> None:
    held, other = feeds(200), feeds(200)
    other.add(key_of(3), 2, 0)
    other.add(key_of(900), 1, 0)
    answer = answer_lists(held, Listing(32, 5, lists_of(open_round(other, every(32, 200), 5))))
    (bucket,) = [at for at in range(32) if key_of(900) in other.in_bucket(32, at)]
    assert answer.complete == {bucket}
    assert set(answer.keys) == {key_of(3)} - set(held.in_bucket(32, bucket))


def test_answers_are_merged_and_of_two_sizes_the_newer_one_stays() -> None:
    answer = Answer(16, {b"a": None}, {}, {1, 2})
    answer.merge(Answer(16, {b"b": None}, {b"x": None}, {3}))
    assert (answer.size, set(answer.keys), set(answer.unknown)) == (16, {b"a", b"b"}, {b"x"})
    assert answer.complete == {1, 2, 3}
    answer.merge(Answer(32, {}, {}, {9}))
    assert (answer.size, answer.complete) == (32, {9})
    answer.merge(Answer(64, {b"c": None}))
    assert (answer.size, answer.complete) == (32, {9})
    assert not Answer()


def test_what_lies_untold_in_a_complete_bucket_is_lacked_from_its_beginning() -> None:
    held = feeds(40)
    told = held.entry(key_of(1))._replace(highest=7)
    found = lacked(held, Entries(16, frozenset(range(16)), (told,)))
    assert len(found) == 40
    assert found[key_of(1)] == told
    assert found[key_of(2)] == Entry(held.entry(key_of(2)).id, 0, None)


def test_larger_and_smaller_buckets_cover_each_other() -> None:
    differing = Differing(32, (3, 20), 100)
    assert covers(16, frozenset({3, 4}), differing)
    assert not covers(16, frozenset({3}), differing)
    assert covers(64, frozenset({3, 35, 20, 52}), differing)
    assert not covers(64, frozenset({3, 20, 52}), differing)
