"""The sizes of private messages: three lengths on the air, whatever is inside."""

import pytest

from handheld.wire.constants import FIRST_CONTACT_SIZES, SEALED_SIZES
from handheld.wire.records import LETTER_HEAD, LETTER_TEXT_MAX, TAG, padded_size


@pytest.mark.parametrize(
    ("length", "known", "first"),
    [(0, 56, 8), (8, 56, 8), (9, 56, 72), (56, 56, 72), (57, 120, 72), (72, 120, 72), (73, 120, 128),
     (120, 120, 128), (121, 176, 128), (128, 176, 128), (129, 176, 0), (176, 176, 0), (177, 0, 0)],
)  # fmt: skip
def test_a_letter_is_padded_to_the_smallest_size_that_holds_it(length: int, known: int, first: int) -> None:
    assert padded_size(length) == known
    assert padded_size(length, FIRST_CONTACT_SIZES) == first


def test_a_first_contact_is_as_long_as_any_other_message() -> None:
    static_key = 32 + TAG

    assert [size + static_key for size in FIRST_CONTACT_SIZES] == list(SEALED_SIZES)


def test_the_longest_texts() -> None:
    assert LETTER_TEXT_MAX == 167
    assert padded_size(LETTER_HEAD + 119, FIRST_CONTACT_SIZES) == FIRST_CONTACT_SIZES[-1] == LETTER_HEAD + 119
