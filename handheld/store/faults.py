"""What a disk can do to us, as sentences: one home for the words that folder, key file and database share."""

import errno
import shlex
from collections.abc import Callable
from pathlib import Path

from handheld.errors import DiskFull, FolderDamaged, FolderMissing, FolderReadOnly, UserError


def disk_full(path: Path, _why: str = "") -> DiskFull:
    """No room is left where `path` lies."""
    return DiskFull(f"No room is left on the disk that holds {path}. Delete something there, then try again.")


def read_only(path: Path, why: str) -> FolderReadOnly:
    """`path` exists and may not be written, or not be read."""
    return FolderReadOnly(
        f"{path} cannot be used: {why}. Make it writable, or use --data with another folder."
    )


def missing(path: Path, why: str) -> FolderMissing:
    """`path` lies in nothing."""
    return FolderMissing(f"{path} cannot be reached: {why}. Use --data with another folder.")


def damaged(path: Path, why: str) -> FolderDamaged:
    """`path` is not what we wrote, or its disk fails."""
    return FolderDamaged(
        f"{path} is damaged: {why}. Nothing was overwritten. Keep a copy of the folder, and go on in another"
        " one with --data."
    )


def damaged_database(path: Path, why: str) -> FolderDamaged:
    """The database at `path` is not what we wrote, or its disk fails; most of it may still be read."""
    return FolderDamaged(
        f"{path} is damaged: {why}. Nothing was overwritten. What can still be read is put into a new one by:"
        f" pocketmesh salvage --data {shlex.quote(str(path.parent))}"
    )


_BY_NUMBER: dict[int, Callable[[Path, str], UserError]] = {
    errno.ENOSPC: disk_full,
    errno.EDQUOT: disk_full,
    errno.EROFS: read_only,
    errno.EACCES: read_only,
    errno.EPERM: read_only,
    errno.ENOENT: missing,
    errno.ENOTDIR: missing,
}


def from_os(error: OSError, path: Path) -> UserError:
    """The sentence for what the operating system refused; damage where nothing milder is known."""
    sentence = _BY_NUMBER.get(error.errno or 0, damaged)
    return sentence(path, error.strerror or str(error))
