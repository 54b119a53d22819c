"""The air that repair may take."""

from handheld.sync.budget import AT_ONCE_MS, FRAME_MS, Budget

MINUTE = 60_000


def said(airtime_us: int, minutes: int) -> int:
    """Short frames that go out when somebody makes us answer all the time."""
    budget, count = Budget(), 0
    budget.radio_up(airtime_us, 0)
    for now in range(0, minutes * MINUTE, 50):
        if budget.free_at <= now:
            budget.spend(20, now)
            count += 1
    return count


def test_on_fast_air_a_liar_gets_thirty_frames_a_minute() -> None:
    assert said(2_540, 10) <= (AT_ONCE_MS + 10 * MINUTE) // FRAME_MS + 1
    assert said(2_540, 10) >= 300


def test_on_slow_air_a_fiftieth_is_the_bound() -> None:
    assert said(1_600_000, 60) <= 8 * 5 + 60 * MINUTE // (50 * 1_600 * 60 // 290) + 1
