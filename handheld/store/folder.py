"""The data folder: what lies where in it, and the lock that lets one node at a time run on it."""

import fcntl
import glob
import os
import shlex
import shutil
import sys
from itertools import count
from pathlib import Path
from typing import Self

from handheld import config
from handheld.errors import DiskFull, FolderHeld, FolderMissing
from handheld.store import faults

FREE_MIN = 1 << 20
"""Bytes that must be free before a node starts: room for the write-ahead log and some days of posts."""

_UNFINISHED = "restore-not-finished"
_RETURNING = "returning"
"""Marks in what was put aside: nothing has replaced it yet; it is being put back."""

LOCK = "node.lock"
LOCK_MAX = 200
"""Bytes of the lock file that are ever written or read: the holder's process number and command."""


class Folder:
    """A data folder by its paths; only what `open` returned holds the lock."""

    def __init__(self, path: Path, lock: int | None = None) -> None:
        self.path = path
        self.database = path / "pocketmesh.db"
        self.identity = path / "identity"
        self.socket = path / "api.sock"
        self.log = path / "node.log"
        self.config = path / config.FILE
        self._lock = lock

    @classmethod
    def find(cls, path: Path, explicit: bool) -> Self:
        """The folder for a command that only reads: it must be there, nothing is locked.

        An `explicit` one, named by the person, is never made: FolderMissing. The default one is made with
        mode 0700 if it can be: FolderReadOnly, DiskFull.
        """
        path = path.absolute()
        try:
            if not path.is_dir():
                if explicit or os.path.lexists(path):
                    raise _absent(path)
                _make(path)
        except OSError as error:
            raise faults.from_os(error, path) from None
        return cls(path)

    @classmethod
    def open(cls, path: Path, explicit: bool) -> Self:
        """The folder for a node: there, writable, with room, and locked until `close` or the process ends.

        FolderMissing, FolderReadOnly, DiskFull, FolderHeld.
        """
        path = cls.find(path, explicit).path
        folder = cls(path, _take_lock(path))
        try:
            _check_room(path)
            folder._resume()
        except OSError as error:
            folder.close()
            raise faults.from_os(error, path) from None
        except DiskFull:
            folder.close()
            raise
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_empty(self) -> bool:
        """Whether nothing but its lock lies here."""
        return not self._contents()

    def put_aside(self) -> Path | None:
        """Move everything but the lock into a new folder beside this one; None if there is nothing.

        Until `settle` says that what replaces it is whole, the next `open` puts it back.
        """
        if self.is_empty():
            return None
        names = (self.path.with_name(f"{self.path.name}.before{number}") for number in count(1))
        aside = next(name for name in names if not os.path.lexists(name))
        try:
            aside.mkdir(mode=0o700)
            (aside / _UNFINISHED).touch(mode=0o600)
            sync_folder(aside)
            sync_folder(self.path.parent)
            # Keys first: whether there are any here tells a replacement that ended from one that did not.
            for path in sorted(self._contents(), key=lambda path: not self._is_key(path)):
                path.rename(aside / path.name)
            sync_folder(aside)
            sync_folder(self.path)
        except OSError as error:
            raise faults.from_os(error, aside) from None
        return aside

    def settle(self, aside: Path | None) -> None:
        """What was put aside has been replaced, and stays where it is."""
        if aside is not None:
            (aside / _UNFINISHED).unlink(missing_ok=True)
            sync_folder(aside)

    def put_back(self, aside: Path | None) -> None:
        """Undo `put_aside`; what came meanwhile is deleted. Cut off, the next `open` goes on with it."""
        self.clear()
        if aside is None:
            return
        (aside / _UNFINISHED).rename(aside / _RETURNING)
        sync_folder(aside)
        self._take_back(aside)

    def _take_back(self, aside: Path) -> None:
        for path in sorted(aside.iterdir()):
            if path.name != _RETURNING:
                path.rename(self.path / path.name)
        sync_folder(self.path)
        (aside / _RETURNING).unlink()
        aside.rmdir()

    def _resume(self) -> None:
        """End what a power cut interrupted: `put_back`, or a replacement that has no keys yet."""
        for aside in self.path.parent.glob(f"{glob.escape(self.path.name)}.before*"):
            if (aside / _RETURNING).exists():
                self._take_back(aside)
            elif (aside / _UNFINISHED).exists():
                if any(self._is_key(path) for path in self._contents()):
                    self.settle(aside)
                else:
                    self.put_back(aside)

    def _is_key(self, path: Path) -> bool:
        return path.name.startswith(self.identity.name)

    def _contents(self) -> list[Path]:
        return sorted(path for path in self.path.iterdir() if path.name != LOCK)

    def clear(self) -> None:
        """Delete everything in the folder but the lock that holds it; what cannot be deleted raises.

        Deleted is not erased: a card keeps what was there until it needs the room.
        """
        try:
            for path in self._contents():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            sync_folder(self.path)
        except OSError as error:
            raise faults.from_os(error, self.path) from None

    def close(self) -> None:
        """Let another node have the folder."""
        # The file stays: deleting it would let two nodes hold locks on two files of one name.
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sync_folder(path: Path) -> None:
    """Make names that were given or taken in `path` survive a power cut; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _absent(path: Path) -> FolderMissing:
    if os.path.lexists(path):
        return FolderMissing(f"{path} is not a folder. Use --data with another one.")
    return FolderMissing(f"There is no folder {path}. Make it with: mkdir -p {shlex.quote(str(path))}")


def _make(path: Path) -> None:
    if not path.parent.exists():
        _make(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def _take_lock(path: Path) -> int:
    holder = f"{os.getpid()}\n{' '.join(sys.argv)}\n".encode(errors="replace")
    try:
        # A real attempt to write, because permission bits say nothing to root or of a read-only mount.
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(lock, 0)
            os.write(lock, holder[:LOCK_MAX])
        except OSError:
            os.close(lock)
            raise
    except BlockingIOError:
        raise _held(path) from None
    except OSError as error:
        raise faults.from_os(error, path) from None
    return lock


def _held(path: Path) -> FolderHeld:
    with (path / LOCK).open("rb") as file:
        number = file.read(LOCK_MAX).split(b"\n")[0]
    # The holder writes its number just after taking the lock, so there may be none yet.
    who = f"Node {int(number)}" if number.isdigit() else "A node"
    return FolderHeld(
        f"{who} already runs on {path}. One that a command or the screen started ends by itself, seconds "
        "after them; stop any other, or use --data with another folder."
    )


def _check_room(path: Path) -> None:
    room = os.statvfs(path)
    if room.f_bavail * room.f_frsize < FREE_MIN:
        raise faults.disk_full(path)
