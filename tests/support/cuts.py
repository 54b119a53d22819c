"""A recorded saver, cut at any moment: what a data folder has lost then."""

import random
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.disk import Disk, Image, Operation, Sync, SyncFolder, Told
from tests.support.promises import Promises
from tests.support.recording import record, write_image

DATA = "data"
IN_MEMORY = Path("/dev/shm")  # the cuts are made already: what is left needs no disk


@dataclass(frozen=True)
class Recorded:
    """What a saver found, did and told; `before` was told by those whose folder it went on with."""

    root: Path
    image: Image
    operations: list[Operation]
    before: tuple[str, ...] = ()

    def cut(self, chance: random.Random) -> tuple[Image, tuple[str, ...]]:
        """What one power cut may leave, and all that was told until then."""
        place = chance.randrange(len(self.operations) + 1)
        disk = Disk(self.image)
        for operation in self.operations[:place]:
            disk.apply(operation)
        told = [operation.line for operation in self.operations[:place] if isinstance(operation, Told)]
        return image_after(disk, chance), (*self.before, *told)


def recorded(
    root: Path, seed: int, synchronous: str = "", after: tuple[Image, tuple[str, ...]] = ({}, ())
) -> Recorded:
    """Run a saver in this empty folder, on what a cut has left there, and record it."""
    image, told = after
    write_image(image, root)
    words = [str(root / DATA), str(seed), *([synchronous] if synchronous else [])]
    return Recorded(root, image, record("tests.support.saver", words, root), told)


def without(one: Recorded, flush: type[Sync | SyncFolder]) -> Recorded:
    """The same on a disk that ignores the flushes of one kind."""
    deaf = [each._replace(since=0) if isinstance(each, flush) else each for each in one.operations]
    return replace(one, operations=deaf)


def findings(one: Recorded, cuts: int, chance: random.Random) -> list[str]:
    """Cut so many times, anywhere; whatever is not as it was told, with the cut where it was found."""
    found = []
    disk, promises = Disk(one.image), Promises()
    for line in one.before:
        promises.take(line)
    places = sorted(chance.randrange(len(one.operations) + 1) for _ in range(cuts))
    done = 0
    for place in places:
        for operation in one.operations[done:place]:
            disk.apply(operation)
            if isinstance(operation, Told):
                promises.take(operation.line)
        done = place
        found += [f"cut {place}: {loss}" for loss in _broken(image_after(disk, chance), promises)]
    return found


def image_after(disk: Disk, chance: random.Random) -> Image:
    """SQLite writes its log's index (-shm) through memory, unseen: it may be gone, or hold anything."""
    image = disk.after_cut(chance)
    for path in [path for path in image if path.endswith("-shm")]:
        if chance.random() < 0.5:
            del image[path]
        else:
            image[path] = chance.randbytes(len(image[path] or b""))
    return image


def _broken(image: Image, promises: Promises) -> list[str]:
    folder = Path(tempfile.mkdtemp(dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
    try:
        write_image(image, folder)
        return promises.broken(folder / DATA)
    finally:
        shutil.rmtree(folder)
