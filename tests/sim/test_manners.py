"""What is said to a guest: it fits, it is about him, and nobody says the same thing twice running."""

import itertools

import pytest

from handheld.sim import manners
from handheld.sim.cast import HOUSES, NAMES
from handheld.sim.manners import Meeting
from handheld.wire.constants import POST_TEXT_MAX

BO = Meeting("bo", "the mill", "dee", 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there!", "Hello dee! bo here, at the mill. I hear you over 2 hops."),
        ("is this a TEST?", "It works, dee: I read you at the mill, over 2 hops."),
        ("thank you", "You are welcome, dee."),
        (
            "Help, the hill moves",
            "I hear you, dee. Say where you are and what you need; I come from the mill.",
        ),
        ("What now?", "Good question, dee. At the mill nobody knows."),
        ("The hellos are over", "I read you at the mill, dee, over 2 hops."),
        ("", "I read you at the mill, dee, over 2 hops."),
    ],
)
def test_a_post_is_answered_by_what_is_in_it(text, expected):
    assert BO.answer(text, private=False, turn=0) == expected


def test_a_private_message_is_answered_as_one():
    answers = [BO.answer("The key is under the stone", private=True, turn=turn) for turn in range(4)]
    assert set(answers) == {BO._said(text) for text in manners.PRIVATE}
    assert BO.answer("Can you keep it?", private=True, turn=1) == BO._said(manners.PRIVATE_QUESTION[1])


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("text", ["So it is", "Is it so?"])
def test_nobody_repeats_himself(private, text):
    answers = [BO.answer(text, private, turn) for turn in range(9)]
    assert all(before != after for before, after in itertools.pairwise(answers))


@pytest.mark.parametrize(
    ("hops", "words"), [(None, "hear you well."), (1, "hear you directly."), (3, "over 3 hops.")]
)
def test_how_far_he_is_is_told_in_words(hops, words):
    assert words in Meeting("bo", "the mill", "dee", hops).greeting()


def test_everything_fits_whatever_the_names_are():
    name = max(NAMES, key=len)
    place = max((place for place, _, _ in HOUSES.values()), key=len)
    longest = Meeting(name, place, name, 9)
    texts = [longest.greeting(), longest.private_greeting()]
    texts += [longest.answer(words[0], False, 0) for words, _ in manners.REACTIONS]
    texts += [longest._said(text) for text in (*manners.QUESTION, *manners.POSTED)]
    texts += [longest._said(text) for text in (*manners.PRIVATE_QUESTION, *manners.PRIVATE)]
    assert max(len(text.encode()) for text in texts) <= POST_TEXT_MAX
    assert not any("{" in text for text in texts)
