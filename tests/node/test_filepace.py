"""What a symbol takes is learned from those that are heard and sent."""

import pytest

from handheld.node.filepace import CABLE_MS, Pace

TAG = b"sixsix"


def after(took: list[int], airtime_us: int = 0) -> Pace:
    """One that saw symbols follow each other so far apart."""
    pace, now = Pace(), 1_000
    pace.radio(airtime_us)
    for number, ms in enumerate(took):
        now += ms
        pace.symbol(TAG, len(took) - number, now)
    return pace


@pytest.mark.parametrize("ms", [3, 10, 60])
def test_it_comes_to_what_is_seen_and_stays_there(ms: int) -> None:
    assert Pace().frame_ms == CABLE_MS
    assert abs(after([ms] * 100).frame_ms - ms) <= 1
    # Those that came together do not pull it down to nothing.
    assert after([ms - 1, ms + 1] * 200).frame_ms >= ms - 1


def test_it_is_never_less_than_the_air_needs_and_a_pause_says_little() -> None:
    assert after([1] * 200, airtime_us=2_540).frame_ms == 3
    steady = after([10] * 100)
    before = steady.frame_ms
    steady.symbol(TAG, 0, 10_000_000)
    assert steady.frame_ms <= 4 * before


def test_only_neighbours_of_one_sender_tell_it() -> None:
    pace = Pace()
    for number in range(100):
        pace.symbol(TAG, 7, 1_000 + number)
        pace.symbol(b"other!", 6, 1_000 + number)
    assert pace.frame_ms == CABLE_MS
