"""Names of boards: said before a post, not too often, and not remembered without end."""

from handheld.sync.naming import KNOWN_BOARD, NAMED_MAX, NAMED_MS, Naming


def test_a_name_is_said_once_in_a_while_and_not_by_two() -> None:
    naming = Naming()
    assert naming.frames(KNOWN_BOARD, 0) == naming.frames("", 0) == []
    assert len(naming.frames("market", 0)) == 1
    assert naming.frames("market", NAMED_MS - 1) == []
    assert len(naming.frames("market", NAMED_MS)) == 1
    naming.said("mill", 0)
    assert naming.frames("mill", 1) == []


def test_a_flood_of_names_is_bounded() -> None:
    naming = Naming()
    for number in range(3 * NAMED_MAX):
        naming.said(f"board{number}", number)
    assert len(naming) == NAMED_MAX
