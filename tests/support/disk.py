"""A disk that loses power: what was written and not flushed is kept, dropped or torn, by chance.

The model: a file's content is safe once it was flushed after it was written; a name given, changed or taken
in a folder is safe once the folder was flushed. Of what is not, any part may have reached the disk, in
sectors of 512 bytes and in any order; a sector under way may hold the new bytes, the old ones, some of each,
or rubbish, but bytes that nobody was writing stay as they are (what SQLite calls powersafe overwrite). Names
come in the order in which they were given, as every journaling file system has it.
"""

import random
from collections.abc import Iterable
from typing import NamedTuple

SECTOR = 512

Image = dict[str, bytes | None]
"""Path below the root -> content; None for a folder."""


class Make(NamedTuple):
    """A file with this number gets its name, empty."""

    path: str
    file: int


class MakeFolder(NamedTuple):
    path: str


class Rename(NamedTuple):
    path: str
    to: str


class Remove(NamedTuple):
    path: str


class Write(NamedTuple):
    file: int
    at: int
    data: bytes


class Resize(NamedTuple):
    file: int
    size: int


class Sync(NamedTuple):
    """A flush has ended; it covers the operations before number `since`, when it began."""

    file: int
    since: int


class SyncFolder(NamedTuple):
    path: str
    since: int


class Told(NamedTuple):
    """Somebody was told this, so it has to hold from now on."""

    line: str


Operation = Make | MakeFolder | Rename | Remove | Write | Resize | Sync | SyncFolder | Told


class _File:
    def __init__(self, content: bytes = b"") -> None:
        self.safe = bytearray(content)
        self.pending: list[tuple[int, int, bytes | None]] = []  # (operation, offset, data); None: resized

    def flush(self, since: int) -> None:
        for number, at, data in self.pending:
            if number < since:
                _put(self.safe, at, data)
        self.pending = [change for change in self.pending if change[0] >= since]


class _Folder:
    def __init__(self) -> None:
        self.safe: dict[str, int | None] = {}  # name -> number of the file; None for a folder
        self.now: dict[str, int | None] = {}
        self.pending: list[tuple[int, dict[str, int | None], list[str]]] = []  # (operation, given, taken)

    def change(self, number: int, given: dict[str, int | None], taken: list[str]) -> None:
        self.pending.append((number, given, taken))
        _rename(self.now, given, taken)

    def flush(self, since: int) -> None:
        for number, given, taken in self.pending:
            if number < since:
                _rename(self.safe, given, taken)
        self.pending = [change for change in self.pending if change[0] >= since]


class Disk:
    """Takes operations one by one; at any time it tells what a power cut could leave."""

    def __init__(self, image: Image | None = None) -> None:
        self._files: dict[int, _File] = {}
        self._folders: dict[str, _Folder] = {"": _Folder()}
        self._count = 0
        for path, content in sorted((image or {}).items()):
            self._found(path, content)

    def apply(self, operation: Operation) -> None:
        """One thing happens."""
        number, self._count = self._count, self._count + 1
        match operation:
            case Make(path, file):
                self._files[file] = _File()
                self._name(number, path, file)
            case MakeFolder(path):
                self._folders[path] = _Folder()
                self._name(number, path, None)
            case Rename(path, to):
                folder, name = self._at(path)
                folder.change(number, {to.rpartition("/")[2]: folder.now[name]}, [name])
            case Remove(path):
                folder, name = self._at(path)
                folder.change(number, {}, [name])
            case Write(file, at, data):
                self._files[file].pending.append((number, at, data))
            case Resize(file, size):
                self._files[file].pending.append((number, size, None))
            case Sync(file, since):
                self._files[file].flush(since)
            case SyncFolder(path, since):
                self._folders[path].flush(since)

    def after_cut(self, chance: random.Random) -> Image:
        """What may be found when the power fails now."""
        image: Image = {}
        for path, file in self._names(chance):
            image[path] = None if file is None else _survivors(self._files[file], chance)
        return image

    def as_written(self) -> Image:
        """What a reader sees while the power lasts."""
        image: Image = {}
        for path, file in self._names(None):
            content = None if file is None else bytearray(self._files[file].safe)
            if content is not None and file is not None:
                for _, at, data in self._files[file].pending:
                    _put(content, at, data)
            image[path] = None if content is None else bytes(content)
        return image

    def _found(self, path: str, content: bytes | None) -> None:
        folder, name = self._at(path)
        file = None if content is None else len(self._files)
        if content is None or file is None:
            self._folders[path] = _Folder()
        else:
            self._files[file] = _File(content)
        folder.safe[name] = folder.now[name] = file

    def _at(self, path: str) -> tuple[_Folder, str]:
        parent, _, name = path.rpartition("/")
        return self._folders[parent], name

    def _name(self, number: int, path: str, file: int | None) -> None:
        folder, name = self._at(path)
        folder.change(number, {name: file}, [])

    def _names(self, chance: random.Random | None) -> Iterable[tuple[str, int | None]]:
        todo = [""]
        while todo:
            path = todo.pop()
            folder = self._folders[path]
            names = dict(folder.safe)
            reached = len(folder.pending) if chance is None else chance.randint(0, len(folder.pending))
            for _, given, taken in folder.pending[:reached]:
                _rename(names, given, taken)
            for name, file in sorted(names.items()):
                whole = f"{path}/{name}".lstrip("/")
                yield whole, file
                if file is None:
                    todo.append(whole)


def _rename(names: dict[str, int | None], given: dict[str, int | None], taken: list[str]) -> None:
    for name in taken:
        del names[name]
    names.update(given)


def _put(content: bytearray, at: int, data: bytes | None) -> None:
    end = at + len(data or b"")
    if data is None:
        del content[at:]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[at:end] = data or b""


def _survivors(file: _File, chance: random.Random) -> bytes:
    content = bytearray(file.safe)
    share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    for _, at, data in file.pending:
        if data is None:
            if chance.random() < share:
                _put(content, at, None)
            continue
        for start, piece in _sectors(at, data):
            _settle(content, start, piece, share, chance)
    return bytes(content)


def _sectors(at: int, data: bytes) -> Iterable[tuple[int, bytes]]:
    start, end = at, at + len(data)
    while start < end:
        stop = min(end, start - start % SECTOR + SECTOR)
        yield start, data[start - at : stop - at]
        start = stop


def _settle(content: bytearray, at: int, piece: bytes, share: float, chance: random.Random) -> None:
    """One sector under way: kept, dropped, torn, or rubbish; at the end the size alone may have grown."""
    if chance.random() < share:
        _put(content, at, piece)
        return
    fate = chance.randrange(8)
    if fate == 0:
        _put(content, at, piece[: chance.randrange(len(piece) + 1)])
    elif fate == 1:
        _put(content, at, chance.randbytes(len(piece)))
    elif fate == 2 and len(content) < at + len(piece):
        _put(content, at + len(piece), b"")
