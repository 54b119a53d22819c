"""Boards: one spelling, found by three bytes, bounded."""

import pytest

from handheld.crypto.signing import board_id
from handheld.errors import Refused
from handheld.node.boards import BOARDS_MAX, HEARD_MAX, Boards, board_name
from handheld.wire.codec import encode
from handheld.wire.sync import BoardName


@pytest.mark.parametrize("given", ["here", "#here", " #HERE ", "Here"])
def test_one_board_has_one_spelling(given: str) -> None:
    assert board_name(given) == "here"


@pytest.mark.parametrize(
    "given", ["", "#", "two words", "a" * 25, "ä" * 13, "市" * 9, "no/slash", "no\nline", "##x"]
)
def test_a_name_that_is_none_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(Refused, match="#here"):
        board_name(given)


@pytest.mark.parametrize("given", ["a" * 24, "ä" * 12, "市" * 8])
def test_a_name_counts_in_the_bytes_that_travel(given: str) -> None:
    assert board_name(given) == given
    assert encode(BoardName(given.encode()))


def test_a_followed_board_is_found_by_its_three_bytes() -> None:
    boards = Boards(["here"])
    assert boards.candidates(board_id("here")[:3]) == ["here"]
    assert boards.candidates(board_id("market")[:3]) == []
    assert boards.follow("market")
    assert not boards.follow("market")
    assert boards.candidates(board_id("market")[:3]) == ["market"]


def test_boards_are_bounded() -> None:
    boards = Boards(f"board{number}" for number in range(BOARDS_MAX))
    with pytest.raises(Refused):
        boards.follow("one-more")


def test_a_flood_of_names_leaves_nothing_behind() -> None:
    boards = Boards(["here"])
    for number in range(3 * HEARD_MAX):
        boards.hear(f"board{number}")
    assert len(boards.heard) == HEARD_MAX
    assert len(boards._by_prefix) <= HEARD_MAX + 2
