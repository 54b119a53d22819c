"""Cards: what is photographed wrongly is refused, and twelve words stand for one key."""

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.crypto import words
from handheld.crypto.cards import CARD_WORDS, card_text, card_words, check_words, read_card
from handheld.errors import UsageError

KEY = bytes(range(100, 132))


@settings(max_examples=60)
@given(key=st.binary(min_size=32, max_size=32), name=st.text(max_size=24).map(str.strip))
def test_a_card_is_read_as_it_was_made(key: bytes, name: str) -> None:
    text = card_text(key, name.encode("utf-8", "ignore").decode())

    assert read_card(text).key == key
    assert len(text) <= 77


def test_the_name_is_on_it_as_far_as_there_is_room() -> None:
    assert read_card(card_text(KEY, "kai")).name == "kai"
    assert read_card(card_text(KEY, "")).name == ""
    assert read_card(card_text(KEY, "Grüße an alle")).name == "Grüße an"
    assert read_card(card_text(KEY, "a\x1b[2J")).name == "a[2J"


def test_it_can_be_typed_in_pieces_and_small() -> None:
    text = card_text(KEY, "kai").lower()

    assert read_card(f" {text[:20]} {text[20:50]}\n{text[50:]}").key == KEY


@pytest.mark.parametrize("name", ["", "kai", "A" * 24])
def test_its_code_has_29_modules_each_way(name: str) -> None:
    assert segno.make(card_text(KEY, name), error="l", boost_error=False).symbol_size(border=0) == (29, 29)


def test_every_card_with_a_wrong_letter_is_refused() -> None:
    text = card_text(KEY, "kai")
    for place in range(3, len(text)):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(UsageError, match="not read rightly"):
            read_card(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "PM2AAAA", "https://example.org", "1"])
def test_what_is_no_card_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="no card of pocketmesh"):
        read_card(text)


@pytest.mark.parametrize(
    "text", ["PM1", "PM1A", "PM1!!!!", "PM1" + "A" * 200, "PM1é", card_text(KEY, "kai")[:-4]]
)
def test_what_is_half_a_card_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not read rightly"):
        read_card(text)


def test_twelve_words_are_the_keys_and_the_first_two_stand_beside_it() -> None:
    spoken = card_words(KEY)

    assert len(spoken) == CARD_WORDS
    assert words.parse(" ".join(spoken)) == spoken
    assert check_words(KEY) == "-".join(spoken[:2])
    assert spoken != card_words(bytes(32))
