"""What a command line that was begun can go on with."""

import pytest

from handheld.cli.complete import completions, on_line
from handheld.verbs import ALONE, PLACES, TYPED, VERBS

NAMES = {"WHO": ["bob", "cai"], "BOARD": ["market"]}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("unb", ["unblock"]),
        ("radio s", ["set", "service"]),
        ("read --fo", ["--follow"]),
        ("post --kind e", ["event"]),
        ("post m", ["market"]),
        ("send b", ["bob"]),
        ("send bob b", []),
        ("follow --json c", ["cai"]),
        ("room inv", ["invite"]),
        ("meet undo c", []),
        ("nothing like that", []),
        ("node --radio /dev/tty", []),
    ],
)
def test_options_choices_and_names(line: str, offered: list[str]) -> None:
    assert completions(line, NAMES) == offered


def test_a_line_of_a_menu_is_completed_word_by_word() -> None:
    at = on_line(VERBS)
    assert at("/unb") == ["/unblock "]
    assert at("/radio test") == ["test "]
    assert at("12") == []


def test_what_is_typed_on_the_screen_is_in_the_one_list() -> None:
    assert set(TYPED) == (VERBS.keys() | PLACES.keys()) - ALONE
    assert not PLACES.keys() & VERBS.keys()
    assert VERBS.keys() >= ALONE
