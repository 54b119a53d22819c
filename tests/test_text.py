"""The sanitiser: whatever a stranger wrote, nothing of it moves the cursor, hides, or leaves its place."""
# ruff: noqa: RUF001  # characters that look like others are what this is about

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handheld.text import (
    MARKS_MAX,
    NAME_CELLS,
    ago,
    amount,
    cells,
    clean,
    clean_line,
    clean_message,
    clean_name,
    duration,
)

ANYTHING = st.text() | st.binary() | st.text("ab \n\t\x1b\u202e\u200b\u0301\u0302\u0489\u3164\u2028\ud800")


def category(character: str) -> str:
    return unicodedata.category(character)


@given(ANYTHING)
@example("\x1b[2J\x1b]0;owned\x07")
@example(b"\x9b31m\xff")
@example(" \u0301a")
@example("\n\u0301a")
def test_no_result_holds_what_a_terminal_could_act_on(raw: str | bytes) -> None:
    for cleaned in (clean_message(raw), clean_line(raw), clean_name(raw)):
        held = {category(character) for character in cleaned if character != "\n"}
        assert held.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
        assert cleaned == cleaned.strip()
    assert "\n" not in clean_line(raw) + clean_name(raw)


@given(ANYTHING)
def test_marks_stand_on_something_and_make_no_towers(raw: str | bytes) -> None:
    height = 0
    before = ""
    for character in clean_message(raw):
        if category(character)[0] == "M":
            assert before not in {"", " ", "\n"}
            height += 1
        else:
            height = 0
        assert height <= MARKS_MAX
        before = character


@given(ANYTHING)
def test_cleaning_what_is_clean_changes_nothing(raw: str | bytes) -> None:
    once = clean_message(raw)

    assert clean_message(once) == once


@given(ANYTHING)
def test_results_are_bounded(raw: str | bytes) -> None:
    assert len(clean(raw, 7)) <= 7
    assert len(clean_name(raw)) <= 24
    assert len(clean_line(raw)) <= 400
    assert cells(clean_name(raw)) <= NAME_CELLS


def test_a_wide_name_is_cut_by_cells() -> None:
    assert clean_name("山" * 20) == "山" * 12


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Grüße, 你好, שלום, नमस्ते", "Grüße, 你好, שלום, नमस्ते"),
        ("two\nlines", "two\nlines"),
        ("a\tb\rc\x0bd", "a b c d"),
        ("a\u00a0b\u3000c", "a b c"),
        (b"caf\xc3\xa9 \xff", "café \ufffd"),
        ("\u202eevil\u202c", "evil"),
        ("ze\u200bro", "zero"),
        ("\x1b[31mred", "[31mred"),
        ("e\u0301\u0302\u0303\u0304", "e\u0301\u0302"),
        ("e\u0301\u200d\u0302\u0303", "e\u0301\u0302"),
        ("\u3164\u115f\u2800\ufe0f", ""),
        ("\ud83d", ""),
        ("ကြောင့် မြို့ ကျွန်ုပ်", "ကြောင့် မြို့ ကျွန်ုပ်"),
        ("Tiếng Việt", "Tiếng Việt"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("می\u200cخواهم", "میخواهم"),
        ("👍🏽 🇩🇪", "👍 DE"),
        ("\u1100\u1161\u11a8", "\u1100\u1161\u11a8"),
        ("\u1161a", "a"),
        ("ก" + "\u0e48" * 9, "ก" + "\u0e48" * 4),
        ("", ""),
    ],
)
def test_messages(raw: str | bytes, shown: str) -> None:
    assert clean_message(raw) == shown


def test_a_name_is_one_line_with_single_spaces() -> None:
    assert clean_name("  Ana \n  of\tthe   mill ") == "Ana of the mill"


def test_the_limit_counts_what_is_left() -> None:
    assert clean("\x00\x00abc", 2) == "ab"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "-"),
        (-5, "now"),
        (0, "now"),
        (1, "1s"),
        (59, "59s"),
        (60, "1m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (86_399, "23h"),
        (86_400, "1d"),
        (86_400 * 999, "999d"),
    ],
)
def test_ago(seconds: int | None, told: str) -> None:
    assert ago(seconds) == told


@pytest.mark.parametrize(("seconds", "words"), [(3, "3 s"), (89, "89 s"), (240, "4 min"), (7_200, "2.0 h")])
def test_durations(seconds: int, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (812, "812 B"), (1_100, "1 KB"), (16_384, "16 KB"), (1 << 20, "1.0 MB")]
)
def test_amounts(count: int, words: str) -> None:
    assert amount(count) == words
