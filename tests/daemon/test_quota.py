"""The log of a radio that never stops talking."""

from handheld.daemon.quota import LINES, PER_MS, Quota


def test_a_minute_holds_so_many_lines_and_the_rest_is_counted() -> None:
    quota = Quota()
    assert [quota.take(10_000_000) for _ in range(LINES)] == [0] * LINES
    assert [quota.take(10_000_000 + PER_MS - 1) for _ in range(5)] == [None] * 5
    assert quota.take(10_000_000 + PER_MS) == 5
    assert quota.take(10_000_000 + PER_MS) == 0
