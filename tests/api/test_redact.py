"""What is hidden in a recording that goes to others, and what is kept."""

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.api import codec
from handheld.api.redact import KEPT, hidden
from tests.support.door import BOB, CAI, CARD, STATUS, UP, file, message

SALT = bytes(16)


def test_names_keys_and_texts_are_others_and_the_same_ones_throughout() -> None:
    said = codec.plain(message(1, "Bob, 3 beds at the Mill.", name="Bob", beside="olive-tiger"))
    shown = hidden(said, SALT)
    assert isinstance(shown, dict)
    assert shown["text"].count(" ") == 5
    assert shown["text"].startswith(f"{shown['name']}, ")
    assert shown["text"].endswith(".")
    assert not any(word in shown["text"] for word in ("Bob", "beds", "Mill", "3"))
    assert (shown["board"], shown["state"], shown["mark"], shown["hops"]) == ("here", "received", "=", 2)
    assert shown["author"] != BOB.key
    assert len(shown["author"]) == 64
    assert shown["author"] == hidden(codec.plain(BOB), SALT)["key"]  # type: ignore[index]
    assert shown["beside"].count("-") == 1


def test_other_chance_gives_other_names() -> None:
    assert hidden("Bob", SALT) != hidden("Bob", b"\x01" * 16)


def test_a_radio_keeps_its_board_and_a_message_does_not() -> None:
    assert hidden(codec.plain(UP), SALT)["board"] == UP.board  # type: ignore[index]
    assert hidden(codec.plain(message(1, "x", "market")), SALT)["board"] != "market"  # type: ignore[index]


def test_nothing_of_anybody_is_left() -> None:
    for value in (BOB, CAI, STATUS, CARD, file(), message(1, "psst", "", peer=BOB.key, peer_name="Bob")):
        shown = str(hidden(codec.plain(value), SALT))
        for word in (
            "Bob",
            "olive",
            "tiger",
            BOB.key,
            STATUS.key,
            "/home/ada",
            "map",
            "psst",
            "twelve",
            CARD.text,
        ):
            assert word not in shown


def test_settings_keep_what_says_nothing_of_their_owner() -> None:
    assert {"state", "kind", "mark"} <= KEPT
    bell = {
        "name": "bell",
        "value": "yes",
        "kind": "flag",
        "meaning": "ring",
        "choices": [],
        "applied": "now",
    }
    name = bell | {"name": "name", "value": "Ada", "kind": "text"}
    assert hidden(bell, SALT) == bell
    assert hidden(name, SALT) == name | {"value": hidden("Ada", SALT)}


@given(st.lists(st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text()), max_size=3))
@settings(max_examples=50)
def test_any_value_keeps_its_shape(values: list[object]) -> None:
    for value, shown in zip(values, hidden(values, SALT), strict=True):
        assert type(shown) is type(value)
        if isinstance(value, str | dict):
            assert len(shown) == len(value)
