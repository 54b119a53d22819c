"""Reads a database file page by page, as SQLite will not when it is damaged (sqlite.org/fileformat2.html).

Whatever the bytes are, nothing here raises on them: what does not fit is left out. Rows that overflow their
page are left out, too; none of ours is so long.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

PAGE = 4096
"""Bytes of a page, where the header no longer tells."""

MAGIC = b"SQLite format 3\0"
HEADER = 100
"""Bytes before the first page's own content."""

TREE_OF_ROWS = (0x05, 0x0D)
TREE_OF_KEYS = (0x02, 0x0A)
"""First bytes of inner pages and leaves: of tables with row ids, and of indexes and tables without."""

INNER = (0x02, 0x05)

Value = int | float | str | bytes | None

_WAL_HEAD, _FRAME_HEAD = 32, 24
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes


class Record(NamedTuple):
    """One entry of a page; an index has no row ids."""

    rowid: int | None
    values: list[Value]


class Pages:
    """A database file and the log beside it, either of which may be missing; open until `close`."""

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        self._log = _opened(path.with_name(f"{path.name}-wal"))
        self.size = _page_size(_read(self._file, 0, HEADER))
        self._newer = dict(_frames(self._log, self.size)) if self._log else {}
        length = self._file.seek(0, 2) if self._file else 0
        self.count = max([-(-length // self.size), *self._newer])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._log):
            if file:
                file.close()

    def page(self, number: int) -> bytes:
        """A page in its newest state; zeros where the file ends early or the disk gives nothing back."""
        if number in self._newer:
            data = _read(self._log, self._newer[number], self.size)
        else:
            data = _read(self._file, (number - 1) * self.size, self.size)
        return data.ljust(self.size, b"\0")

    def tree(self, root: int, kinds: tuple[int, int], seen: set[int]) -> Iterator[int]:
        """The pages of one tree in the order of its keys, added to `seen`; none that is seen already."""
        todo = [root]
        while todo:
            number = todo.pop()
            if not 1 <= number <= self.count or number in seen:
                continue
            data = self.page(number)
            if data[_start(number)] in kinds:
                seen.add(number)
                yield number
                todo += reversed(_children(data, _start(number)))

    def records(self, number: int) -> Iterator[Record]:
        """What a page holds and can be understood."""
        data, start = self.page(number), _start(number)
        kind = data[start]
        if kind not in (0x0D, *TREE_OF_KEYS):
            return
        for at in _cells(data, start):
            with suppress(IndexError, ValueError, struct.error):
                yield _record(data, at, kind)

    def free(self) -> set[int]:
        """Pages that are in no tree and may hold what was deleted; none where their list is damaged."""
        free: set[int] = set()
        if self.page(1)[: len(MAGIC)] != MAGIC:
            return free
        trunk = _number(self.page(1), 32)
        while 1 <= trunk <= self.count and trunk not in free:
            data = self.page(trunk)
            leaves = min(_number(data, 4), self.size // 4 - 2)
            free |= {trunk, *(_number(data, 8 + 4 * place) for place in range(leaves))}
            trunk = _number(data, 0)
        return free if len(free) == _number(self.page(1), 36) else set()


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _read(file: BinaryIO | None, at: int, count: int) -> bytes:
    if file is None:
        return b""
    try:
        file.seek(at)
        return file.read(count)
    except OSError:
        # A failing card answers with an error where the bytes were.
        return b""


def _page_size(header: bytes) -> int:
    told = int.from_bytes(header[16:18], "big")
    size = 65_536 if told == 1 else told
    sound = header[: len(MAGIC)] == MAGIC and size >= 512 and size & (size - 1) == 0
    return size if sound else PAGE


def _frames(log: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """(page, offset of its bytes) of each intact frame up to the last commit, the oldest first.

    SQLite stops at the first damaged frame. Each one's checksum goes on from the one before, as it is
    written there, so those behind can be judged as well.
    """
    head = _read(log, 0, _WAL_HEAD).ljust(_WAL_HEAD, b"\0")
    order = ">" if head[:4] == b"\x37\x7f\x06\x83" else "<"
    intact = head[:3] == b"\x37\x7f\x06" and _checksum(head[:24], (0, 0), order) == _pair(head, 24)
    salt = head[16:24] if intact else _read(log, _WAL_HEAD + 8, 8)
    before: tuple[int, int] | None = _pair(head, 24) if intact else None
    found: list[tuple[int, int]] = []
    at, committed = _WAL_HEAD, 0
    while len(frame := _read(log, at, _FRAME_HEAD + size)) == _FRAME_HEAD + size:
        if frame[8:16] == salt:
            sum_ = None if before is None else _checksum(frame[:8] + frame[_FRAME_HEAD:], before, order)
            if sum_ is None or sum_ == _pair(frame, 16):
                found.append((_number(frame, 0), at + _FRAME_HEAD))
                committed = len(found) if _number(frame, 4) else committed
            before = _pair(frame, 16)
        else:
            before = None if before is None else _pair(frame, 16)
        at += len(frame)
    yield from found[:committed]


def _checksum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for place in range(0, len(words), 2):
        one = (one + words[place] + two) & 0xFFFFFFFF
        two = (two + words[place + 1] + one) & 0xFFFFFFFF
    return one, two


def _pair(data: bytes, at: int) -> tuple[int, int]:
    return _number(data, at), _number(data, at + 4)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _start(number: int) -> int:
    return HEADER if number == 1 else 0


def _cells(data: bytes, start: int) -> Iterator[int]:
    """Where the entries of a page begin."""
    first = start + (12 if data[start] in INNER else 8)
    count = min(int.from_bytes(data[start + 3 : start + 5], "big"), (len(data) - first) // 2)
    for place in range(first, first + 2 * count, 2):
        at = int.from_bytes(data[place : place + 2], "big")
        if at >= first + 2 * count:
            yield at


def _children(data: bytes, start: int) -> list[int]:
    if data[start] not in INNER:
        return []
    return [*(_number(data, at) for at in _cells(data, start)), _number(data, start + 8)]


def _record(data: bytes, at: int, kind: int) -> Record:
    """The entry that begins there. IndexError, ValueError or struct.error if there is none."""
    size, at = _varint(data, at + 4 if kind in INNER else at)
    rowid = None
    if kind == 0x0D:
        rowid, at = _varint(data, at)
    longest = len(data) - 35 if kind == 0x0D else (len(data) - 12) * 64 // 255 - 23
    payload = data[at : at + size]
    if size > longest or len(payload) != size:
        raise ValueError("it overflows")
    return Record(rowid, _values(payload))


def _values(payload: bytes) -> list[Value]:
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != end:
        raise ValueError("its header does not fit")
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("its values do not fit")
    return values


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return (None if kind == 0 else kind - 8), at
    if kind in (10, 11):
        raise ValueError("a reserved type")
    size = _INTEGERS.get(kind, 8) if kind < 12 else (kind - 12) // 2
    data = payload[at : at + size]
    if len(data) != size:
        raise ValueError("its values do not fit")
    if kind == 7:
        return struct.unpack(">d", data)[0], at + size
    if kind < 7:
        return int.from_bytes(data, "big", signed=True), at + size
    return (data if kind % 2 == 0 else data.decode()), at + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and what comes behind it; IndexError where the bytes end."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    value = value << 8 | data[at + 8]
    return (value - (1 << 64) if value >= 1 << 63 else value), at + 9
