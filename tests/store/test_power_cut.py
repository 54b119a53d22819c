"""Power cuts: the calls of the real store, recorded, cut anywhere, and found whole by the real store.

`make soak` makes ten thousand cuts of it (tests/benchmarks/power_cuts.py).
"""

import random
from pathlib import Path

import pytest

from tests.support.cuts import Recorded, findings, recorded, without
from tests.support.disk import Disk, Sync, SyncFolder, Told
from tests.support.recording import image_of

CUTS = 50


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A saver on no folder at all, to its end."""
    return recorded(tmp_path_factory.mktemp("first"), seed=1)


def test_the_recording_is_complete(first: Recorded) -> None:
    disk = Disk(first.image)
    for operation in first.operations:
        disk.apply(operation)

    found = {path: content for path, content in disk.as_written().items() if not path.endswith("-shm")}
    assert found == {
        path: content for path, content in image_of(first.root).items() if not path.endswith("-shm")
    }
    assert sum(isinstance(operation, Told) for operation in first.operations) > 300


def test_nothing_told_is_lost_in_a_cut(first: Recorded) -> None:
    assert findings(first, CUTS, random.Random(2)) == []


def test_nor_in_a_cut_after_a_cut(first: Recorded, tmp_path: Path) -> None:
    second = recorded(tmp_path, seed=3, after=first.cut(random.Random(4)))

    assert findings(second, CUTS, random.Random(5)) == []


@pytest.mark.parametrize("flush", [Sync, SyncFolder])
def test_without_its_flushes_it_is_found_out(first: Recorded, flush: type[Sync | SyncFolder]) -> None:
    """The checker is awake: the same calls on a disk that lies about flushes lose what was told."""
    assert findings(without(first, flush), 20, random.Random(6)) != []


def test_a_milder_flush_of_sqlite_is_found_out(tmp_path: Path) -> None:
    mild = recorded(tmp_path, seed=7, synchronous="NORMAL")

    losses = findings(mild, 20, random.Random(8))
    assert any("is lost or changed" in loss for loss in losses)
    # As SQLite's own documents have it: no longer durable, never corrupt.
    assert not any("corrupt" in loss or "Folder" in loss for loss in losses)
