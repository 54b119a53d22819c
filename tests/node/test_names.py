"""Names: mine before a friend's before his own; three levels; and nothing a peer sends moves a name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.crypto.cards import check_words
from handheld.errors import Refused
from handheld.node.names import INTRODUCED_MAX, Names

OWN, ANA, BO, CEM = (bytes([number]) * 32 for number in (1, 2, 3, 4))


def names(**given: object) -> Names:
    return Names(OWN, **given)  # type: ignore[arg-type]


def test_my_name_goes_before_a_friends_and_that_before_his_own() -> None:
    known = names(petnames=[(ANA, "Ana")], met=[ANA])
    assert known.called(BO, "b0ss").name == "b0ss"
    assert not known.called(BO, "b0ss").named

    assert known.introduce(BO, ANA, "Bo of the mill")
    assert known.called(BO, "b0ss").name == "Bo of the mill"
    assert known.called(BO, "b0ss").beside == "by Ana"

    known.give(BO, "bo")
    assert known.called(BO, "b0ss")[:4] == ("bo", "introduced", "bo", True)


def test_the_three_levels_and_what_stands_beside_each() -> None:
    known = names(petnames=[(ANA, "Ana"), (CEM, "cem")], met=[ANA])
    known.introduce(BO, ANA, "bo")

    assert [known.called(key, "x").level for key in (OWN, ANA, BO, CEM)] == [
        "self",
        "met",
        "introduced",
        "unknown",
    ]
    assert known.called(bytes(32), "x").beside == check_words(bytes(32))
    assert known.called(CEM, "x").beside == ""
    known.meet(ANA, met=False)
    assert known.called(ANA, "x").level == "unknown"


def test_to_give_somebody_a_name_is_not_to_meet_him() -> None:
    known = names()
    known.give(ANA, "ana")

    assert known.level(ANA) == "unknown"


@pytest.mark.parametrize("introducer", [CEM, bytes(32)])
def test_the_word_of_a_stranger_does_not_count(introducer: bytes) -> None:
    assert not names(met=[ANA]).introduce(BO, introducer, "bo")


def test_nobody_introduces_himself_or_me_or_nobody() -> None:
    known = names(met=[ANA])

    assert not known.introduce(ANA, ANA, "ana")
    assert not known.introduce(OWN, ANA, "you")
    assert not known.introduce(BO, ANA, "")


def test_who_was_introduced_is_no_contact_who_introduces() -> None:
    known = names(met=[ANA])
    known.introduce(BO, ANA, "bo")

    assert not known.introduce(CEM, BO, "cem")


def test_one_contact_can_introduce_a_number_of_people_and_change_their_names() -> None:
    known = names(met=[ANA])
    crowd = [number.to_bytes(32, "big") for number in range(100, 101 + INTRODUCED_MAX)]

    assert [known.introduce(key, ANA, "x") for key in crowd] == [True] * INTRODUCED_MAX + [False]
    assert known.introduce(crowd[0], ANA, "y")
    assert known.called(crowd[0], "").name == "y"


def test_who_looks_like_somebody_known_is_pointed_out() -> None:
    known = names(petnames=[(ANA, "Ana")], met=[ANA])
    known.call_self("kai")

    assert known.called(BO, "\u0410n\u0430").beside == f"not Ana! {check_words(BO)}"
    assert known.called(BO, "K\u0430i").beside == f"not you! {check_words(BO)}"
    assert known.called(ANA, "Ana").beside == ""
    known.introduce(BO, ANA, "bo")
    assert known.called(CEM, "Bo").beside == f"not bo! {check_words(CEM)}"
    known.introduce(CEM, ANA, "ANA")
    assert known.called(CEM, "cem").beside == "not Ana! by Ana"


def test_a_name_finds_one_person_whatever_case() -> None:
    known = names(petnames=[(ANA, "Ana")])

    assert known.owner_of("ANA") == ANA
    assert known.owner_of("bo") is None
    with pytest.raises(Refused, match="already"):
        known.give(BO, "ana")
    with pytest.raises(Refused, match="digits of a key"):
        known.give(BO, "c0ffee")


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANA, BO, CEM, bytes(32)]), st.sampled_from([ANA, BO, CEM]), st.text(max_size=9)
        )
    )
)
def test_nothing_that_others_say_changes_whose_key_a_name_means(told: list[tuple[bytes, bytes, str]]) -> None:
    known = names(petnames=[(ANA, "ana"), (BO, "bo")], met=[ANA])
    for key, introducer, name in told:
        known.introduce(key, introducer, name)

    assert known.owner_of("ana") == ANA
    assert known.owner_of("bo") == BO
    assert [known.level(key) for key in (ANA, OWN)] == ["met", "self"]
    assert known.level(BO) != "met"
    assert known.called(BO, "x").name == "bo"


def test_who_takes_the_name_of_somebody_met_and_never_named_is_pointed_out() -> None:
    known = Names(bytes(32))
    known.meet(b"a" * 32, met=True)
    known.calls_himself(b"a" * 32, "Bo")
    assert known.called(b"b" * 32, "Bo").beside.startswith("not Bo! ")
    assert known.called(b"a" * 32, "Bo").beside == ""
