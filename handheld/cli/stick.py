"""Files of records on a stick: the only file that reads and writes them.

The stick may be anybody's: nothing but plain files under our own names is opened, and no length is believed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from handheld.errors import DiskFull, FolderMissing, FolderReadOnly, UserError, WireError
from handheld.wire import stick
from handheld.wire.codec import decode
from handheld.wire.stick import RECORDS_MAX, SLOT, StickHead

PREFIX, SUFFIX = "pocketmesh-", ".records"
FILES_MAX = 64
"""Files read from one stick; more are left alone, and said."""

_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Found(NamedTuple):
    """One slot: a record with its age packed as the node takes it, or ("") why there is none."""

    record: str
    fault: str


class Source(NamedTuple):
    """A file to be read, or (`fault`) a sentence on why it is not. `slots`: no more than its size has."""

    path: Path
    slots: int
    fault: str = ""


def write(folder: Path, device: str, records: list[str]) -> Path:
    """Our file on the stick, in place of an older one, whole or not at all; where it is."""
    target = folder / f"{PREFIX}{device}{SUFFIX}"
    part = target.with_suffix(".part")
    try:
        with suppress(FileNotFoundError):
            part.unlink()
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o644)
        with open(handle, "wb") as file:
            file.write(stick.pack_head(bytes.fromhex(device), len(records)))
            for record in records:
                packed = bytes.fromhex(record)
                file.write(stick.pack(packed[0], packed[1:]))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        _keep_name(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _told(error, folder) from None
    return target


def sources(folder: Path) -> list[Source]:
    """The files of records in a folder, by name; UserError if it cannot be looked into."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _ours(entry.name))
    except OSError as error:
        raise _told(error, folder) from None
    return [_source(folder / name) for name in names[:FILES_MAX]] + [
        Source(folder / name, 0, f"{FILES_MAX} files are enough of one stick.") for name in names[FILES_MAX:]
    ]


def read(source: Source) -> Iterator[Found]:
    """The slots of a file, one after the other; one that ends early, or cannot be read on, ends with why."""
    try:
        with _opened(source.path) as file:
            head = decode(StickHead, file.read(SLOT))
            for _ in range(min(head.records, RECORDS_MAX)):
                slot = file.read(SLOT)
                if len(slot) < SLOT:
                    yield Found("", "cut off")
                    return
                yield _slot(slot)
    except WireError as error:
        yield Found("", error.reason)
    except OSError:
        yield Found("", "unreadable")


def _slot(slot: bytes) -> Found:
    try:
        stick.unpack(slot)
    except WireError as error:
        return Found("", error.reason)
    length = slot[0]
    return Found(slot[1 : 2 + length].hex(), "")


def _ours(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(SUFFIX)


def _source(path: Path) -> Source:
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            head = decode(StickHead, file.read(SLOT))
    except WireError as error:
        return Source(path, 0, f"It is {error}.")
    except OSError as error:
        return Source(path, 0, f"It cannot be read: {error.strerror}.")
    if size > SLOT * (1 + RECORDS_MAX):
        return Source(path, 0, "It is larger than such a file can be.")
    return Source(path, min(head.records, size // SLOT - 1))


def _opened(path: Path) -> BinaryIO:
    """A plain file, not what a link points at, nor a device or a pipe that would never end. OSError."""
    handle = os.open(path, os.O_RDONLY | _FLAGS)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file")
    return open(handle, "rb")


def _keep_name(folder: Path) -> None:
    # FAT under some kernels refuses this; the file itself is written.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _told(error: OSError, folder: Path) -> UserError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return FolderMissing(f"There is no folder {folder}. Is the stick mounted?")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return FolderReadOnly(f"{folder} cannot be used: {error.strerror}.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"There is no room left in {folder}. What was there before is as it was.")
    return UserError(f"{folder}: {error.strerror}.")
