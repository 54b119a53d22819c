"""Lines of text between frames: whole ones, long ones, and what a sentence may quote."""

from handheld.link.lines import LINE_MAX, QUOTE, Lines


def test_pieces_become_lines_whatever_ends_them() -> None:
    lines = Lines()

    assert lines.add(b"ets Jun", ended=False) == []
    assert lines.pending
    assert lines.add(b" 8\r\n\r\nrst:0x1\nlo", ended=False) == [b"ets Jun 8", b"rst:0x1"]
    assert lines.add(b"ad\r", ended=True) == [b"load"]
    assert not lines.pending


def test_what_is_ended_is_a_line_without_its_end() -> None:
    assert Lines().add(b">>> ", ended=True) == [b">>> "]
    assert Lines().add(b"", ended=True) == []


def test_a_line_that_never_ends_is_cut() -> None:
    lines = Lines()
    cut = [line for _ in range(10) for line in lines.add(b"x" * 200, ended=False)]

    assert cut
    assert all(LINE_MAX < len(line) <= LINE_MAX + 200 for line in cut)


def test_the_quote_is_the_clean_end_of_all_that_was_said() -> None:
    lines = Lines()
    assert lines.quote() == ""
    lines.add(b"first\n\x1b[31mred\xff " + b"y" * 3 + b"\n", ended=True)
    assert lines.quote() == "first [31mred� yyy"
    lines.add(b"z" * 1_000, ended=True)
    assert lines.quote() == "z" * QUOTE
