"""The identity in a file of its own, apart from the database, in two generations.

magic 4 | format 1 | blob | BLAKE2b-128 of all before 16

Magic, format and the trailing checksum keep their places in every format to come, so that a newer file
is told from a damaged one. A write never touches the newest intact generation before the next one is
on the disk, and what is damaged is kept aside: somebody may still mend it.
"""

import hashlib
import os
from contextlib import suppress
from enum import Enum
from itertools import count
from pathlib import Path

from handheld.errors import FolderReadOnly, FolderTooNew, UserError
from handheld.logs import logger
from handheld.store import faults
from handheld.store.folder import sync_folder

MAGIC = b"pmid"
FORMAT = 1
BLOB_MAX = 65_536
"""Bytes; more is taken for damage."""

_HEAD = len(MAGIC) + 1
_CHECK = 16

log = logger("store")


class _Found(Enum):
    """What a generation's name leads to, when it is no intact blob."""

    NOTHING = "is not there"
    DAMAGED = "is damaged"
    NEWER = "is newer"


def read(path: Path) -> bytes | None:
    """The newest intact blob; None only where no generation was ever written.

    Falls back to the older generation with a warning in the log. FolderDamaged when none is intact,
    FolderTooNew when either is of a newer format, FolderReadOnly when they may not be read.
    """
    newer, older = _generations(path)
    if newer is _Found.NOTHING and older is _Found.NOTHING:
        return None
    if not isinstance(newer, _Found):
        return newer
    if not isinstance(older, _Found):
        log.warning("%s %s: going on with the generation before it", path, newer.value)
        return older
    raise faults.damaged(path, "neither it nor the generation before it can be read")


def write(path: Path, blob: bytes) -> None:
    """Keep `blob`, on the disk when this returns; the blob before it becomes the older generation.

    On DiskFull, FolderReadOnly and FolderDamaged what could be read before can still be read. FolderTooNew
    and FolderDamaged as in `read`: what cannot be understood is never replaced.
    """
    if len(blob) > BLOB_MAX:
        raise ValueError(len(blob))
    read(path)
    fresh = path.with_name(f"{path.name}.new")
    try:
        _write_through(fresh, _seal(blob))
        _make_way(path)
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise faults.from_os(error, path) from None


def rewrite(path: Path, blob: bytes) -> None:
    """Keep `blob` in both generations: nothing stays of what they held before, nor of damaged ones.

    What is erased is overwritten first; a card may keep an old copy of a block where only its maker can
    read it. Errors as for `write`; after one, what is kept is `blob` or what was there before.
    """
    for _ in range(2):
        if not isinstance(_load(path), _Found):
            _erase(_older(path), path)
        write(path, blob)
    for damaged in path.parent.glob(f"{path.name}*.damaged*"):
        if damaged.is_file():
            _erase(damaged, path)


def _erase(stale: Path, path: Path) -> None:
    """Overwrite and remove one file beside `path`."""
    try:
        with stale.open("r+b") as file:
            file.write(bytes(stale.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        stale.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise faults.from_os(error, path) from None


def destroy(path: Path) -> None:
    """Erase every generation, half-written and damaged ones too; errors as for `write`, after trying all."""
    failed: UserError | None = None
    for generation in sorted(path.parent.glob(f"{path.name}*")):
        try:
            _erase(generation, path)
        except UserError as error:
            failed = error
    if failed is not None:
        raise failed


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _generations(path: Path) -> tuple[bytes | _Found, bytes | _Found]:
    newer, older = _load(path), _load(_older(path))
    if _Found.NEWER in (newer, older):
        raise FolderTooNew(
            f"{path} was written by a newer pocketmesh. Nothing in it was changed; install the newer version."
        )
    return newer, older


def _load(path: Path) -> bytes | _Found:
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD + BLOB_MAX + _CHECK + 1)
    except FileNotFoundError:
        return _Found.NOTHING
    except PermissionError as error:
        raise FolderReadOnly(f"{path} may not be read by this user: {error.strerror}.") from None
    except OSError:
        # A failing card answers with an error where the bytes were.
        return _Found.DAMAGED
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) < _HEAD + _CHECK or body[: len(MAGIC)] != MAGIC or _checksum(body) != check:
        return _Found.DAMAGED
    if body[len(MAGIC)] > FORMAT:
        return _Found.NEWER
    return body[_HEAD:]


def _seal(blob: bytes) -> bytes:
    body = MAGIC + bytes([FORMAT]) + blob
    return body + _checksum(body)


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK).digest()


def _write_through(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _make_way(path: Path) -> None:
    """Move the newest intact blob to the older generation, and damaged ones aside."""
    for generation in (path, _older(path)):
        if _load(generation) is _Found.DAMAGED:
            names = (generation.with_name(f"{generation.name}.damaged{number}") for number in count(1))
            generation.rename(next(name for name in names if not os.path.lexists(name)))
    with suppress(FileNotFoundError):
        path.replace(_older(path))
