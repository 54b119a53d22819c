"""Long texts: cut where a character ends, joined to the same text, honest about what is missing."""

from hypothesis import given
from hypothesis import strategies as st

from handheld.node.longtexts import ELLIPSIS, TEXT_MAX, join, split
from handheld.wire.codec import encode
from handheld.wire.constants import ALERT_TEXT_MAX, PARTS_MAX, POST_TEXT_MAX
from handheld.wire.notices import More

ROOM = st.sampled_from([ALERT_TEXT_MAX, POST_TEXT_MAX - 1, POST_TEXT_MAX])


def following(pieces: list[bytes]) -> list[tuple[int, bytes]]:
    more = [encode(More(part, len(pieces), 9, text)) for part, text in enumerate(pieces[1:], 2)]
    return list(enumerate(more, 1))


@given(st.text(st.characters(codec="utf-8"), max_size=TEXT_MAX), ROOM)
def test_what_is_cut_is_joined_again(text: str, room: int) -> None:
    packed = text.encode()[:TEXT_MAX].decode("utf-8", "ignore").replace("\0", "").encode()
    pieces = split(packed, room)

    assert len(pieces) <= PARTS_MAX
    assert len(pieces[0]) <= room
    assert all(piece.decode() for piece in pieces[1:])
    assert join(pieces[0], following(pieces)) == (packed, "")


def test_the_first_part_shows_by_itself_that_there_is_more() -> None:
    first, *_ = split(b"x" * 200, 160)
    assert first == b"x" * 157 + ELLIPSIS
    assert join(first, []) == (first, "")


def test_no_character_is_cut_in_two() -> None:
    text = ("a" + "\u20ac" * 170).encode()
    pieces = split(text, 160)
    assert pieces[0].decode().endswith("\u20ac\u2026")
    assert all(set(piece.decode()) == {"\u20ac"} for piece in pieces[1:])
    assert join(pieces[0], following(pieces)) == (text, "")


def test_what_is_missing_is_said() -> None:
    pieces = split(b"a" * 157 + b"b" * 157 + b"c" * 157 + b"d" * 41, 160)
    more = following(pieces)
    text, note = join(pieces[0], [more[2]])
    assert text == b"a" * 157 + b" ...  ... " + b"d" * 41
    assert note == "Parts 2 and 3 of 4 missing."
    assert join(pieces[0], more[1:])[1] == "Part 2 of 4 missing."


def test_a_part_in_anothers_place_and_rubbish_are_left_out() -> None:
    pieces = split(b"a" * 400, 160)
    (_, second), (_, third) = following(pieces)
    assert join(pieces[0], [(2, second), (1, third), (3, b""), (1, b"\7")]) == (pieces[0], "")
