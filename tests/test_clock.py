"""Time and chance for tests and simulation: they stand still, and they replay."""

from collections import Counter

import pytest

from handheld.clock import ManualClock, SeededEntropy


def test_a_manual_clock_goes_on_only_when_told() -> None:
    clock = ManualClock(now=5_000, wall=1_800_000_000)

    assert (clock.now(), clock.wall()) == (5_000, 1_800_000_000)
    clock.advance(1_999)
    assert (clock.now(), clock.wall()) == (6_999, 1_800_000_001)


def test_the_same_seed_gives_the_same_stream_in_any_portions() -> None:
    whole, parts = SeededEntropy("seed"), SeededEntropy("seed")

    assert whole.take(200) == b"".join(parts.take(count) for count in (1, 63, 64, 65, 0, 7))
    assert SeededEntropy("other").take(32) != SeededEntropy("seed").take(32)


def test_the_stream_is_the_same_on_every_machine() -> None:
    assert (
        SeededEntropy(1).take(8).hex()
        == SeededEntropy("1").take(8).hex()
        == SeededEntropy(b"1").take(8).hex()
    )
    assert SeededEntropy(1).take(8).hex() == "312548a0f76f5117"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1_000])
def test_numbers_stay_below_their_limit_and_reach_it(limit: int) -> None:
    entropy = SeededEntropy(limit)
    drawn = Counter(entropy.below(limit) for _ in range(20 * limit))

    assert min(drawn) == 0
    assert max(drawn) < limit
    assert len(drawn) > limit * 0.9


def test_a_number_that_would_favour_small_ones_is_drawn_again() -> None:
    """Above the largest multiple of the limit there is no fair number: the next eight bytes are taken."""
    entropy = SeededEntropy(0)
    drawn = iter([b"\xff" * 8, bytes(7) + b"\x05"])
    entropy.take = lambda count: next(drawn)  # type: ignore[method-assign]

    assert entropy.below(3) == 2


def test_no_number_is_below_zero() -> None:
    with pytest.raises(ValueError, match="0"):
        SeededEntropy(0).below(0)
