"""What was tried, served or doubted is remembered for as many as there is room for, and no more."""

import pytest

from handheld.sync.patience import DOUBT_MS, DOUBTS_KEPT, KEPT, SERVED_KEPT, Doubts, Patience, Served
from handheld.sync.serving import (
    AGES_KEPT,
    LEFT_MOST,
    LEFT_MS,
    WANTED_MAX,
    Ages,
    Record,
    Serving,
    Wanted,
    name_of,
)
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind
from handheld.wire.pairs import SHORT_BODY
from tests.support.cell import ESPNOW_US, SF9_US


def name(number: int) -> bytes:
    return number.to_bytes(4, "big")


def test_of_too_many_who_differ_the_first_is_tried_anew() -> None:
    patience = Patience()
    patience.wait_ms = 1_000
    for number in range(KEPT + 1):
        patience.tried("mail", name(number), b"ours", 0)
    assert patience.allows("mail", name(0), b"ours", 0)
    assert not patience.allows("mail", name(1), b"ours", 0)


def test_of_too_much_that_was_served_the_first_is_served_anew() -> None:
    served = Served()
    served.wait_ms = 1_000
    for number in range(SERVED_KEPT + 1):
        served.note(name(number), 0)
    assert served.may(name(0), 0)
    assert not served.may(name(1), 0)


def test_what_only_one_says_is_believed_when_he_says_it_again_later() -> None:
    doubts = Doubts()
    assert not doubts.last(b"a", 0)
    assert not doubts.last(b"a", DOUBT_MS - 1)
    assert doubts.last(b"a", DOUBT_MS)
    assert not doubts.last(b"a", DOUBT_MS)
    for number in range(DOUBTS_KEPT):
        doubts.last(name(number), DOUBT_MS)
    assert not doubts.last(b"a", 9 * DOUBT_MS)
    assert doubts.last(name(DOUBTS_KEPT - 1), 9 * DOUBT_MS)


def test_ages_are_kept_of_the_last_that_were_offered() -> None:
    ages = Ages()
    ages.say((name(number), 9) for number in range(AGES_KEPT + 1))
    assert (ages.take(name(0)), ages.take(name(1)), ages.take(name(AGES_KEPT))) == (0, 9, 9)


def serving() -> Serving:
    return Serving(lambda what: what.seq, lambda _: 0)


def mail(number: int) -> Wanted:
    return Wanted(mail=name(number) * 2)


def test_mail_is_left_to_another_some_times_a_minute() -> None:
    made = serving()
    few = [(now, False) for now in range(LEFT_MOST)]
    for now, stays in (*few, (1_000, True), (LEFT_MS, False)):
        made.owe(mail(1), now, now)
        made.leaves([name_of(mail(1)), b"none"], now)
        assert made.active is stays
    for number in range(2, WANTED_MAX + 3):
        made.owe(mail(number), LEFT_MS, LEFT_MS)
        made.leaves([name_of(mail(number))], LEFT_MS)
    made.owe(mail(1), LEFT_MS, LEFT_MS)
    made.leaves([name_of(mail(1))], LEFT_MS)
    assert not made.active  # that it was left to somebody is forgotten


@pytest.mark.parametrize(("airtime_us", "frames"), [(ESPNOW_US, [2, 1, 1, 1]), (SF9_US, [1, 1, 1, 1, 1])])
def test_on_fast_air_two_short_letters_go_together(airtime_us: int, frames: list[int]) -> None:
    made = serving()
    made.radio_up(airtime_us, 0)
    short, longer = bytes([first_byte(AirKind.PRIVATE)]) + bytes(SHORT_BODY), bytes(SHORT_BODY + 65)
    raws = [short, longer, short, bytes(SHORT_BODY + 1), short]
    made.fetched([Record(mail(number), raw) for number, raw in enumerate(raws)])
    said: list[list[Record]] = []
    while (at := made.next_deadline()) is not None:
        said.append(made.next_records(at, 0))
    assert [len(records) for records in said] == frames
    assert {one.what for records in said for one in records} == {mail(number) for number in range(5)}
    assert said[0][-1].what == mail(2 if len(said[0]) > 1 else 0)
