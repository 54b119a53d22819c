"""Generated strings drawn into a box of a terminal emulator: none may change a cell outside of it."""

import random
from collections import Counter

from tests.support.boxes import Screen, hostile

STRINGS = 1_000


def round_of(number: int) -> Counter[str]:
    """1,000 strings: how many were drawn, and how many of them did wrong."""
    chance, screen = random.Random(number), Screen()
    wrong = sum(bool(screen.faults(hostile(chance))) for _ in range(STRINGS))
    return Counter(strings=STRINGS, wrong=wrong)
