"""Meetings of 2 to 10 people: the same four words on all screens, or a sentence; and somebody in between."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto import words
from handheld.crypto.identity import Identity
from handheld.crypto.meeting import commitment_of, group_of, own_reveal, sign_reveal
from handheld.errors import Refused
from handheld.wire.air import decode_air
from handheld.wire.constants import AirKind, AirMode, MeetStep
from handheld.wire.meeting import MeetCommit, MeetReveal, decode_step, one_hop
from tests.support.nodes import Handheld, Room

NAMES = ("ana", "bo", "cem", "dia", "eli", "fay", "gus", "hal", "ida", "jan")


def circle(count: int, **seed: str) -> Room:
    """So many people who stand together, their radios up."""
    room = Room(Handheld(name, **seed) for name in NAMES[:count])
    room.radio_up()
    return room


def all_meet(room: Room, number: int = 47, people: int = 0) -> None:
    for name in room.handhelds:
        room.meet(name, number, people or len(room.handhelds))


def states(room: Room) -> set[str]:
    return {room.meeting(name).state for name in room.handhelds}


def shown(room: Room) -> set[str]:
    return {room.meeting(name).words for name in room.handhelds}


def meeting_frames(room: Room) -> list[bytes]:
    return [air for _, _, air in room.frames if decode_air(air).kind == AirKind.MEET]


@pytest.mark.parametrize("count", [2, 3, 10])
def test_all_screens_show_the_same_four_words_and_all_are_met(count: int) -> None:
    room = circle(count)
    all_meet(room)
    room.run(5_000)

    assert states(room) == {"comparing"}
    (spoken,) = shown(room)
    assert words.parse(spoken) == tuple(spoken.split())
    assert len(spoken.split()) == 4
    assert room.person("ana", "bo").mark == "?"

    for name in room.handhelds:
        room.compare(name, same=True)
    assert states(room) == {"met"}
    for name in room.handhelds:
        others = {one.key for one in room.meeting(name).others}
        assert others == {one.identity.key.hex() for one in room.handhelds.values() if one.name != name}
        assert {room.person(name, other).mark for other in room.handhelds if other != name} == {"="}
        assert {key.hex() for key in room.handhelds[name].met} == others


def test_a_meeting_gets_through_where_half_of_all_frames_are_lost() -> None:
    room = circle(4)
    room.loss_percent = 50
    all_meet(room)
    room.run(60_000)

    assert states(room) == {"comparing"}
    assert len(shown(room)) == 1


def test_the_words_are_others_each_time() -> None:
    seen = set()
    for seed in range(8):
        room = circle(2, seed=str(seed))
        all_meet(room)
        room.run(5_000)
        seen |= shown(room)

    assert len(seen) == 8


def test_somebody_late_is_waited_for_and_the_screen_says_how_many_are_here() -> None:
    room = circle(3)
    for name in ("ana", "bo"):
        room.meet(name, 47, 3)
    room.run(20_000)
    assert [room.meeting("ana").state, room.meeting("ana").here] == ["gathering", 2]

    room.meet("cem", 47, 3)
    room.run(5_000)
    assert states(room) == {"comparing"}


def test_nobody_reveals_before_all_have_committed() -> None:
    room = circle(3)
    all_meet(room)
    room.deaf = {("ana", "bo"), ("ana", "cem"), ("bo", "ana"), ("cem", "ana")}
    room.run(20_000)

    assert {type(decode_step(decode_air(air).body)) for air in meeting_frames(room)} == {MeetCommit}


def test_frames_of_a_meeting_are_not_handed_on_and_each_is_another() -> None:
    room = circle(2)
    room.meet("ana", 47, 2)
    room.run(20_000)
    airs = [decode_air(air) for air in meeting_frames(room)]

    assert {(air.mode, air.ttl) for air in airs} == {(AirMode.ONE_HOP, 1)}
    assert all(one.body != other.body for one, other in pairwise(airs))
    assert 15 <= len(airs) <= 30


def test_who_drops_out_ends_it_in_a_sentence_and_nobody_is_met() -> None:
    room = circle(3)
    all_meet(room)
    room.radio_down("cem")
    room.run(200_000)

    assert room.meeting("ana").state == "over"
    assert "Only 2 of 3 devices were heard" in room.meeting("ana").say
    assert not room.handhelds["ana"].met


def test_who_commits_and_never_reveals_gets_nobody_to_see_words() -> None:
    room = circle(2)
    stranger = MeetCommit(MeetStep.COMMIT, 47, 3, 1, bytes(32))
    all_meet(room, people=3)
    for name in room.handhelds:
        room.arrive(name, one_hop(stranger))
    room.run(200_000)

    assert states(room) == {"over"}
    assert shown(room) == {""}


def test_one_device_too_many_ends_it() -> None:
    room = circle(3)
    all_meet(room, people=2)
    room.run(5_000)

    assert "More than 2 devices use number 47" in {room.meeting(name).say[:33] for name in room.handhelds}
    assert not any(one.met for one in room.handhelds.values())


def test_who_counted_otherwise_is_told_of() -> None:
    room = circle(2)
    room.meet("ana", 47, 2)
    room.meet("bo", 47, 3)
    room.run(5_000)

    assert room.meeting("ana").say == "Somebody with number 47 counted 3 people."
    assert states(room) == {"gathering"}


def test_another_number_is_another_meeting() -> None:
    room = circle(4)
    for name, number in zip(room.handhelds, (47, 47, 48, 48), strict=True):
        room.meet(name, number, 2)
    room.run(5_000)

    assert states(room) == {"comparing"}
    assert len(shown(room)) == 2
    assert room.handhelds["ana"].dropped.count("meeting") > 2


@pytest.mark.parametrize(("number", "people"), [(100, 2), (-1, 2), (47, 1), (47, 11)])
def test_eleven_people_one_person_and_three_digits_are_refused_in_a_sentence(
    number: int, people: int
) -> None:
    room = circle(2)
    all_meet(room)
    with pytest.raises(Refused, match=r"two digits|2 to 10 people"):
        room.meet("ana", number, people)
    room.run(5_000)

    assert states(room) == {"comparing"}


def test_words_that_differ_make_nobody_known() -> None:
    room = circle(2)
    all_meet(room)
    room.run(5_000)
    room.compare("ana", same=False)

    assert room.meeting("ana").state == "over"
    assert not room.handhelds["ana"].met
    with pytest.raises(Refused, match="no words to compare"):
        room.compare("ana", same=True)


def test_without_words_there_is_nothing_to_say_yes_to() -> None:
    room = circle(2)
    with pytest.raises(Refused, match="no words to compare"):
        room.compare("ana", same=True)
    room.meet("ana", 47, 2)
    with pytest.raises(Refused, match="no words to compare"):
        room.compare("ana", same=True)


def test_a_slower_one_still_gets_his_words_after_the_other_said_yes() -> None:
    room = circle(2)
    all_meet(room)
    room.deaf = {("ana", "bo")}
    room.run(3_000)
    assert room.meeting("bo").state == "gathering"
    room.deaf = set()
    room.run(2_000)
    room.compare("ana", same=True)
    room.run(2_000)

    assert room.meeting("bo").state == "comparing"
    room.run(60_000)
    assert room.meeting("ana").state == "over"
    assert room.person("ana", "bo").mark == "="


def test_words_that_nobody_answers_for_are_gone_after_a_while() -> None:
    room = circle(2)
    all_meet(room)
    room.run(700_000)

    assert states(room) == {"over"}
    assert "Nobody said whether" in room.meeting("ana").say


def test_a_copy_of_the_own_device_is_pointed_out() -> None:
    twin = Handheld("ana", seed="twin")
    twin.name = "bo"
    room = Room([Handheld("ana"), twin])
    room.radio_up()
    all_meet(room)
    room.run(5_000)

    # Whoever hears the other's reveal first says it, and reveals no more.
    assert any("same key: one is a copy" in room.meeting(name).say for name in ("ana", "bo"))


def test_a_reveal_that_nobody_signed_in_this_group_is_not_believed() -> None:
    """Somebody shows a key that he does not hold: he may copy a reveal, and cannot sign a new group."""
    room = circle(2)
    room.deaf = {("ana", "bo"), ("bo", "ana")}
    entropy = SeededEntropy("mallory")
    victim = Identity.create(entropy)
    old = own_reveal(victim, 47, 2, entropy.take(32), b"cem")
    copied = sign_reveal(victim, old, group_of([commitment_of(old), bytes(32)]))
    room.meet("ana", 47, 2)
    room.arrive("ana", one_hop(copied))
    room.run(10_000)

    assert room.meeting("ana").state == "gathering"
    room.arrive("ana", one_hop(replace(copied, turn=9)))
    room.run(1_000)
    assert room.meeting("ana").state == "gathering"
    assert "signature" in room.handhelds["ana"].dropped


class Middle:
    """A person between two groups: each hears him instead of the other, under keys of his own.

    He plays as well as can be: to each side he commits, waits for reveals, and shows what he committed to.
    """

    def __init__(self, room: Room, left: Iterable[str], people: int) -> None:
        self._room = room
        self._left = set(left)
        self._people = people
        entropy = SeededEntropy("middle")
        self._fakes = {
            side: {
                name: (
                    who := Identity.create(entropy),
                    own_reveal(who, 47, people, entropy.take(32), name.encode()),
                )
                for name in room.handhelds
                if (name in self._left) != (side == "left")
            }
            for side in ("left", "right")
        }
        self._commitments: dict[str, dict[str, bytes]] = {"left": {}, "right": {}}
        room.between = self.hear

    def hear(self, sender: str, hearer: str, air: bytes) -> None:
        """Within a group all goes as it is; between them go his own frames."""
        side = "left" if hearer in self._left else "right"
        if (sender in self._left) == (hearer in self._left) or decode_air(air).kind != AirKind.MEET:
            self._room.arrive(hearer, air)
        step = decode_step(decode_air(air).body) if decode_air(air).kind == AirKind.MEET else None
        if step is not None:
            mine = "left" if sender in self._left else "right"
            committed = step.commitment if isinstance(step, MeetCommit) else commitment_of(step)
            self._commitments[mine][sender] = committed
        for name, (_, reveal) in self._fakes[side].items():
            if name == sender and step is not None:
                self._room.arrive(hearer, one_hop(self._answer(side, name, reveal, step)))

    def _answer(
        self, side: str, name: str, reveal: MeetReveal, step: MeetCommit | MeetReveal
    ) -> MeetCommit | MeetReveal:
        who = self._fakes[side][name][0]
        real = self._commitments[side].values()
        fakes = [commitment_of(fake) for _, fake in self._fakes[side].values()]
        if isinstance(step, MeetReveal):
            return replace(sign_reveal(who, reveal, group_of([*real, *fakes])), turn=step.turn)
        return MeetCommit(MeetStep.COMMIT, 47, self._people, step.turn, commitment_of(reveal))


@pytest.mark.parametrize("count", [2, 5])
def test_a_person_in_the_middle_is_caught_by_the_words(count: int) -> None:
    caught = 0
    for seed in range(5):
        room = circle(count, seed=str(seed))
        Middle(room, NAMES[: count // 2], count)
        all_meet(room)
        room.run(20_000)

        assert states(room) == {"comparing"}, "he plays by the rules, so that each side sees words"
        caught += len(shown(room)) == 2
    assert caught == 5


def test_what_comes_late_or_comes_back_changes_nothing() -> None:
    room = circle(2)
    all_meet(room)
    room.run(5_000)
    own = [air for _, who, air in room.frames if who == "ana" and decode_air(air).kind == AirKind.MEET][-1]
    room.arrive("ana", own)
    room.run(10)
    assert room.handhelds["ana"].dropped[-1] == "own"

    room.compare("ana", same=True)
    room.arrive("ana", one_hop(MeetCommit(MeetStep.COMMIT, 47, 2, 1, bytes(32))))
    room.run(10)
    assert room.handhelds["ana"].dropped[-1] == "meeting"
    assert room.meeting("ana").state == "met"


def test_before_any_meeting_there_is_none() -> None:
    assert circle(2).meeting("ana").state == "none"
