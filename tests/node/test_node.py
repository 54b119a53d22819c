"""Nodes in a room: they meet, they post, and what is forged, foreign or broken is counted and dropped."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.commands import Post
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.errors import Refused
from handheld.events import PersonHeard
from handheld.node.effects import Dropped, KeepPost, Tell, Transmit
from handheld.node.node import Node
from handheld.node.saved import Saved
from handheld.text import cut
from handheld.wire.air import decode_air, flood
from handheld.wire.codec import encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind
from tests.support.nodes import WALL, Handheld, Room

EVE = Identity.create(SeededEntropy("eve"))


def room(*names: str) -> Room:
    return Room([Handheld(name) for name in names])


def test_two_who_switch_on_know_each_other_within_two_seconds() -> None:
    here = room("ana", "bo")
    here.radio_up()
    here.run(2_000)
    for one, other in (("ana", "bo"), ("bo", "ana")):
        people = here.handhelds[one].node.everybody(here.now)
        assert [(person.name, person.neighbour, person.hops) for person in people] == [(other, True, 1)]
    told = [event for event in here.handhelds["ana"].told if isinstance(event, PersonHeard)]
    assert told[0].fresh
    assert not any(event.fresh for event in told[1:])


def test_a_latecomer_learns_everybody_and_the_air_stays_quiet() -> None:
    names = [f"person{number}" for number in range(12)]
    here = room("late", *names)
    here.radio_up(*names)
    here.run(60_000)
    before = len(here.frames)
    here.radio_up("late")
    here.run(60_000)
    assert here.handhelds["late"].node.neighbours(here.now) == 12
    assert all(here.handhelds[name].node.neighbours(here.now) == 12 for name in names)
    said = [decode_air(air) for _, _, air in here.frames[before:]]
    assert sum(air.kind == AirKind.PROFILE for air in said) <= 2 * 13
    assert sum(air.kind == AirKind.HERE for air in said) <= 13
    late = here.handhelds["late"]
    assert set(late.profiles) == {one.identity.key for one in here.handhelds.values()}


def test_a_post_reaches_everybody_with_author_and_hops() -> None:
    here = room("ana", "bo")
    here.hops = 3
    here.radio_up()
    here.run(2_000)
    here.post("ana", "Water at the school")
    here.run(100)
    (heard,) = here.handhelds["bo"].posts
    assert heard.author == here.handhelds["ana"].identity.key
    assert (heard.text, heard.board, heard.hops, heard.rssi, heard.own) == (
        b"Water at the school", "here", 3, -60, False,
    )  # fmt: skip
    message = here.handhelds["bo"].node.message(heard, 1, "received", here.now)
    assert (message.name, message.mark, message.board) == ("ana", "?", "here")
    assert here.handhelds["ana"].aired == [1]


def test_a_post_of_somebody_unknown_waits_for_the_profile_and_asks_for_it() -> None:
    here = room("ana", "bo")
    here.deaf = {("ana", "bo"), ("bo", "ana")}
    here.radio_up()
    here.run(5_000)
    here.deaf = set()
    here.post("ana", "Hello?")
    here.run(50)
    assert here.handhelds["bo"].texts() == []
    assert "unknown author" in here.handhelds["bo"].dropped
    here.run(3_000)
    assert here.handhelds["bo"].texts() == ["Hello?"]
    assert here.handhelds["bo"].node.neighbours(here.now) == 1


def test_a_post_on_a_board_we_do_not_follow_is_kept_for_others() -> None:
    here = room("ana", "bo")
    here.radio_up()
    here.run(2_000)
    here.post("ana", "Bread at nine", "market")
    here.run(100)
    bo = here.handhelds["bo"]
    assert here.handhelds["ana"].boards == ["market"]
    assert bo.boards_heard == ["market"]
    assert bo.texts() == ["Bread at nine"]
    assert not bo.node.follows("market")
    here.carry_out(bo, bo.node.follow("market"))
    assert bo.texts() == ["Bread at nine"]
    assert bo.node.follows("market")
    assert here.handhelds["bo"].node.follow("market") == []


def test_posts_written_without_a_radio_go_out_when_it_comes() -> None:
    here = room("ana", "bo")
    here.radio_up("bo")
    here.post("ana", "one")
    here.post("ana", "two")
    assert here.handhelds["ana"].node.queued == 2
    here.radio_up("ana")
    here.run(3_000)
    assert here.handhelds["ana"].node.queued == 0
    assert sorted(here.handhelds["bo"].texts()) == ["one", "two"]


def test_posts_saved_before_a_restart_go_out_after_it() -> None:
    first = room("ana")
    first.post("ana", "Are you safe?")
    kept = first.handhelds["ana"].posts[0]
    saved = Saved(boards=["here"], seq=kept.seq, lamport=kept.lamport, unaired=[(1, kept.raw)])
    here = Room([Handheld("ana", saved), Handheld("bo")])
    here.radio_up("bo", "ana")
    here.run(3_000)
    assert here.handhelds["bo"].texts() == ["Are you safe?"]
    assert here.handhelds["ana"].aired == [1]
    here.post("ana", "again")
    assert here.handhelds["ana"].posts[-1].seq == kept.seq + 1


@pytest.mark.parametrize(
    ("board", "text", "says"),
    [
        ("here", "", "nothing to send"),
        ("here", "  \n ", "nothing to send"),
        ("here", "\u200b\u202e", "nothing to send"),
        ("here", "x" * 513, "1 too long"),
        ("here", "\u00e9" * 257, "2 too long"),
        ("here", "a\0b", "NUL"),
        ("here", "\ud800", "half a character"),
        ("two words", "hi", "#here"),
    ],
)
def test_what_cannot_be_posted_is_refused_and_nothing_changes(board: str, text: str, says: str) -> None:
    here = room("ana")
    node = here.handhelds["ana"].node
    with pytest.raises(Refused, match=says):
        node.post(Post(board, text), WALL)
    here.post("ana", "x" * 160)
    assert here.handhelds["ana"].posts[0].seq == 1


def meet(identity: Identity, here: Room, name: str) -> None:
    profile = flood(AirKind.PROFILE, 8, encode(sign_profile(identity, 0, b"eve")))
    here.carry_out(here.handhelds[name], here.handhelds[name].node.receive(profile, -50, here.now, WALL))


def dropped(here: Room, name: str, data: bytes) -> list[str]:
    effects = here.handhelds[name].node.receive(data, -50, here.now, WALL)
    assert not any(isinstance(effect, KeepPost) for effect in effects)
    return [effect.reason for effect in effects if isinstance(effect, Dropped)]


def test_what_is_forged_foreign_or_broken_is_counted_and_dropped() -> None:
    here = room("ana")
    meet(EVE, here, "ana")
    post = sign_post(EVE, "here", 1, 1, b"hello")
    profile = sign_profile(EVE, 0, b"eve")
    own = here.handhelds["ana"].identity
    cases = {
        "signature": flood(AirKind.POST, 8, encode(replace(post, text=b"hullo"))),
        "ttl": flood(AirKind.POST, PUBLIC_START_TTL + 1, encode(post)),
        "ack": flood(AirKind.ACK, 8, bytes(8)),
        "mode": b"\x7c\x20\0\0\0\0hello",
        "short": flood(AirKind.POST, 8, encode(post)[:40]),
        "own": flood(AirKind.PROFILE, 8, encode(sign_profile(own, 0, b"ana"))),
        "epoch": flood(AirKind.PROFILE, 8, encode(sign_profile(replace(EVE, epoch=0), 0, b"eve"))),
        "unknown author": flood(AirKind.POST, 8, encode(replace(post, author=bytes(8)))),
        "unknown board": flood(AirKind.POST, 8, encode(replace(post, channel=bytes(3)))),
        "version": b"\x04\x20\0\0\0\0hello",
    }
    for reason, data in cases.items():
        assert dropped(here, "ana", data) == [reason], reason
    own_post = flood(AirKind.POST, 8, encode(sign_post(own, "here", 9, 9, b"me")))
    assert dropped(here, "ana", own_post) == ["own"]
    forged = flood(AirKind.PROFILE, 8, encode(replace(profile, nickname=b"evil")))
    assert dropped(here, "ana", forged) == ["signature"]
    assert here.handhelds["ana"].node.dropped["signature"] == 2


def test_a_post_of_a_type_to_come_is_kept_to_be_carried() -> None:
    here = room("ana")
    meet(EVE, here, "ana")
    post = sign_post(EVE, "here", 1, 1, b"hello", 99)
    effects = here.handhelds["ana"].node.receive(flood(AirKind.POST, 8, encode(post)), -50, 0, WALL)
    assert [one.kind for one in effects if isinstance(one, KeepPost)] == [99]
    assert any(isinstance(one, Tell) and isinstance(one.event, PersonHeard) for one in effects)
    assert dropped(here, "ana", flood(AirKind.POST, 8, encode(replace(post, seq=2)))) == ["signature"]


def test_a_lying_lamport_clock_moves_ours_a_little_only() -> None:
    here = room("ana")
    meet(EVE, here, "ana")
    lie = flood(AirKind.POST, 8, encode(sign_post(EVE, "here", 1, 0xFFFFFFFF, b"late")))
    here.carry_out(here.handhelds["ana"], here.handhelds["ana"].node.receive(lie, -50, 0, WALL))
    here.post("ana", "mine")
    assert here.handhelds["ana"].posts[-1].lamport < 1 << 17


def test_a_lamport_clock_at_its_end_stands_still() -> None:
    here = Room([Handheld("ana", Saved(boards=["here"], lamport=0xFFFFFFFE))])
    for _ in range(3):
        here.post("ana", "still here")
    assert [post.lamport for post in here.handhelds["ana"].posts] == [0xFFFFFFFF] * 3


def test_a_configured_name_is_cleaned_before_it_is_signed() -> None:
    for name in ("a\0b", "\ud800ana", "\x1b[31mred", "x" * 100):
        handheld = Handheld("ana")
        handheld.node = Node(handheld.identity, name, SeededEntropy(1), Saved(), invisible=True)
        handheld.node.tick(0)
        handheld.node.radio_up(2_540, 0)
        effects = handheld.node.tick(2_000)
        assert all(isinstance(effect, Transmit) for effect in effects)
        kinds = [decode_air(effect.air).kind for effect in effects if isinstance(effect, Transmit)]
        assert AirKind.PROFILE in kinds


def test_waiting_posts_are_bounded_and_a_false_one_among_them_is_dropped() -> None:
    here = room("ana")
    for seq in range(100):
        post = sign_post(EVE, "here", seq + 1, 1, b"x")
        if seq == 99:
            post = replace(post, text=b"y")
        here.handhelds["ana"].node.receive(flood(AirKind.POST, 8, encode(post)), -50, 0, WALL)
    meet(EVE, here, "ana")
    assert len(here.handhelds["ana"].posts) == 63
    assert here.handhelds["ana"].dropped == ["signature"]


def test_a_damaged_saved_profile_is_passed_over() -> None:
    good = encode(sign_profile(EVE, 0, b"eve"))
    handheld = Handheld("ana", Saved(profiles=[b"\x44" + good, b"\x44rubbish", b""], boards=["here"]))
    assert [person.name for person in handheld.node.everybody(0)] == ["eve"]
    assert handheld.node.dropped["saved profile"] == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=260), st.integers(-128, 127))
def test_no_frame_raises_out_of_the_node(data: bytes, rssi: int) -> None:
    handheld = Handheld("ana")
    assert all(isinstance(effect, Dropped) for effect in handheld.node.receive(data, rssi, 0, WALL))


def test_the_same_seed_replays_frame_by_frame() -> None:
    def frames() -> list[tuple[int, str, bytes]]:
        here = room("ana", "bo", "cy")
        here.radio_up()
        here.run(5_000)
        here.post("ana", "hi")
        here.run(700_000)
        return here.frames

    assert frames() == frames()


def test_a_nickname_is_cut_between_characters() -> None:
    assert cut("\u00e9" * 20, 24) == "\u00e9".encode() * 12
    assert cut("\u20ac" * 20, 24) == "\u20ac".encode() * 8


def test_an_announcement_is_a_flood_from_ttl_twelve() -> None:
    here = room("ana")
    node = here.handhelds["ana"].node
    node.tick(0)
    assert node.radio_up(2_540, 0) == []
    said = [effect.air[:6].hex() for effect in node.tick(5_000) if isinstance(effect, Transmit)]
    assert said[0] == "443000000000"
