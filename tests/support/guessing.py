"""Plain classifiers that guess from whole frames who wrote them, to whom, and what; how often they are right.

Each learns from one half of the frames of a kind and length and is asked about the other half. Labels are
evened out, so that blind guessing is right once in as many as there are labels.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tests.support.capture import Heard

Sample = tuple[bytes, object]
Guesser = Callable[[Sequence[Sample]], Callable[[bytes], object]]
"""Learns from samples, and gives what guesses the label of a frame."""

HEAD = 14
"""Header and first bytes of the body: where a label or a hint would stand."""

ENOUGH = 12
"""Frames of each label from which on something can be learnt."""

POINTS = 0.05
"""How much better than blindly anybody may guess."""

QUESTIONS: dict[str, Callable[[Heard], object]] = {
    "sender": lambda heard: heard.sender,
    "reader": lambda heard: heard.reader,
    "first contact": lambda heard: heard.first,
    "letter": lambda heard: heard.letter,
}


class Score(NamedTuple):
    """`right` of `asked`; blind guessing would have had `blind`."""

    right: int
    asked: int
    blind: float

    @property
    def above(self) -> float:
        """Points above blind guessing, as a share of all."""
        return (self.right - self.blind) / self.asked if self.asked else 0.0

    @property
    def luck(self) -> float:
        """Three standard deviations of blind guessing so often."""
        share = self.blind / self.asked if self.asked else 0.0
        return 3 * math.sqrt(share * (1 - share) / self.asked) if self.asked else 0.0


def by_header(samples: Sequence[Sample]) -> Callable[[bytes], object]:
    """The commonest label under the same byte 0, mode and ttl."""
    seen: dict[bytes, Counter[object]] = defaultdict(Counter)
    for air, label in samples:
        seen[air[:2]][label] += 1
    common = samples[0][1]
    return lambda air: seen[air[:2]].most_common(1)[0][0] if air[:2] in seen else common


def by_bytes(samples: Sequence[Sample]) -> Callable[[bytes], object]:
    """Naive Bayes over both halves of each byte of the head."""
    return _bayes(
        samples, lambda air: enumerate(half for byte in air[:HEAD] for half in (byte >> 4, byte & 15)), 16
    )


def by_histogram(samples: Sequence[Sample]) -> Callable[[bytes], object]:
    """Naive Bayes over how often each byte stands anywhere in the frame."""
    return _bayes(samples, lambda air: ((0, byte) for byte in air), 256)


def _bayes(
    samples: Sequence[Sample], features: Callable[[bytes], Iterator[tuple[int, int]]], values: int
) -> Callable[[bytes], object]:
    counts: dict[object, Counter[tuple[int, int]]] = defaultdict(Counter)
    totals: dict[object, Counter[int]] = defaultdict(Counter)
    for air, label in samples:
        for place, value in features(air):
            counts[label][place, value] += 1
            totals[label][place] += 1

    def score(label: object, found: list[tuple[int, int]]) -> float:
        return sum(math.log((counts[label][one] + 1) / (totals[label][one[0]] + values)) for one in found)

    def guess(air: bytes) -> object:
        found = list(features(air))
        return max(counts, key=lambda label: score(label, found))

    return guess


def by_neighbour(samples: Sequence[Sample]) -> Callable[[bytes], object]:
    """The label of the frame that has most bits in common, of all its bytes."""
    known = [(int.from_bytes(air, "big"), label) for air, label in samples]

    def guess(air: bytes) -> object:
        mine = int.from_bytes(air, "big")
        return min(known, key=lambda one: (one[0] ^ mine).bit_count())[1]

    return guess


def by_line(samples: Sequence[Sample]) -> Callable[[bytes], object]:
    """Logistic regression over the bits of the head, one for each label, by gradient steps."""
    labels = sorted({label for _, label in samples}, key=str)
    weights = {label: [0.0] * (HEAD * 8 + 1) for label in labels}
    rows = [(_ones(air), label) for air, label in samples]
    for step in (0.2, 0.1, 0.05):
        for ones, truth in rows:
            for label in labels:
                line = weights[label]
                error = (truth == label) - 1 / (1 + math.exp(-_sum(line, ones)))
                for at in ones:
                    line[at] += step * error
    return lambda air: max(labels, key=lambda label: _sum(weights[label], _ones(air)))


def _ones(air: bytes) -> list[int]:
    head = int.from_bytes(air[:HEAD], "big")
    return [HEAD * 8, *(bit for bit in range(HEAD * 8) if head >> bit & 1)]


def _sum(line: list[float], ones: list[int]) -> float:
    return max(-30.0, min(30.0, sum(line[at] for at in ones)))


GUESSERS: dict[str, Guesser] = {
    "header": by_header,
    "bytes": by_bytes,
    "histogram": by_histogram,
    "neighbour": by_neighbour,
    "line": by_line,
}


def scores(frames: Sequence[Heard]) -> dict[tuple[str, str], Score]:
    """How well each guesser answers each question, over all kinds and lengths; by (question, guesser)."""
    groups: dict[tuple[int, int], list[Heard]] = defaultdict(list)
    for heard in frames:
        groups[heard.kind, len(heard.air)].append(heard)
    found: dict[tuple[str, str], Score] = {}
    for question, answer in QUESTIONS.items():
        halves = [_halves(group, answer) for group in groups.values()]
        for name, guesser in GUESSERS.items():
            found[question, name] = _score(guesser, [both for both in halves if both])
    return found


def _halves(
    group: list[Heard], answer: Callable[[Heard], object]
) -> tuple[list[Sample], list[Sample]] | None:
    """Samples to learn from and to be asked about, as many of each label; None: nothing to guess."""
    by_label: dict[object, list[bytes]] = defaultdict(list)
    for heard in group:
        by_label[answer(heard)].append(heard.air)
    common = {label: airs for label, airs in by_label.items() if len(airs) >= ENOUGH}
    if len(common) < 2:
        return None
    size = min(map(len, common.values())) // 2
    learn = [(airs[2 * place], label) for place in range(size) for label, airs in common.items()]
    asked = [(air, label) for label, airs in common.items() for air in airs[1 : 2 * size : 2]]
    return learn, asked


def _score(guesser: Guesser, halves: list[tuple[list[Sample], list[Sample]]]) -> Score:
    right = asked = 0
    blind = 0.0
    for learn, questions in halves:
        guess = guesser(learn)
        right += sum(guess(air) == label for air, label in questions)
        asked += len(questions)
        blind += len(questions) / len({label for _, label in learn})
    return Score(right, asked, blind)
