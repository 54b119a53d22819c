"""When `here` is said: links first, then one flood each, then rarely, and never by who is invisible."""

from itertools import pairwise

from handheld.clock import SeededEntropy
from handheld.node.heralds import (
    AUDIBLE_TENTHS,
    CROWD_MAX,
    CROWD_MS,
    EAGER_MAX,
    EARLY,
    EARLY_LEAST_MS,
    HERE_SIZE,
    PERIOD_FAST_MS,
    PERIOD_MS,
    SHARE,
    START,
    START_LEAST_MS,
    Heralds,
)
from handheld.node.traffic import airtime_us

ESPNOW_US = 2_540
LORA_US = 2_116_000


def heralds(longest_us: int = LORA_US, known: int = 99, *, invisible: bool = False) -> Heralds:
    made = Heralds(SeededEntropy("heralds"), invisible=invisible)
    made.radio_up(longest_us, known, 0)
    return made


def said(one: Heralds, until: int) -> list[int]:
    """When it is said, up to a time."""
    found = []
    while (at := one.next_deadline()) is not None and at <= until:
        assert not one.due(at - 1)
        assert one.due(at)
        found.append(at)
    return found


def started(longest_us: int = LORA_US, known: int = 99) -> tuple[Heralds, int]:
    """After the first one, and the time of it."""
    one = heralds(longest_us, known)
    at = one.next_deadline() or 0
    assert one.due(at)
    return one, at


def village(one: Heralds, people: int, now: int = 0) -> None:
    for number in range(people):
        one.heard(number.to_bytes(8, "big"), now)


def test_the_first_waits_for_the_links_and_falls_in_a_window_that_grows_with_the_crowd() -> None:
    windows = []
    for known in (29, 99):
        one = heralds(known=known)
        windows.append(one.window_ms)
        eighth = one.window_ms // 8
        assert START[0] * eighth <= (one.next_deadline() or 0) < START[1] * eighth
    assert 2 * 60_000 < windows[0] < 4 * 60_000
    assert 8 * 60_000 < windows[1] < 12 * 60_000


def test_on_fast_air_the_start_takes_seconds_and_the_interval_minutes() -> None:
    one, first = started(ESPNOW_US, 30)
    assert first < START[1] * START_LEAST_MS // 8
    assert PERIOD_FAST_MS * 7 // 8 < (one.next_deadline() or 0) - first <= PERIOD_FAST_MS


def test_all_of_a_crowd_together_take_a_bounded_share_of_the_air() -> None:
    for people in (1, 30, 100, CROWD_MAX):
        one = heralds(known=people)
        village(one, people)
        day = 24 * 3_600_000
        _, *floods = said(one, 4 * day)
        audible_ms = (people + 1) * AUDIBLE_TENTHS * airtime_us(LORA_US, HERE_SIZE) // 10_000
        # An eighth of jitter makes it that much more often.
        assert len(floods) * audible_ms <= 4 * day * 8 // 7 // SHARE * 11 // 10
        assert floods[1] - floods[0] >= PERIOD_MS * 7 // 8


def test_made_up_people_do_not_silence_anybody() -> None:
    one = heralds()
    village(one, 50 * CROWD_MAX)
    assert one.crowd == CROWD_MAX + 1
    assert one.interval_ms < 2 * PERIOD_MS


def test_people_who_were_not_heard_for_long_do_not_count() -> None:
    one = heralds(known=0)
    village(one, 20)
    one.heard(b"somebody", CROWD_MS + 1)
    assert one.crowd == 2


def test_who_is_written_to_without_a_way_is_heard_earlier_but_not_at_once_and_ever_more_rarely() -> None:
    one, now = started()
    village(one, 99, now)
    gaps = []
    for _ in range(EAGER_MAX + 3):
        one.wanted(now)
        at = one.next_deadline() or 0
        assert one.due(at)
        gaps.append(at - now)
        now = at
    assert EARLY_LEAST_MS <= gaps[0] < one.interval_ms // EARLY
    assert all(later > earlier for earlier, later in pairwise(gaps[:3]))
    # Asked for again and again, it comes to the regular interval.
    assert max(gaps) <= one.interval_ms
    assert gaps[-1] >= one.interval_ms * 7 // 8


def test_a_post_that_taught_the_way_puts_it_off() -> None:
    one = heralds()
    one.told(5_000)
    assert (one.next_deadline() or 0) >= 5_000 + one.interval_ms * 7 // 8
    one.radio_down()
    one.told(6_000)
    assert one.next_deadline() is None
    hidden = heralds(invisible=True)
    hidden.told(5_000)
    assert hidden.next_deadline() is None


def test_what_is_wanted_before_the_first_or_without_a_radio_changes_nothing() -> None:
    one = heralds()
    before = one.next_deadline()
    one.wanted(0)
    assert one.next_deadline() == before
    one.radio_down()
    one.wanted(1)
    assert one.next_deadline() is None
    assert not one.due(10**9)


def test_a_cable_that_comes_and_goes_makes_nobody_say_more() -> None:
    one, first = started()
    now = first
    for _ in range(10):
        one.radio_down()
        now += 1_000
        one.radio_up(LORA_US, 99, now)
        assert (one.next_deadline() or 0) >= first + one.interval_ms


def test_who_is_invisible_never_says_it() -> None:
    one = heralds(invisible=True)
    assert one.next_deadline() is None
    one.wanted(5)
    assert not one.due(10**9)
