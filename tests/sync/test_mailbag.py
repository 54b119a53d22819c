"""The index of carried mail: what it tells others, and what gives way."""

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.sync.mailbag import LIFE_S, OWN, QUOTA, REFUSED_MAX, VERIFIED, Mailbag


def ident(number: int) -> bytes:
    return number.to_bytes(4, "big") * 2


def filled(count: int, **how) -> Mailbag:
    bag = Mailbag()
    for number in range(count):
        bag.add(ident(number), 0, number, 186, **how)
    return bag


def test_what_is_held_is_not_wanted_and_found_by_what_an_offer_says():
    bag = filled(3)
    assert not bag.wanted(ident(1))
    assert not bag.wanted(ident(1)[:4])
    assert bag.wanted(ident(9)[:4])
    assert bag.find(ident(1)[:4]) == [ident(1)]
    assert bag.find(ident(9)[:4]) == []
    assert (bag.count, bag.size, ident(1) in bag) == (3, 3 * 186, True)
    bag.add(ident(1), 0, 5, 186)
    assert bag.count == 3
    bag.remove(ident(1))
    bag.remove(ident(1))
    assert (bag.count, bag.size, bag.wanted(ident(1)[:4])) == (2, 2 * 186, True)


def test_what_was_dropped_or_answered_is_never_wanted_again_as_far_as_it_is_remembered():
    bag = filled(2)
    bag.refuse(ident(1))
    bag.refuse(ident(1))
    assert bag.refused(ident(1))
    assert not bag.wanted(ident(1)[:4])
    assert bag.count == 1
    for number in range(100, 100 + REFUSED_MAX):
        bag.refuse(ident(number))
    assert not bag.refused(ident(1))
    assert bag.wanted(ident(1)[:4])


def test_of_two_refused_with_the_same_first_bytes_one_is_remembered_on():
    bag = Mailbag()
    for id8 in (b"same1111", b"same2222", *(ident(number) for number in range(REFUSED_MAX - 1))):
        bag.refuse(id8)
    assert (bag.refused(b"same1111"), bag.refused(b"same2222")) == (False, True)
    assert not bag.wanted(b"same")
    bag.refuse(ident(REFUSED_MAX))
    assert bag.wanted(b"same")


def test_two_with_the_same_first_bytes_are_both_held():
    bag = Mailbag()
    bag.add(b"same" + b"1111", 0, 0, 1)
    bag.add(b"same" + b"2222", 0, 0, 1)
    assert sorted(bag.find(b"same")) == [b"same1111", b"same2222"]
    bag.remove(b"same1111")
    assert bag.find(b"same") == [b"same2222"]


def test_young_items_stay_out_of_digest_and_offers_until_they_have_settled():
    bag, empty = Mailbag(), Mailbag()
    bag.add(ident(1), 0, 1_000, 186)
    assert bag.digest(1_059) == empty.digest(1_059)
    assert bag.newest(9, 1_059) == []
    assert bag.digest(1_060) != empty.digest(1_060)
    assert bag.newest(9, 1_060) == [(ident(1), 60)]


def test_age_travels_and_only_powered_time_is_added():
    bag = Mailbag()
    bag.add(ident(1), 3_600, 50, 186)
    assert bag.age(ident(1), 80) == 3_630
    assert bag.old(50 + LIFE_S - 3_600) == []
    assert bag.old(51 + LIFE_S - 3_600) == [ident(1)]


def test_the_newest_come_first():
    bag = filled(100)
    assert [id8 for id8, _ in bag.newest(3, 10_000)] == [ident(99), ident(98), ident(97)]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 500), st.booleans()), max_size=60))
def test_digests_agree_where_the_same_is_held_whatever_came_and_went_before(steps):
    bag, now = Mailbag(), 1_000
    for number, age, goes in steps:
        now += 7
        if goes:
            bag.remove(ident(number))
        else:
            bag.add(ident(number), age, now, 10)
        bag.digest(now)
    other = Mailbag()
    for number in range(31):
        if ident(number) in bag:
            other.add(ident(number), bag.age(ident(number), now), now, 10)
    assert other.digest(now + 30) == bag.digest(now + 30)
    assert other.newest(99, now + 30) == bag.newest(99, now + 30)


def test_over_the_quota_the_oldest_of_whoever_has_most_goes_and_own_never():
    bag = Mailbag()
    bag.add(b"ownownow", 0, 0, 1, rank=OWN)
    bag.add(b"verified", 0, 0, 1, rank=VERIFIED)
    bag.add(b"stranger", 0, 0, 1, source=b"\1")
    gone = [gone for number in range(QUOTA) for gone in bag.add(ident(number), 0, number, 1)]
    assert gone == [ident(0), ident(1), ident(2)]
    assert bag.count == QUOTA
    assert bag.refused(ident(0))
    assert {b"ownownow", b"verified", b"stranger"} <= {id8 for id8, _ in bag.newest(QUOTA, 9_999)}


def test_one_source_takes_a_twentieth_at_the_most():
    bag = Mailbag()
    gone = [gone for number in range(120) for gone in bag.add(ident(number), 0, number, 1, source=b"\7")]
    assert bag.count == QUOTA // 20
    assert gone == [ident(number) for number in range(20)]


def test_what_is_own_may_be_over_the_quota():
    bag = Mailbag()
    assert [gone for number in range(QUOTA + 5) for gone in bag.add(ident(number), 0, 0, 1, rank=OWN)] == []
    assert bag.count == QUOTA + 5


def test_a_box_holds_ten_times_as_much():
    bag = Mailbag(times=10)
    for number in range(QUOTA + 1):
        bag.add(ident(number), 0, number, 1)
    assert bag.count == QUOTA + 1
