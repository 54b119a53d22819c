"""Tables for narrow screens, wide letters, pipes."""

import os
import pty
import sys

import pytest

from handheld.cli import show


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("\uff21", 2), ("…", 1)]
)
def test_width_is_what_a_terminal_draws(text: str, columns: int) -> None:
    assert show.cells(text) == columns


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("ab", 1, "…"),
    ],
)
def test_what_is_cut_says_so(text: str, limit: int, cut: str) -> None:
    assert show.fit(text, limit) == cut
    assert show.cells(cut) <= limit


def test_columns_line_up_also_with_wide_letters() -> None:
    rows = [("a", "日本", "1"), ("bb", "x", "22")]
    assert show.table(rows, right={2}) == "a   日本   1\nbb  x     22"


def test_count_has_a_plural() -> None:
    assert [show.count(n, "hop") for n in (0, 1, 2)] == ["0 hops", "1 hop", "2 hops"]
    assert show.count(2, "box", "boxes") == "2 boxes"


def test_only_the_flexible_column_gives_way_to_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("=", "A name that is quite long here", "12"), ("?", "Bo", "3")]
    assert show.table(rows, right={2}, flexible=1).splitlines()[0].endswith("quite long here  12")
    keyboard, screen = pty.openpty()
    try:
        os.set_blocking(keyboard, False)
        with os.fdopen(screen, "w") as terminal:
            monkeypatch.setattr(sys, "stdout", terminal)
            import fcntl
            import struct
            import termios

            fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 24, 0, 0))
            assert show.columns() == 24
            narrow = show.table(rows, right={2}, flexible=1)
            monkeypatch.undo()
    finally:
        os.close(keyboard)
    assert narrow == "=  A name that is q…  12\n?  Bo                  3"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("two words here", ["two words", "here"]),
        ("a" * 23, ["a" * 10, "a" * 10, "aaa"]),
        ("日本語日本語", ["日本語日本", "語"]),
        ("ok" + " " * 30 + "= Mum", ["ok = Mum"]),
    ],
)
def test_text_is_wrapped_behind_its_indent(
    monkeypatch: pytest.MonkeyPatch, text: str, pieces: list[str]
) -> None:
    monkeypatch.setattr(show, "columns", lambda: 12)
    wrapped = show.wrapped(text, "  ")
    assert [piece for piece in wrapped if piece] == [piece for piece in pieces if piece]
    assert all(show.cells(piece) <= 10 for piece in wrapped)


def test_text_that_goes_into_a_pipe_is_not_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "columns", lambda: None)
    assert show.wrapped("a" * 200, "  ") == ["a" * 200]
