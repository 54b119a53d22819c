"""The table of ways: the best one to each, none that works one way only, none for long without an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.node.ways import FADE_MS, FAILURES_MAX, FORGET_MS, GOOD, WAYS_MAX, Ways

ANA, BO = b"a" * 32, b"b" * 32


def ways(path: bytes = b"\x11\x22\x33", quality: int = GOOD) -> Ways:
    table = Ways()
    table.learn(ANA[:8], path, quality, 0)
    return table


def test_the_way_to_somebody_is_his_path_backwards() -> None:
    table = ways()
    assert table.lookup(ANA, 1) == b"\x33\x22\x11"
    assert table.lookup(BO, 1) is None
    assert len(table) == 1


def test_a_path_that_may_not_work_backwards_teaches_nothing() -> None:
    assert ways(quality=0).lookup(ANA, 0) is None
    assert ways(path=b"").lookup(ANA, 0) is None


@pytest.mark.parametrize(
    ("path", "quality", "taken"),
    [
        (b"\x44\x55\x66", GOOD, False),  # no better: the first stays
        (b"\x44\x55", GOOD, True),  # shorter
        (b"\x44\x55", GOOD - 1, False),  # the weakest link counts first
        (b"\x44\x55\x66\x77", GOOD + 8, False),  # more than good is no better, and it is longer
    ],
)
def test_the_weakest_link_decides_then_the_hops(path: bytes, quality: int, taken: bool) -> None:
    table = ways()
    table.learn(ANA[:8], path, quality, 1)
    assert (table.lookup(ANA, 1) == path[::-1]) is taken


def test_a_newer_worse_one_is_not_taken_until_the_old_one_has_faded() -> None:
    table = ways(quality=GOOD)
    table.learn(ANA[:8], b"\x44", GOOD - 1, FADE_MS - 1)
    assert table.lookup(ANA, FADE_MS) == b"\x33\x22\x11"
    table.learn(ANA[:8], b"\x44", GOOD - 1, FADE_MS)
    assert table.lookup(ANA, FADE_MS) == b"\x44"


def test_the_same_way_heard_again_is_measured_anew() -> None:
    table = ways(quality=GOOD)
    table.learn(ANA[:8], b"\x11\x22\x33", 1, 5)
    table.learn(ANA[:8], b"\x44\x55\x66", 2, 6)
    assert table.lookup(ANA, 6) == b"\x66\x55\x44"


def test_a_way_is_forgotten_with_age_unless_it_works() -> None:
    table = ways()
    assert table.lookup(ANA, FORGET_MS - 1) is not None
    table.worked(ANA, FORGET_MS - 1)
    assert table.lookup(ANA, 2 * FORGET_MS - 2) is not None
    assert table.lookup(ANA, 2 * FORGET_MS - 1) is None
    assert len(table) == 0
    table.worked(ANA, 0)
    table.failed(ANA)


def test_an_old_way_gives_place_to_a_worse_new_one() -> None:
    table = ways()
    table.learn(ANA[:8], b"\x44\x55\x66\x77", 1, FORGET_MS)
    assert table.lookup(ANA, FORGET_MS) == b"\x77\x66\x55\x44"


def test_failures_in_a_row_forget_it_until_it_is_learned_anew() -> None:
    table = ways()
    for _ in range(FAILURES_MAX - 1):
        table.failed(ANA)
    table.worked(ANA, 1)
    for _ in range(FAILURES_MAX - 1):
        table.failed(ANA)
    assert table.lookup(ANA, 2) is not None
    table.failed(ANA)
    assert table.lookup(ANA, 2) is None
    table.learn(ANA[:8], b"\x11", 1, 3)
    assert table.lookup(ANA, 3) == b"\x11"


def test_hearing_the_same_way_again_does_not_excuse_its_failures() -> None:
    table = ways()
    for _ in range(FAILURES_MAX):
        table.learn(ANA[:8], b"\x11\x22\x33", GOOD, 1)
        table.failed(ANA)
    assert table.lookup(ANA, 2) is None


def test_made_up_people_push_out_each_other_and_not_what_has_worked() -> None:
    table = ways()
    table.worked(ANA, 1)
    for number in range(3 * WAYS_MAX):
        table.learn(number.to_bytes(8, "big"), b"\x66", 15, 2 + number)
    assert len(table) == WAYS_MAX
    assert table.lookup(ANA, 2 + 3 * WAYS_MAX) is not None


steps = st.tuples(
    st.sampled_from(["learn", "worked", "failed"]),
    st.binary(max_size=7).filter(lambda path: 0 not in path),
    st.integers(0, 15),
    st.integers(0, FORGET_MS),
)


@settings(max_examples=60)
@given(st.lists(steps, max_size=30))
def test_whatever_is_heard_a_way_is_short_young_and_was_heard_backwards(
    story: list[tuple[str, bytes, int, int]],
) -> None:
    table, now = Ways(), 0
    heard: set[bytes] = set()
    for what, path, quality, later in story:
        now += later // 4
        if what == "learn":
            table.learn(ANA[:8], path, quality, now)
            heard |= {path} if quality else set()
        elif what == "worked":
            table.worked(ANA, now)
        else:
            table.failed(ANA)
        names = table.lookup(ANA, now)
        assert names is None or (1 <= len(names) <= 7 and names[::-1] in heard)
        assert table.lookup(ANA, now + FORGET_MS) is None
