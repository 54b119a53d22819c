"""Files gathered by a node that is killed at any point: nothing that was saved is lost, or fetched again."""

import tempfile
from collections import Counter
from pathlib import Path

from tests.support.file_deaths import deaths


def round_of(number: int) -> Counter[str]:
    """One file, over some ten deaths."""
    with tempfile.TemporaryDirectory() as folder:
        return deaths(Path(folder), number)
