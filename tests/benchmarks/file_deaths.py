"""Files of nodes that are killed at any point, receivers and holders: nothing that was saved is lost."""

import tempfile
from collections import Counter
from pathlib import Path

from tests.support import file_deaths, holder_deaths


def round_of(number: int) -> Counter[str]:
    """One file at a receiver, and one at a holder, over some ten deaths each; every fourth of 260 symbols."""
    size = holder_deaths.LARGE if number % 4 == 0 else holder_deaths.SMALL
    with tempfile.TemporaryDirectory() as folder:
        found = file_deaths.deaths(Path(folder), number, size)
        held = holder_deaths.deaths(Path(folder), number, size)
    found.update(held)
    found["holders' deaths"] = held["deaths"]
    return found
