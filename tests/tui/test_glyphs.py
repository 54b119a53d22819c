"""Signs by the terminal: none that it lacks, and each told apart from the others."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.segment import Segment

from handheld.text import STATE_WORDS
from tests.support.door import CARD
from tui.cells import plain
from tui.glyphs import ASCII, CONSOLE, TIERS, UNICODE, Glyphs, spark, tier
from tui.looks import LOOKS, THEMES
from tui.meeting import NO_CODE, card_page
from tui.painter import Painter
from tui.picture import Picture, drawn
from tui.state import View

CP437_AND_LAT15 = set("•←↑→↓▲▼■♦░▒█≈≤≥«»·±°µ§¶" + "─│├└")
"""Beyond ASCII, what the kernel's font and the console fonts of Latin letters share (as far as is used)."""


@pytest.mark.parametrize("glyphs", TIERS.values(), ids=TIERS)
def test_every_state_has_a_sign_of_its_own_one_cell_wide(glyphs: Glyphs) -> None:
    assert set(STATE_WORDS) - set(glyphs.states) == {"saving"}
    assert len(set(glyphs.states.values())) == len(glyphs.states)
    one_cell = (*glyphs.states.values(), *glyphs.ramp, *glyphs.shade, glyphs.rule)
    assert {cell_len(sign) for sign in one_cell} == {1}
    assert {cell_len(sign) for sign in glyphs.tree} == {2}


def test_no_tier_has_what_its_terminals_lack() -> None:
    assert signs(ASCII).isascii()
    assert {sign for sign in signs(CONSOLE) if not sign.isascii()} <= CP437_AND_LAT15


def signs(glyphs: Glyphs) -> str:
    drawn_with = (glyphs.rule, glyphs.dash, glyphs.ramp, glyphs.shade)
    return "".join((*drawn_with, *glyphs.states.values(), *glyphs.tree))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "linux", "LANG": "de_AT.UTF-8"}, "console"),
        ({"TERM": "vt220", "LANG": "de_AT.UTF-8"}, "ascii"),
        ({"TERM": "vt100"}, "ascii"),
        ({"TERM": "xterm-256color", "LANG": "de_AT.UTF-8"}, "unicode"),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "de_AT.UTF-8"}, "ascii"),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"TERM": "tmux", "LC_ALL": "", "LC_CTYPE": "C.utf8"}, "unicode"),
        ({}, "ascii"),
    ],
)
def test_the_tier_goes_by_the_terminal_and_its_language(environment: dict[str, str], expected: str) -> None:
    assert tier(environment) == expected


def test_a_spark_goes_from_the_least_to_the_most() -> None:
    assert spark([-200, -120, -85, -50, 0], -120, -50, UNICODE.ramp) == "▁▁▄██"
    assert spark([0, 1], 0, 1, ASCII.ramp) == ".@"
    assert spark([7], 7, 7, CONSOLE.ramp) == "·"


def test_on_an_ascii_terminal_letters_lose_their_marks_and_all_else_keeps_its_cells() -> None:

    painter = Painter(colour=False)
    painter.forget((20, 1))
    painter.plainly(True)
    written = painter.paint([(0, [Segment("für 山田 é\u0301 …")])], (0, 0))
    assert written == "\x1b[1;1Hfur ???? e .\x1b[1;1H"
    painter.plainly(False)
    assert "山" in painter.paint([(0, [Segment("für 山田 é\u0301 …")])], (0, 0))


def test_a_code_is_drawn_in_whole_cells_where_there_are_no_halves() -> None:
    view = View(card=CARD)
    lines, _ = card_page(view, 80, 40)
    code = [line for line in lines if any(look == "bar" for _, look in line)]
    modules = len(CARD.code[0])
    assert {len(plain(line).strip(" ")) for line in code} == {0}
    assert len(code) == 2 * len(CARD.code) + 2
    dark = sum(look == "" and len(text) == 2 for line in code for text, look in line[1:])
    halves = {" ": 0, "\u2580": 1, "\u2584": 1, "\u2588": 2}
    assert dark == sum(halves[sign] for row in CARD.code for sign in row)
    assert all(len(line) == 1 + modules + 4 for line in code)
    half, _ = card_page(replace(view, tier="unicode"), 40, 15)
    assert [plain(line).strip("\n")[5:34] for line in half[:15]] == CARD.code
    small, _ = card_page(view, 40, 15)
    assert NO_CODE.split(".")[0][:30] in plain(small[0])


def test_a_picture_without_halves_or_colours_is_drawn_in_shades() -> None:
    picture = Picture(2, 2, bytes([255] * 3 + [0] * 3) * 2)
    assert plain(drawn(picture, (2, 2), ASCII)[0]) == " @ "
    assert plain(drawn(picture, (2, 2), UNICODE, colours=False)[0]) == " █ "
    assert plain(drawn(picture, (2, 2), UNICODE)[0]) == " ▀▀"


def test_every_theme_has_every_look() -> None:
    drawn(Picture(2, 2, bytes(12)), (2, 2), UNICODE)
    assert {one: set(LOOKS) - set(looks) for one, looks in THEMES.items()} == {name: set() for name in THEMES}
    eight = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}
    for looks in THEMES.values():
        used = {colour.name for one in looks.values() for colour in (one.color, one.bgcolor) if colour}
        assert used <= eight
