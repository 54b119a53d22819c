"""A listener guesses from whole frames: who wrote it, to whom, is it a first contact, what kind of letter."""

from collections import Counter

from tests.support.capture import village
from tests.support.guessing import POINTS, scores

VILLAGES = 110
"""Of one round: 20,000 frames."""


def round_of(number: int) -> Counter[str]:
    """How often each question was asked and each guesser right; one above blind + 5 points is wrong."""
    frames = [heard for place in range(VILLAGES) for heard in village(number * VILLAGES + place)]
    found = Counter({"frames": len(frames), "wrong": 0})
    for (question, guesser), score in scores(frames).items():
        found[f"{question}: asked of each"] = score.asked
        found[f"{question}: right, blindly"] = round(score.blind)
        found[f"{question}: right, by {guesser}"] = score.right
        found["wrong"] += score.above > POINTS
    return found
