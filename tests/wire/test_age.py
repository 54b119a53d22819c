"""Ages in one byte: what each level stands for is the same everywhere and for ever."""

from hypothesis import given
from hypothesis import strategies as st

from handheld.wire import age

DAY = 24 * 3600
PUBLISHED = {
    0: 0,
    1: 3,
    2: 5,
    64: 814,
    98: 3568,
    128: 12675,
    173: 83696,
    220: 598904,
    254: 2485743,
    255: 2592000,
}
"""Levels and their seconds, for other implementations."""


def test_levels_stand_for_the_published_seconds() -> None:
    assert {level: age.unpack(level) for level in PUBLISHED} == PUBLISHED


@given(st.integers(0, 40 * DAY))
def test_an_age_is_rounded_down_a_little(seconds: int) -> None:
    back = age.unpack(age.pack(seconds))

    assert back <= seconds
    assert min(seconds, age.AGE_MAX_S) - back <= seconds * 0.043 + 4


@given(st.integers(0, 255))
def test_a_level_is_itself_again(level: int) -> None:
    assert age.pack(age.unpack(level)) == level


def test_what_is_older_than_a_month_counts_as_a_month_and_what_is_not_written_yet_as_new() -> None:
    assert age.pack(10**12) == age.pack(age.AGE_MAX_S) == 255
    assert age.pack(-1) == 0
