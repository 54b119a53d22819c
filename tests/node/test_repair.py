"""Nodes that bring each other up to date: posts, profiles, boards, ages."""

from handheld.crypto.signing import sign_post, sign_profile
from handheld.node.effects import KeepPost
from handheld.node.repair import Held
from handheld.node.saved import Saved
from handheld.wire.air import decode_air, first_byte, one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, PostType
from handheld.wire.sync import BoardName, Leap, one_hop_again
from tests.support.nodes import WALL, Handheld, Room


def together(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up(*names)
    here.run(3_000)
    return here


def raw_profile(handheld: Handheld) -> bytes:
    return bytes([first_byte(AirKind.PROFILE)]) + encode(sign_profile(handheld.identity, 0, b"eve"))


def raw_post(handheld: Handheld, seq: int, text: bytes = b"hello", kind: int = PostType.NOTE) -> bytes:
    post = sign_post(handheld.identity, "here", seq, seq, text, kind)
    return bytes([first_byte(AirKind.POST)]) + encode(post)


def test_who_was_off_gets_what_he_missed_with_its_age() -> None:
    here = together("ana", "bo", "cem")
    here.radio_down("cem")
    here.post("ana", "Bread at nine")
    here.run(600_000)
    here.radio_up("cem")
    here.run(10_000)

    cem = here.handhelds["cem"]
    assert cem.texts() == ["Bread at nine"]
    assert 540 <= cem.posts[0].age <= 610
    assert cem.posts[0].hops is None


def test_who_never_met_the_author_gets_his_profile_first() -> None:
    here = together("ana", "bo")
    here.post("ana", "Bread at nine")
    here.run(120_000)
    here.radio_down("ana")
    cem = Handheld("cem")
    here.handhelds["cem"] = cem
    here.radio_up("cem")
    here.run(20_000)

    assert cem.texts() == ["Bread at nine"]
    assert here.handhelds["ana"].identity.key in cem.profiles


def test_a_carried_copy_is_no_sign_that_its_author_is_near() -> None:
    here = together("bo")
    bo, eve = here.handhelds["bo"], Handheld("eve")
    for raw in (raw_profile(eve), raw_post(eve, 1)):
        here.carry_out(bo, bo.node.receive(one_hop_again(raw), -60, here.now, WALL))

    assert bo.texts() == ["hello"]
    assert bo.node.neighbours(here.now) == 0
    person = bo.node.person(eve.identity.key, here.now)
    assert (person.neighbour, person.hops, person.heard_s) == (False, None, None)
    assert (bo.posts[0].hops, bo.posts[0].rssi) == (None, None)
    assert bo.told == []


def test_posts_of_a_board_that_is_not_followed_are_carried_with_its_name() -> None:
    here = together("ana", "bo")
    here.post("ana", "Two chairs", "market")
    here.run(120_000)
    here.radio_down("ana")
    cem = Handheld("cem", Saved(boards=["here", "market"]))
    here.handhelds["cem"] = cem
    here.radio_up("cem")
    here.run(20_000)

    assert not here.handhelds["bo"].node.follows("market")
    assert cem.texts() == ["Two chairs"]
    names = [decode_air(air).body for _, who, air in here.frames if air[0] >> 2 & 15 == AirKind.BOARD]
    assert names[0] == b"market"


def test_a_board_in_another_spelling_or_none_is_dropped() -> None:
    here = together("ana")
    ana = here.handhelds["ana"]
    for name in (b"Market", b"\xff\xfe", b"#here", b"a b"):
        frame = one_hop(AirKind.BOARD, encode(BoardName(name)))
        here.carry_out(ana, ana.node.receive(frame, -60, here.now, WALL))
    assert (ana.boards_heard, ana.dropped) == ([], ["text"] * 4)


def test_gaps_are_named_and_close_when_somebody_has_the_posts() -> None:
    here = together("ana", "bo", "cem")
    for number in range(1, 5):
        if number == 2:
            here.deaf = {("ana", "cem")}
        if number == 4:
            here.deaf = set()
        here.post("ana", f"Post {number}")
        here.run(1_000)
    ana, cem = here.handhelds["ana"].identity.key, here.handhelds["cem"]
    assert sorted(cem.texts()) == ["Post 1", "Post 4"]
    here.run(62_000)
    assert cem.node.upkeep.gaps(ana) in ([(2, 3)], [])
    here.run(1_100_000)
    assert sorted(cem.texts()) == ["Post 1", "Post 2", "Post 3", "Post 4"]
    assert cem.node.upkeep.gaps(ana) == []


def test_a_signed_leap_leaves_no_gap() -> None:
    here = together("bo")
    bo, eve = here.handhelds["bo"], Handheld("eve")
    leap = raw_post(eve, 70_000, encode(Leap(2)), PostType.LEAP)
    for raw in (raw_profile(eve), raw_post(eve, 1), raw_post(eve, 2), leap):
        here.carry_out(bo, bo.node.receive(one_hop_again(raw), -60, here.now, WALL))
    assert bo.node.upkeep.gaps(eve.identity.key) == []
    false = raw_post(eve, 70_001, encode(Leap(70_001)), PostType.LEAP)
    here.carry_out(bo, bo.node.receive(one_hop_again(false), -60, here.now, WALL))
    assert bo.dropped[-1] == "leap"


def test_what_the_store_no_longer_has_is_not_told_of() -> None:
    author = Handheld("eve").identity.key
    saved = Saved(boards=["here"], held=[Held(author, 1, 0, 10_000), Held(author, 2, 0, 10_000)])
    here = Room([Handheld("ana", saved), Handheld("bo")])
    ana = here.handhelds["ana"].node
    assert len(ana.upkeep) == 1
    here.radio_up()
    here.run(20_000)

    assert len(ana.upkeep) == 0
    assert here.handhelds["bo"].posts == []


def test_who_was_switched_off_in_the_middle_of_a_repair_gets_the_rest_later() -> None:
    here = together("ana", "bo")
    here.post("ana", "The bridge is gone")
    here.post("ana", "The school is open")
    here.run(120_000)
    ana = here.handhelds["ana"].identity.key
    # The newest are handed out first, and more had not come when the power went.
    known = here.handhelds["bo"].profiles[ana].raw
    saved = Saved(boards=["here"], profiles=[known], held=[Held(ana, 2, 0, 600_000)])
    here.handhelds["cem"] = cem = Handheld("cem", saved)
    here.radio_up("cem")
    here.run(60_000)

    assert cem.texts() == ["The bridge is gone"]


def test_what_expires_is_neither_told_nor_asked_for() -> None:
    author = Handheld("eve").identity.key
    saved = Saved(boards=["here"], held=[Held(author, 1, 0, 30)])
    here = Room([Handheld("ana", saved)])
    here.radio_up()
    here.run(20_000)
    assert len(here.handhelds["ana"].node.upkeep) == 1
    here.run(600_000)
    assert len(here.handhelds["ana"].node.upkeep) == 0


def test_own_posts_that_come_back_are_no_second_device() -> None:
    here = together("ana")
    ana = here.handhelds["ana"]
    ana.node.postings.seq = 100_000
    frame = one_hop_again(raw_post(ana, 3))
    here.carry_out(ana, ana.node.receive(frame, -60, here.now, WALL))

    assert not ana.node.is_copied(here.now)
    assert ana.posts == []


def test_what_is_malformed_is_counted() -> None:
    here = together("ana")
    ana = here.handhelds["ana"]
    for kind in (AirKind.BOARD, AirKind.BEACON, AirKind.VECTOR, AirKind.OFFER):
        here.carry_out(ana, ana.node.receive(one_hop(kind, b"\0"), -60, here.now, WALL))
    assert len(ana.dropped) == 4


def test_a_post_that_had_to_give_way_is_not_wanted_again() -> None:
    here = together("ana")
    node = here.handhelds["ana"].node
    author = Handheld("eve").identity.key
    keep = KeepPost(author, 5, 5, "here", b"x", b"x", False, None, None, WALL)
    node.kept(keep, 0, here.now)
    assert not node.upkeep.holds(author, 5)


def test_who_signs_two_posts_under_one_number_is_said_to_write_on_two_devices() -> None:
    here = together("ana")
    ana, eve = here.handhelds["ana"], Handheld("eve")
    here.carry_out(ana, ana.node.receive(one_hop_again(raw_profile(eve)), -60, here.now, WALL))
    here.carry_out(ana, ana.node.upkeep.twin(eve.identity.key, here.now))
    assert ana.node.person(eve.identity.key, here.now).relation == "writes on two devices"
    assert ana.node.upkeep.twin(eve.identity.key, here.now) == []
    again = Handheld("ana", Saved(boards=["here"], twins=[eve.identity.key]))
    assert again.node.person(eve.identity.key, here.now).relation == "writes on two devices"


def test_who_starts_again_tells_of_the_profiles_that_he_holds_also_of_those_who_wrote_nothing() -> None:
    here = together("ana", "bo")
    ana, bo = here.handhelds["ana"].identity, here.handhelds["bo"].restarted("again")
    bo.node.receive(one_hop_again(raw_post(here.handhelds["ana"], 1)), -60, here.now, WALL)
    bo.node.upkeep.refuse(ana.key, 1)

    assert bo.node.upkeep._feeds.entry(ana.key).epoch == ana.epoch


def test_a_board_whose_name_has_no_room_in_a_frame_stops_nobody_from_mending() -> None:
    """A database may hold one from before names were counted in bytes."""
    here = together("ana", "bo")
    name = "ä" * 13
    ana = here.handhelds["ana"]
    post = sign_post(ana.identity, name, 1, 1, b"Bread at nine", PostType.NOTE)
    raw = bytes([first_byte(AirKind.POST)]) + encode(post)
    bo = here.handhelds["bo"] = Handheld("bo", Saved(boards=["here", name]))
    here.radio_up("bo")
    here.run(1_000)
    for one in (ana, bo):
        here.carry_out(one, one.node.receive(one_hop_again(raw_profile(ana)), -60, here.now, WALL))
    here.carry_out(bo, bo.node.receive(one_hop_again(raw), -60, here.now, WALL))
    assert bo.texts() == ["Bread at nine"]
    here.radio_down("ana")
    here.run(120_000)
    cem = here.handhelds["cem"] = Handheld("cem", Saved(boards=["here", name]))
    here.radio_up("cem")
    here.run(60_000)
    assert cem.texts() == ["Bread at nine"]
