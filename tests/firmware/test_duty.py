"""Air time within the law: over any hour, over the wrap of the clock, and over a loss of power."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cpython_firmware import load
from tests.support.micropython import run

(duty,) = load("duty")

PERIOD = 1 << 30
HOUR = 3_600_000
LONGEST = 4_000_000
"""Microseconds; no frame of ours takes longer."""


def budget(share, kept=0, now=0, told=None):
    return duty.Duty(share, kept, (told if told is not None else []).append, now % PERIOD)


def worst_hour(sent):
    """Milliseconds on the air in the worst hour; `sent`: (begin, length)."""

    def within(begin):
        end = begin + HOUR
        return sum(max(0, min(end, at + long) - max(begin, at)) for at, long in sent)

    edges = [at for at, _ in sent] + [at + long - HOUR for at, long in sent]
    return max(map(within, edges), default=0)


steps = st.lists(
    st.tuples(st.integers(0, 400_000) | st.integers(0, 3000), st.integers(1, LONGEST)),
    min_size=1,
    max_size=300,
)


@settings(max_examples=150)
@given(steps, st.sampled_from([1_000, 10_000, 100_000]), st.integers(0, PERIOD - 1))
def test_no_hour_holds_more_than_the_law_allows(wishes, share, start):
    limit = budget(share, now=start)
    now, sent = start, []
    for gap, us in wishes:
        now += gap
        if not limit.wait(us, now % PERIOD):
            limit.spend(us, now % PERIOD)
            sent.append((now, us / 1000))
            now += -(-us // 1000)
    assert worst_hour(sent) <= share * 3.6


@settings(max_examples=100)
@given(steps, st.sampled_from([1_000, 10_000]), st.lists(st.integers(0, 299), max_size=4))
def test_nor_when_the_power_goes(wishes, share, cuts):
    told = [0]
    limit = budget(share, told=told)
    now, began, sent = 0, 0, []
    for number, (gap, us) in enumerate(wishes):
        now += gap
        if number in cuts:
            # Its clock starts somewhere else, and it does not know for how long it was off.
            limit, began = budget(share, kept=told[-1], now=777, told=told), now - 777
        ticks = (now - began) % PERIOD
        if not limit.wait(us, ticks):
            limit.spend(us, ticks)
            sent.append((now, us / 1000))
            now += -(-us // 1000)
    assert worst_hour(sent) <= share * 3.6


@settings(max_examples=100)
@given(steps, st.integers(1, LONGEST), st.integers(0, PERIOD - 1))
def test_after_the_wait_it_is_allowed_and_the_minute_before_it_was_not(wishes, us, start):
    limit = budget(10_000, now=start)
    now = start
    for gap, length in wishes:
        now += gap
        if not limit.wait(length, now % PERIOD):
            limit.spend(length, now % PERIOD)
    wait = limit.wait(us, now % PERIOD)
    assert 0 <= wait <= 62 * 60_000
    if wait:
        assert limit.wait(us, (now + wait - 1) % PERIOD)
        assert not limit.wait(us, (now + wait) % PERIOD)


def test_a_radio_that_always_talks_gets_nearly_its_whole_share():
    limit = budget(10_000)
    now, used = 0, 0
    while now < 10 * HOUR:
        wait = limit.wait(345_000, now % PERIOD)
        if wait:
            now += wait
            continue
        limit.spend(345_000, now % PERIOD)
        used += 345
        now += 345
    assert 0.96 <= used / (10 * HOUR * 0.01) <= 1.0


def test_flash_is_written_a_few_times_an_hour():
    told = []
    limit = budget(10_000, told=told)
    for now in range(0, 24 * HOUR, 2000):
        if not limit.wait(345_000, now % PERIOD):
            limit.spend(345_000, now % PERIOD)
    assert len(told) <= 24 * 16


def test_what_was_set_aside_is_let_go_again():
    told = []
    limit = budget(10_000, told=told)
    for now in range(0, 36_000, 345):
        if not limit.wait(345_000, now):
            limit.spend(345_000, now)
    assert told == list(range(1, 9))
    assert limit.wait(345_000, 2 * 60_000)
    assert not limit.wait(345_000, 62 * 60_000)
    assert told[-1] == 0


def test_after_a_start_what_was_set_aside_is_spent():
    limit = budget(10_000, kept=8)
    assert limit.wait(1, 0) == 62 * 60_000
    assert budget(10_000, kept=7).wait(4_500_000, 0) == 0
    # A damaged number is the whole budget at the most.
    assert budget(10_000, kept=200).spent == 36_000


def test_a_moment_that_lies_before_changes_nothing():
    limit = budget(10_000, now=5000)
    limit.spend(1_000_000, 5000)
    assert limit.wait(36_000_000, 4000) == 62 * 60_000
    assert limit.spent == 1000


def test_it_costs_no_memory():
    script = """
import gc
from duty import Duty
limit = Duty(10_000, 0, lambda eighths: None, 0)
def work():
    for now in range(0, 7_200_000, 20_000):
        if limit.wait(345_000, now) == 0 and not limit.wait(345_000, now):
            limit.spend(345_000, now)
work()
gc.collect()
gc.disable()
before = gc.mem_alloc()
work()
print(gc.mem_alloc() - before)
"""
    code, text = run(script, heap="128k")
    # The loop's own range object and nothing else.
    assert code == 0, text
    assert int(text) <= 64
