"""Entries of who hears whom, and of whom one knows: as bytes and back, and nothing that is cut off."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import WireError
from handheld.wire.around import (
    FORMER_MAX,
    GRADE_MAX,
    KNOWN_BYTES,
    Entry,
    Grade,
    pack,
    pack_known,
    unknown,
    unpack,
)

ANA = Entry(b"ana", 7, 0, {0x11: Grade.STRONG, 0xFF: Grade.STRONG, 5: Grade.FAIR, 3: Grade.WEAK})

bytes_ = st.integers(0, 255)
entries = st.builds(
    Entry,
    st.binary(min_size=3, max_size=3),
    bytes_,
    bytes_,
    st.dictionaries(st.integers(1, 255), st.sampled_from(Grade), max_size=GRADE_MAX),
    st.lists(st.integers(1, 255), max_size=FORMER_MAX).map(bytes),
)


def test_an_entry_is_the_published_one() -> None:
    assert pack(ANA).hex() == "616e61" + "07" + "00" + "2101" + "11ff" + "05" + "03"


@settings(max_examples=60)
@given(st.lists(entries, max_size=5))
def test_entries_come_back_as_they_were(said: list[Entry]) -> None:
    assert list(unpack(b"".join(map(pack, said)))) == said


def test_an_entry_tells_the_last_three_names_that_it_had_before() -> None:
    said = pack(ANA._replace(former=bytes([9, 8, 7, 6])))
    assert said.hex() == "616e61" + "07" + "00" + "2131" + "11ff" + "05" + "03" + "080706"
    (back,) = unpack(said)
    assert back.former == bytes([8, 7, 6])
    assert back.hears == ANA.hears


def test_beyond_fifteen_of_a_grade_names_are_left_out() -> None:
    (back,) = unpack(pack(ANA._replace(hears=dict.fromkeys(range(1, 41), Grade.FAIR))))
    assert back.hears == dict.fromkeys(range(1, 16), Grade.FAIR)


@pytest.mark.parametrize("length", range(1, len(pack(ANA))))
def test_an_entry_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(WireError):
        list(unpack(pack(ANA) + pack(ANA)[:length]))


def test_a_radio_without_a_name_is_heard_by_nobody() -> None:
    with pytest.raises(WireError):
        list(unpack(pack(ANA)[:-1] + b"\0"))


@settings(max_examples=60)
@given(st.binary(max_size=236))
def test_whatever_comes_is_entries_or_refused(data: bytes) -> None:
    try:
        said = list(unpack(data))
    except WireError:
        return
    assert sum(7 + len(one.hears) for one in said) <= len(data)


@pytest.mark.parametrize(
    ("quality", "grade"),
    [
        (0, Grade.WEAK),
        (2, Grade.WEAK),
        (3, Grade.FAIR),
        (4, Grade.FAIR),
        (5, Grade.STRONG),
        (15, Grade.STRONG),
    ],
)
def test_grades_are_steps_of_quality(quality: int, grade: Grade) -> None:
    assert Grade.of(quality) is grade


@settings(max_examples=40)
@given(st.sets(st.binary(min_size=3, max_size=3), max_size=20), bytes_)
def test_nobody_who_is_known_is_missing(tags: set[bytes], salt: int) -> None:
    assert list(unknown(pack_known(tags, salt), tags)) == []


def test_who_shares_a_bit_with_somebody_has_another_one_under_another_salt() -> None:
    known = b"\x01\x02\x03"
    strangers = [number.to_bytes(3, "big") for number in range(5_000, 6_000)]
    hidden = [set(strangers) - set(unknown(pack_known([known], salt), strangers)) for salt in (1, 2)]
    assert hidden[0]
    assert hidden[1]
    assert hidden[0] != hidden[1]
    assert pack_known([known], 1)[1:].count(0) == KNOWN_BYTES - 1


@pytest.mark.parametrize("size", [0, KNOWN_BYTES, KNOWN_BYTES + 2])
def test_who_is_known_has_one_size(size: int) -> None:
    with pytest.raises(WireError):
        unknown(bytes(size), [])
