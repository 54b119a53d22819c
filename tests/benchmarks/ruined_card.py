"""A card that ruins the database, in every way of tests/support/wreck.py: salvage mends it."""

import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from handheld.store.folder import Folder
from tests.support import wreck


def round_of(number: int) -> Counter[str]:
    """One folder, ruined in each way, by chance also in two at once; a finding is counted as wrong."""
    chance = random.Random(number)
    counts = Counter(wrong=0)
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        data = wreck.furnish(whole).database.read_bytes()
        for way in wreck.WAYS:
            ruined = bytearray(data)
            way(ruined, chance)
            if len(ruined) > 1 << 14 and chance.random() < 0.3:
                chance.choice(wreck.WAYS)(ruined, chance)
            folder = Path(place) / way.__name__
            shutil.copytree(whole, folder)
            counts.update(ruins=1, wrong=len(wreck.ruin(Folder(folder), bytes(ruined))))
    return counts
