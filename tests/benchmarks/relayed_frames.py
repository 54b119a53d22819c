"""A hundred thousand frames through the radio's relay in a 128 KiB heap: not a byte may stay behind."""

import json
from collections import Counter

from tests.support.micropython import run
from tests.support.tree import ROOT

FRAMES = 100_000


def round_of(number: int) -> Counter[str]:
    """One heap's life; each round another length, so that the wrap of the clock comes elsewhere."""
    script = (ROOT / "tests/support/relay_memory.py").read_text(encoding="utf-8")
    outcome = run(script, str(FRAMES + number), heap="128k")
    if outcome.code:
        return Counter(wrong=1)
    found = json.loads(outcome.text)
    return Counter(frames=FRAMES + number, lost=abs(found["lost"]))
