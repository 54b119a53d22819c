"""What is said of mail in transit: once, and to who lacks it."""

from handheld.sync.mailbag import Mailbag
from handheld.sync.mailing import Mailing
from handheld.wire.sync import ITEMS_MAX, MAIL, NEXT, PART, Offer, offer

NOW_S = 10_000


def nobody(_name: bytes) -> bool:
    return False


def mailing(*numbers: int) -> Mailing:
    """Somebody who holds mail of these numbers, each as old in minutes as its number says."""
    bag = Mailbag()
    for number in numbers:
        bag.add(ident(number), 60 * number, NOW_S, 122)
    return Mailing(bag)


def ident(number: int) -> bytes:
    return number.to_bytes(4, "big") * 2


def said(made: Mailing, name: str) -> list[int]:
    frame = made.say(name, NOW_S, 0, nobody)
    return [] if frame is None else [int.from_bytes(name, "big") for name, _ in frame.pairs()]


def told(made: Mailing, numbers: range, flags: int = MAIL) -> Offer:
    frame = offer([(ident(number), number) for number in numbers], flags, 0)
    made.offered(frame, NOW_S)
    return frame


def test_who_hears_an_offer_tells_what_the_other_lacks_and_asks_for_what_he_lacks_himself() -> None:
    ana, bo = mailing(2, 3, 4, 5), mailing(3, 5, 7)
    frame = ana.say("offer", NOW_S, 0, nobody)
    assert frame is not None
    bo.offered(frame, NOW_S)

    assert said(bo, "tell") == [7]
    assert said(bo, "ask") == [2, 4]
    assert not bo.tells
    assert not bo.asks


def test_what_another_tells_first_is_not_told_twice() -> None:
    made = mailing(2, 3, 4)
    told(made, range(3, 4))
    told(made, range(2, 3), MAIL | PART)

    assert said(made, "tell") == [4]


def test_what_is_handed_out_next_says_nothing_of_what_else_there_is() -> None:
    made = mailing(2, 3, 4)
    for flags in (MAIL | NEXT, MAIL | PART):
        told(made, range(3, 4), flags)

    assert not made.tells


def test_of_a_full_offer_only_what_is_as_new_is_missed() -> None:
    made = mailing(1, 90)
    told(made, range(2, 2 + ITEMS_MAX))

    assert said(made, "tell") == [1]


def test_the_second_part_of_an_offer_is_called_one() -> None:
    made = mailing(*range(1, 60))
    first, second = made.say("offer", NOW_S, 0, nobody), made.say("offer", NOW_S, 1, nobody)
    assert first is not None
    assert second is not None

    assert (first.whole, second.whole) == (True, False)
    assert len(first.pairs()) + len(second.pairs()) == 59


def test_what_comes_next_is_asked_for_only_when_it_does_not_come() -> None:
    made = mailing()
    told(made, range(2, 5), MAIL | NEXT)

    frame = made.say("ask", NOW_S, 0, lambda name: name == ident(3)[:4])
    assert frame is not None
    assert [name for name, _ in frame.pairs()] == [ident(2)[:4], ident(4)[:4]]
    assert said(made, "ask") == [3]
