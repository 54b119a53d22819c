"""Other texts for what waits: never two under one number, whatever happens in between."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.commands import Say
from handheld.errors import Refused
from handheld.node.effects import Effect, KeepLetter, KeepRoomPost, Rewrite
from tests.support.nodes import WALL, Handheld, Room


class Changing(Room):
    """A room in which rows change."""

    def carry_out(self, handheld: Handheld, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Rewrite):
                _rewrite(handheld, effect)
                super().carry_out(handheld, handheld.node.rewriting.saved(effect, self.now))
            else:
                super().carry_out(handheld, [effect])


def _rewrite(handheld: Handheld, change: Rewrite) -> None:
    if isinstance(change.keep, KeepLetter):
        old = handheld.own[change.message]
        place = handheld.letters.index(old)
        handheld.letters[place] = handheld.own[change.message] = change.keep
    else:
        place = [at for at, post in enumerate(handheld.room_posts) if post.own][-1]
        handheld.room_posts[place] = change.keep


class Watched(Changing):
    """Ana writes to bo, whose device notes every text that it could open, under the number of each."""

    def __init__(self) -> None:
        super().__init__([Handheld("ana"), Handheld("bo")])
        self.opened: defaultdict[int, set[bytes]] = defaultdict(set)
        self.begun: dict[int, list[Effect]] = {}
        self.radio_up()
        self.run(3_000)

    def _keep_letter(self, handheld: Handheld, letter: KeepLetter) -> None:
        if not letter.own:
            self.opened[letter.seq].add(letter.text)
        super()._keep_letter(handheld, letter)

    @property
    def ana(self) -> Handheld:
        return self.handhelds["ana"]

    def begin(self, message: int, text: str) -> bool:
        """The owner changes a message; the change is not on the disk yet."""
        try:
            self.begun[message] = self.ana.node.rewriting.letter(message, text, WALL)
        except Refused:
            return False
        return True

    def end(self, message: int, *, saved: bool) -> None:
        """It is on the disk, or the disk was full."""
        effects = self.begun.pop(message)
        if saved:
            self.carry_out(self.ana, effects)
        self.carry_out(self.ana, self.ana.node.rewriting.given_up(message, self.now))

    def stick(self) -> None:
        """What ana has sealed is carried to bo by hand."""
        records = self.ana.node.records
        self.carry_out(self.ana, records.seal(self.now))
        for raw, age in records.sealed(self.now):
            bo = self.handhelds["bo"]
            self.carry_out(bo, bo.node.records.brought(raw, age, self.now, WALL))

    def restart(self, seed: str, *, clean: bool) -> None:
        self.begun.clear()
        self.handhelds["ana"] = self.ana.restarted(seed, clean=clean)


def _begin(here: Watched, place: int, pick: int) -> None:
    if here.ana.own:
        here.begin(list(here.ana.own)[pick % len(here.ana.own)], f"changed {place}")


def _end(here: Watched, pick: int, *, saved: bool) -> None:
    if here.begun:
        here.end(sorted(here.begun)[pick % len(here.begun)], saved=saved)


def _turn(here: Watched) -> None:
    (here.radio_down if here.ana.radio else here.radio_up)("ana")


STEPS: dict[str, Callable[[Watched, int, int], object]] = {
    "write": lambda here, place, _pick: here.send("ana", "bo", f"text {place}"),
    "begin": _begin,
    "saved": lambda here, _place, pick: _end(here, pick, saved=True),
    "full": lambda here, _place, pick: _end(here, pick, saved=False),
    "radio": lambda here, _place, _pick: _turn(here),
    "run": lambda here, _place, pick: here.run(100 << pick),
    "stick": lambda here, _place, _pick: here.stick(),
    "deaf": lambda here, _place, _pick: here.deaf.symmetric_difference_update({("bo", "ana")}),
    "end": lambda here, place, _pick: here.restart(f"{place}", clean=True),
    "cut": lambda here, place, _pick: here.restart(f"{place}", clean=False),
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 7)), max_size=30))
def test_no_two_texts_are_ever_opened_under_one_number(steps: list[tuple[str, int]]) -> None:
    here = Watched()
    here.radio_down("ana")
    for place, (step, pick) in enumerate(steps):
        STEPS[step](here, place, pick)
    for message in list(here.begun):
        here.end(message, saved=True)
    here.deaf.clear()
    here.radio_up("ana")
    here.run(600_000)
    assert {number: texts for number, texts in here.opened.items() if len(texts) != 1} == {}
    assert sorted(here.handhelds["bo"].mail()) == sorted(here.ana.mail(own=True))


def test_what_waits_for_the_radio_is_changed_and_goes_out_once() -> None:
    here = Watched()
    here.radio_down("ana")
    here.send("ana", "bo", "see you at fvie")
    assert here.begin(1, "see you at five")
    here.run(60_000)
    here.end(1, saved=True)
    here.radio_up("ana")
    here.run(2_000)
    assert here.handhelds["bo"].mail() == ["see you at five"]
    assert here.ana.states[1][-1] == "delivered"


def test_nothing_is_sealed_while_the_change_is_saved() -> None:
    here = Watched()
    here.radio_down("ana")
    here.send("ana", "bo", "old")
    assert here.begin(1, "new")
    here.radio_up("ana")
    here.stick()
    here.run(60_000)
    assert here.opened == {}
    here.end(1, saved=False)
    here.run(2_000)
    assert here.opened == {1: {b"old"}}


def test_what_has_left_or_may_have_keeps_its_text() -> None:
    here = Watched()
    here.send("ana", "bo", "gone")
    here.run(2_000)
    assert not here.begin(1, "never")
    here.radio_down("ana")
    here.send("ana", "bo", "on a stick")
    here.stick()
    assert not here.begin(2, "never")
    here.send("ana", "bo", "nobody knows")
    here.restart("cut", clean=False)
    assert not here.begin(3, "never")
    here.send("ana", "bo", "here since today")
    here.restart("end", clean=True)
    assert here.begin(4, "changed")
    assert not here.begin(4, "twice at once")


def test_too_long_a_text_changes_nothing() -> None:
    here = Watched()
    here.radio_down("ana")
    here.send("ana", "bo", "short")
    with pytest.raises(Refused, match="167 bytes"):
        here.ana.node.rewriting.letter(1, "x" * 168, WALL)
    assert here.begin(1, "still to be changed")


def in_a_room() -> tuple[Room, Handheld]:
    here = Changing([Handheld("ana"), Handheld("bo")])
    here.radio_up()
    here.run(3_000)
    here.join_room("bo", here.make_room("ana"))
    here.run(2_000)
    here.radio_down("ana")
    return here, here.handhelds["ana"]


def test_a_post_in_a_room_is_changed_under_a_number_of_its_own() -> None:
    here, ana = in_a_room()
    here.say("ana", "soup at sveen")
    message, seq = ana.next_id() - 1, ana.room_posts[-1].seq
    here.carry_out(ana, ana.node.rewriting.post(message, "soup at seven"))
    here.carry_out(ana, ana.node.rewriting.given_up(message, here.now))
    here.run(120_000)
    here.radio_up("ana")
    here.run(2_000)
    bo = here.handhelds["bo"]
    assert [(one.text, one.seq) for one in bo.room_posts if not one.own] == [(b"soup at seven", seq + 1)]
    assert [mine for _, _, _, mine in ana.node.carrying.frames(here.now)].count(message) == 1


def test_a_post_in_a_room_whose_change_was_not_saved_goes_out_as_it_was() -> None:
    here, ana = in_a_room()
    here.say("ana", "soup at seven")
    message = ana.next_id() - 1
    ana.node.rewriting.post(message, "soup at eight")
    with pytest.raises(Refused, match="gone out"):
        ana.node.rewriting.post(message, "twice at once")
    here.carry_out(ana, ana.node.rewriting.given_up(message, here.now))
    here.radio_up("ana")
    here.run(2_000)
    assert here.handhelds["bo"].said() == ["soup at seven"]
    with pytest.raises(Refused, match="gone out"):
        ana.node.rewriting.post(message, "too late")


def test_a_post_in_a_room_that_others_may_hold_keeps_its_text() -> None:
    here, ana = in_a_room()
    here.say("ana", "on a stick")
    ana.node.records.sealed(here.now)
    with pytest.raises(Refused, match="gone out"):
        ana.node.rewriting.post(ana.next_id() - 1, "never")


def test_a_post_in_a_room_that_the_radio_had_once_keeps_its_text() -> None:
    here, ana = in_a_room()
    ana.node.radio_up(2_540, here.now)
    (post,) = ana.node.rooms.say(Say("kitchen", "given"), WALL)
    assert isinstance(post, KeepRoomPost)
    message = ana.next_id()
    ana.node.kept(post, message, here.now)
    ana.node.radio_down(here.now)
    with pytest.raises(Refused, match="gone out"):
        ana.node.rewriting.post(message, "never")
