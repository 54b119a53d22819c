"""Whole frames, header and length and body, tell nobody who wrote them, to whom, or what they are."""

from collections import defaultdict
from collections.abc import Callable

import pytest

from handheld.wire.constants import LetterKind
from tests.support.capture import NAMES, Heard, village
from tests.support.guessing import POINTS, scores

VILLAGES = 16
"""About 3,000 frames; 20,000 a round in `make soak` (tests/benchmarks/guessing.py)."""


@pytest.fixture(scope="module")
def frames() -> list[Heard]:
    return [heard for number in range(VILLAGES) for heard in village(number)]


def successes(frames: list[Heard]) -> list[str]:
    """Questions that somebody answers better than blindly, by more than is luck."""
    return [question for (question, _), score in scores(frames).items() if score.above > POINTS + score.luck]


def test_nobody_guesses_better_than_blindly(frames: list[Heard]) -> None:
    assert successes(frames) == []


def test_no_length_is_that_of_first_contacts_or_of_one_kind_of_letter_alone(frames: list[Heard]) -> None:
    known = [heard for heard in frames if heard.letter == LetterKind.TEXT and not heard.first]
    texts = {(heard.kind, len(heard.air)) for heard in known}
    for heard in frames:
        assert not heard.letter or (heard.kind, len(heard.air)) in texts
    assert {heard.letter for heard in frames} == {0, *LetterKind}
    assert any(heard.first for heard in frames)


def test_everybody_begins_with_every_ttl(frames: list[Heard]) -> None:
    ttls = defaultdict(set)
    for heard in frames:
        ttls[heard.kind, heard.sender].add(heard.air[1] >> 2 & 15)
    assert len(ttls) == 4 * len(NAMES)
    assert all(seen == {7, 8, 9} for seen in ttls.values())


def mark_ttl(heard: Heard) -> bytes:
    return heard.air[:1] + bytes([(9 if heard.first else 7) << 2]) + heard.air[2:]


def mark_hint(heard: Heard) -> bytes:
    return heard.air[:8] + heard.sender.encode()[:2] + heard.air[10:]


def mark_text(heard: Heard) -> bytes:
    return heard.air[:50] + (heard.reader or heard.sender).encode()[:1] * 12 + heard.air[62:]


def mark_end(heard: Heard) -> bytes:
    return heard.air[:-24] + bytes([heard.letter]) * 24


@pytest.mark.parametrize(
    ("question", "marked"),
    [("first contact", mark_ttl), ("sender", mark_hint), ("reader", mark_text), ("letter", mark_end)],
)
def test_what_is_marked_is_found(
    frames: list[Heard], question: str, marked: Callable[[Heard], bytes]
) -> None:
    assert question in successes([heard._replace(air=marked(heard)) for heard in frames])
