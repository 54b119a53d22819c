"""A device that was restored from a backup listens before it writes, and goes on above what others hold."""

from handheld.node.saved import Saved
from handheld.wire.codec import decode
from handheld.wire.constants import PostType
from handheld.wire.sync import Leap
from tests.support.nodes import Handheld, Room


def restored(here: Room, known: int) -> Handheld:
    """Ana's device is lost; a new one with her backup, which knew so many of her posts."""
    ana = here.handhelds["ana"]
    held = [row for row in ana.posts if row.seq <= known]
    saved = Saved(boards=["here"], seq=known + 70_000, restored=known + 1)
    again = Handheld("ana", saved, seed="again", identity=ana.identity)
    again.posts = held
    here.handhelds["ana"] = again
    return again


def village() -> Room:
    here = Room([Handheld("ana"), Handheld("bo"), Handheld("cem")])
    here.radio_up()
    here.run(3_000)
    for number in range(1, 6):
        here.post("ana", f"Post {number}")
        here.run(1_000)
    here.radio_down("ana")
    here.run(100_000)
    return here


def leaps(handheld: Handheld) -> list[tuple[int, int]]:
    return [(row.seq, decode(Leap, row.text).seq) for row in handheld.posts if row.kind == PostType.LEAP]


def test_it_is_silent_until_it_has_listened_and_then_says_where_it_goes_on() -> None:
    here = village()
    ana = restored(here, 3)
    here.post("ana", "I am back")
    here.radio_up("ana")
    here.run(1_000)
    assert "I am back" not in here.handhelds["bo"].texts()
    assert ana.aired == []
    here.run(240_000)

    bo = here.handhelds["bo"]
    assert "I am back" in bo.texts()
    assert leaps(bo) == [(70_004, 5)]
    assert bo.node.upkeep.gaps(ana.identity.key) == []
    assert not ana.node.is_copied(here.now)


def test_with_nobody_near_it_writes_after_a_while() -> None:
    here = village()
    ana = restored(here, 3)
    for name in ("bo", "cem"):
        here.radio_down(name)
    here.post("ana", "Anybody?")
    here.radio_up("ana")
    here.run(170_000)
    assert ana.aired == []
    here.run(20_000)
    assert len(ana.aired) == 2
    assert leaps(ana) == [(70_004, 3)]


def test_a_liar_does_not_use_its_numbers_up() -> None:
    here = village()
    ana = restored(here, 3)
    ana.node.upkeep._engine.own_highest = 0xFFFF_FFFF
    here.radio_up("ana")
    here.run(240_000)
    here.post("ana", "Still here")

    assert ana.posts[-1].seq < 1 << 28


def test_who_was_not_restored_writes_at_once() -> None:
    here = village()
    here.radio_up("ana")
    here.post("ana", "Post 6")
    here.run(100)
    assert "Post 6" in here.handhelds["bo"].texts()
