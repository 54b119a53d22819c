"""Text in cells: what others wrote never takes more room than it was given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.cells import between, clusters, filled, fit, line_width, pad, plain, safe, safe_lines, width, wrap

anything = st.text(st.characters(), max_size=60)
hostile = st.text(
    st.sampled_from("ab 山é\u0301\u0327\u200d\ufe0f\u202e\x1b\x07\n[]/🏔🇩\u115f\u3164\u0e33"), max_size=40
)


def bare(text: str) -> str:
    """A text without its marks and blanks."""
    return "".join(cluster[0] for cluster, _ in clusters(text)).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("山", 2), ("a\u0301b", 2), ("\u0301", 0), ("über", 4), ("🏔", 1)]
)
def test_the_cells_of_a_text(text: str, cells: int) -> None:
    assert width(text) == cells


@settings(max_examples=150)
@given(text=anything | hostile, limit=st.integers(0, 30))
def test_a_cut_text_fits(text: str, limit: int) -> None:
    assert width(fit(safe(text), limit)) <= limit
    assert width(pad(safe(text), limit)) == limit
    assert width(pad(safe(text), limit, right=True)) == limit


@settings(max_examples=150)
@given(text=anything | hostile, limit=st.integers(2, 30), first=st.integers(0, 30))
def test_wrapped_lines_fit_and_lose_nothing(text: str, limit: int, first: int) -> None:
    clean = safe(text)
    lines = wrap(clean, limit, first)
    assert width(lines[0]) <= max(limit, first)
    assert all(width(line) <= limit for line in lines[1:])
    # Blanks may go where a line ends, and marks with them.
    assert bare("".join(lines)) == bare(clean)


@settings(max_examples=100)
@given(left=hostile, right=st.text("ab ", max_size=8), size=st.integers(8, 40))
def test_a_line_has_exactly_its_cells(left: str, right: str, size: int) -> None:
    line = between(((safe(left), ""),), ((right, ""),), size)
    assert line_width(line) == size
    assert line_width(filled(((safe(left), ""),), size)) == size


@settings(max_examples=150)
@given(text=anything | hostile)
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    for line in (safe(text), *safe_lines(text)):
        assert line.isprintable()
        assert "\ufe0f" not in line


def test_words_are_broken_between_and_long_ones_inside() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefghij kl", 4) == ["abcd", "efgh", "ij", "kl"]
    assert wrap("", 5) == [""]
    assert wrap("山山山", 4) == ["山山", "山"]


def test_a_cut_is_shown() -> None:
    assert fit("abcdef", 4) == "ab.."
    assert fit("山山山", 5) == "山.."
    assert plain(between((("abcdef", ""),), (("xy", ""),), 6)) == "ab..xy"
