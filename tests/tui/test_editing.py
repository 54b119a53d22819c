"""One line under a cursor."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.cells import width
from tui.editing import EDITS, EditLine, begun, typed, window


def pressed(line: EditLine, *keys: str) -> EditLine:
    for key in keys:
        line = EDITS[key](line) if key in EDITS else typed(line, key)
    return line


def test_keys_write_where_the_cursor_is() -> None:
    line = pressed(begun("helo"), "left", "l", "end", "!")
    assert line == EditLine(tuple("hello!"), ())
    assert pressed(line, "home", "delete", "H").text == "Hello!"
    assert pressed(line, "left", "left", "ctrl+u").text == "o!"


def test_a_mark_goes_with_its_letter() -> None:
    line = typed(begun("e"), "\u0301")
    assert line.before == ("e\u0301",)
    assert pressed(line, "backspace").text == ""


def test_pasted_lines_become_one() -> None:
    assert typed(begun("a"), "b\r\nc\nd").text == "ab c d"


def test_nothing_is_no_further_left_than_the_start() -> None:
    assert pressed(begun(""), "left", "backspace", "delete", "right", "home").text == ""


@settings(max_examples=150)
@given(
    text=st.text(st.sampled_from("ab 山é\u0301"), max_size=60),
    lefts=st.integers(0, 60),
    room=st.integers(2, 20),
)
def test_the_cursor_is_always_in_sight(text: str, lefts: int, room: int) -> None:
    line = pressed(begun(text), *["left"] * lefts)
    shown, at = window(line, room)
    assert width(shown) <= room
    assert 0 <= at < room
