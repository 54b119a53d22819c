"""Power cuts of the real store: what it wrote, cut anywhere, opened again; and the same after a first cut."""

import random
import tempfile
from collections import Counter
from pathlib import Path

from tests.support.cuts import findings, recorded

CUTS = 100


def round_of(number: int) -> Counter[str]:
    """Two recordings, the second on what a cut of the first has left, and a hundred cuts in each."""
    chance = random.Random(number)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one = recorded(Path(first), seed=2 * number)
        two = recorded(Path(second), seed=2 * number + 1, after=one.cut(chance))
        for recording in (one, two):
            found = findings(recording, CUTS, chance)
            corrupt = sum("corrupt" in line or "Folder" in line for line in found)
            counts.update(cuts=CUTS, operations=len(recording.operations))
            counts.update(wrong=corrupt, lost=len(found) - corrupt)
    return counts
