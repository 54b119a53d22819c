"""People: who is known, who is a neighbour, and what a profile may change."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_profile
from handheld.errors import WireError
from handheld.node import people as module
from handheld.node.people import NEIGHBOUR_MS, People
from handheld.wire.records import Profile

OWN = Identity.create(SeededEntropy("own"))


def profile(name: str) -> Profile:
    return sign_profile(Identity.create(SeededEntropy(name)), 0, name.encode())


def test_a_neighbour_is_one_heard_in_the_last_fifteen_minutes() -> None:
    people = People(OWN.key)
    ana = profile("ana")
    assert people.learn(ana)
    assert people.neighbours(0) == 0
    assert people.heard(ana.author, 1_000, 2, -70)
    assert not people.heard(ana.author, 2_000, 3, -80)
    person = people.person(ana.author, 62_000)
    assert (person.neighbour, person.hops, person.rssi, person.heard_s) == (True, 3, -80, 60)
    assert people.neighbours(2_000 + NEIGHBOUR_MS) == 1
    assert people.neighbours(2_001 + NEIGHBOUR_MS) == 0
    assert people.heard(ana.author, 2_001 + NEIGHBOUR_MS, 1, -50)


def test_a_frame_older_than_the_last_does_not_turn_time_back() -> None:
    people = People(OWN.key, [ana := profile("ana")])
    people.heard(ana.author, 5_000, 1, -50)
    assert not people.heard(ana.author, 4_000, 7, -90)
    assert people.person(ana.author, 5_000).hops == 1


def test_a_newer_epoch_replaces_an_older_is_refused() -> None:
    people = People(OWN.key)
    ana = profile("ana")
    people.learn(replace(ana, epoch=5))
    with pytest.raises(WireError, match="epoch"):
        people.learn(replace(ana, epoch=4))
    assert people.learn(replace(ana, epoch=6, prekey=b"n" * 32))
    assert people.learn(replace(ana, epoch=6, prekey=b"n" * 32, nickname=b"Anna"))
    assert not people.learn(replace(ana, epoch=6, prekey=b"n" * 32, nickname=b"Anna", flags=4))
    assert people.person(ana.author, 0).name == "Anna"


@pytest.mark.parametrize("field", ["static", "prekey"])
def test_other_keys_under_the_same_epoch_are_refused(field: str) -> None:
    people = People(OWN.key, [ana := profile("ana")])
    with pytest.raises(WireError, match="other keys"):
        people.learn(replace(ana, **{field: b"x" * 32}))


def test_two_keys_with_one_prefix_are_both_candidates() -> None:
    ana = profile("ana")
    twin = replace(ana, author=ana.author[:8] + bytes(24))
    people = People(OWN.key, [ana, twin])
    assert people.candidates(ana.author[:8]) == [ana.author, twin.author]
    assert people.candidates(bytes(8)) == []


def test_everybody_is_listed_nearest_neighbour_first_and_never_ourselves() -> None:
    people = People(OWN.key, [profile(name) for name in ("far", "near", "never", "cold")])
    people.learn(sign_profile(OWN, 0, b"me"))
    keys = {name: profile(name).author for name in ("far", "near", "cold")}
    people.heard(keys["cold"], 0, 1, -40)
    people.heard(keys["far"], NEIGHBOUR_MS + 10, 3, -90)
    people.heard(keys["near"], NEIGHBOUR_MS + 5, 1, -50)
    listed = people.everybody(NEIGHBOUR_MS + 10)
    assert [person.name for person in listed] == ["near", "far", "cold", "never"]


def test_names_are_cleaned_and_levels_marked() -> None:
    people = People(OWN.key, [replace(profile("eve"), nickname=b"\x1b[31mE\xe2\x80\xaeve")])
    people.learn(sign_profile(OWN, 0, b"me"))
    assert people.person(profile("eve").author, 0).name == "[31mEve"
    assert people.person(profile("eve").author, 0).mark == "?"
    assert people.person(OWN.key, 0).mark == "*"
    assert people.person(b"n" * 32, 0).name == ""


def test_memory_is_bounded_and_the_longest_unheard_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PEOPLE_MAX", 3)
    people = People(OWN.key)
    people.learn(sign_profile(OWN, 0, b"me"))
    for at, name in enumerate(("ana", "bo")):
        people.learn(profile(name))
        people.heard(profile(name).author, at, 1, -50)
    people.learn(profile("cy"))
    assert len(people) == 3
    assert people.candidates(profile("ana").author[:8]) == []
    assert people.candidates(OWN.key[:8]) == [OWN.key]
