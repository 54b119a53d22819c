"""When `here` is said: links first, then one flood each, then rarely, and never by who is invisible."""

from itertools import pairwise

from handheld.clock import SeededEntropy
from handheld.node.heralds import (
    AUDIBLE_TENTHS,
    CROWD_MAX,
    CROWD_MS,
    EARLY,
    HERE_SIZE,
    NEAR_TTL,
    PERIOD_FAST_MS,
    PERIOD_MS,
    SHARE,
    START,
    START_LEAST_MS,
    Heralds,
)
from handheld.node.traffic import airtime_us
from handheld.wire.constants import PUBLIC_START_TTL

ESPNOW_US = 2_540
LORA_US = 2_116_000


def heralds(longest_us: int = LORA_US, known: int = 99, *, invisible: bool = False) -> Heralds:
    made = Heralds(SeededEntropy("heralds"), invisible=invisible)
    made.radio_up(longest_us, known, 0)
    return made


def said(one: Heralds, until: int) -> list[tuple[int, int]]:
    """(when, ttl) of all up to a time."""
    found = []
    while (at := one.next_deadline()) is not None and at <= until:
        assert one.due(at - 1) is None
        ttl = one.due(at)
        assert ttl is not None
        found.append((at, ttl))
    return found


def village(one: Heralds, people: int, now: int = 0) -> None:
    for number in range(people):
        one.heard(number.to_bytes(8, "big"), now)


def test_the_start_tells_links_first_and_then_floods_once_in_a_window_that_grows_with_the_crowd() -> None:
    windows = []
    for known in (29, 99):
        one = heralds(known=known)
        windows.append(one.window_ms)
        start = said(one, one.window_ms * 10 // 8)
        assert [ttl for _, ttl in start] == [NEAR_TTL, NEAR_TTL, PUBLIC_START_TTL]
    assert 2 * 60_000 < windows[0] < 4 * 60_000
    assert 8 * 60_000 < windows[1] < 12 * 60_000


def test_on_fast_air_the_start_takes_seconds_and_the_interval_minutes() -> None:
    one = heralds(ESPNOW_US, 30)
    start = said(one, 2 * START_LEAST_MS)
    assert len(start) == len(START)
    assert PERIOD_FAST_MS * 7 // 8 < (one.next_deadline() or 0) - start[-1][0] <= PERIOD_FAST_MS


def test_all_of_a_crowd_together_take_a_bounded_share_of_the_air() -> None:
    for people in (1, 30, 100, CROWD_MAX):
        one = heralds(known=people)
        village(one, people)
        day = 24 * 3_600_000
        floods = [at for at, ttl in said(one, day) if ttl == PUBLIC_START_TTL and at > one.window_ms * 2]
        audible_ms = (people + 1) * AUDIBLE_TENTHS * airtime_us(LORA_US, HERE_SIZE) // 10_000
        # An eighth of jitter makes it that much more often.
        assert len(floods) * audible_ms <= day * 8 // 7 // SHARE * 11 // 10
        assert floods[1] - floods[0] >= PERIOD_MS * 7 // 8


def test_made_up_people_do_not_silence_anybody() -> None:
    one = heralds()
    village(one, 50 * CROWD_MAX)
    assert one.crowd == CROWD_MAX + 1
    assert one.interval_ms < 5 * PERIOD_MS


def test_people_who_were_not_heard_for_long_do_not_count() -> None:
    one = heralds(known=0)
    village(one, 20)
    one.heard(b"somebody", CROWD_MS + 1)
    assert one.crowd == 2


def test_who_lacks_a_way_is_heard_earlier_but_not_at_once_and_not_often() -> None:
    one = heralds()
    *_, (last, _) = said(one, 2 * one.window_ms)
    one.wanted(last + 1)
    at = one.next_deadline() or 0
    assert last + one.interval_ms // EARLY <= at < last + one.interval_ms * 7 // 8
    # Asked for again and again: never more often than that.
    times = []
    now = last
    for _ in range(20):
        one.wanted(now)
        now = one.next_deadline() or 0
        assert one.due(now) == PUBLIC_START_TTL
        times.append(now)
    assert all(b - a >= one.interval_ms // EARLY for a, b in pairwise(times))


def test_what_is_wanted_during_the_start_or_without_a_radio_changes_nothing() -> None:
    one = heralds()
    before = one.next_deadline()
    one.wanted(0)
    assert one.next_deadline() == before
    one.radio_down()
    one.wanted(1)
    assert one.next_deadline() is None
    assert one.due(10**9) is None


def test_a_cable_that_comes_and_goes_makes_nobody_say_more() -> None:
    one = heralds()
    start = said(one, 2 * one.window_ms)
    now = start[-1][0]
    for _ in range(10):
        one.radio_down()
        now += 1_000
        one.radio_up(LORA_US, 99, now)
        assert (one.next_deadline() or 0) >= start[-1][0] + one.interval_ms


def test_a_start_that_was_cut_off_is_gone_through_to_its_end() -> None:
    one = heralds()
    first = one.next_deadline() or 0
    one.due(first)
    one.radio_down()
    one.radio_up(LORA_US, 99, 10 * one.window_ms)
    rest = said(one, 11 * one.window_ms)
    assert [ttl for _, ttl in rest] == [ttl for _, _, ttl in START[1:]]


def test_who_is_invisible_never_says_it() -> None:
    one = heralds(invisible=True)
    assert one.next_deadline() is None
    one.wanted(5)
    assert one.due(10**9) is None
