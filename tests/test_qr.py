"""QR codes in half blocks: a decoder's view of the drawn modules is the code's own."""

import pytest
import segno

from handheld.qr import drawn, fitted

TEXT = "PM1" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 2 + "AAAAAAAAAA"
LIGHT = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def modules(lines: list[str]) -> list[list[int]]:
    """The modules of drawn lines, two rows a line; 1 is what is drawn."""
    return [[LIGHT[cell][half] for cell in line] for line in lines for half in (0, 1)]


@pytest.mark.parametrize("text", ["PM1", TEXT])
def test_what_is_drawn_is_the_code(text: str) -> None:
    code = segno.make(text, error="l", boost_error=False, micro=False)
    rows = modules(drawn(text))

    assert rows[: len(code.matrix)] == [list(row) for row in code.matrix]
    assert all(not any(row) for row in rows[len(code.matrix) :])


def test_the_longest_card_fits_forty_columns_and_fifteen_lines() -> None:
    code = drawn(TEXT)

    assert len(TEXT) == 77
    assert len(code) == 15
    # Version 3: with two modules a character, all that 15 lines have room for.
    assert {len(line) for line in code} == {29}
    assert fitted(code, 40, 15) == code


def test_with_room_it_is_dark_on_light_with_a_border() -> None:
    code = drawn(TEXT)
    shown = fitted(code, 33, 17)

    assert len(shown) == 17
    assert {len(line) for line in shown} == {33}
    inner = modules([line[2:-2] for line in shown[1:-1]])
    assert [[1 - module for module in row] for row in inner] == modules(code)
    assert shown[0] == shown[-1] == "█" * 33
    assert {line[:2] + line[-2:] for line in shown} == {"████"}
    assert fitted(code, 32, 17) == fitted(code, 33, 16) == code
