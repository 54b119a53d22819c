"""What a process really does to its files, from strace: every write, flush and name, in order.

A call counts when it has returned. A flush covers what had been written when it was called, and a line on
standard output counts from the moment the process begins to write it: the strictest reading of each.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.disk import (
    Image,
    Make,
    MakeFolder,
    Operation,
    Remove,
    Rename,
    Resize,
    Sync,
    SyncFolder,
    Told,
    Write,
)
from tests.support.tools import need_tool
from tests.support.tree import ROOT

CALLS = (
    "openat,open,creat,close,dup,dup2,dup3,"
    "write,writev,pwrite64,pwritev,pwritev2,truncate,ftruncate,fallocate,copy_file_range,sendfile,"
    "?truncate64,?ftruncate64,?sendfile64,"  # as they are called where a word has 32 bits
    "fsync,fdatasync,sync_file_range,sync,syncfs,msync,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat"
)
LONGEST = 1 << 20
"""Bytes of an argument that strace writes down."""

_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def record(program: str, arguments: list[str], root: Path) -> list[Operation]:
    """Run `python -m PROGRAM ARGUMENTS` until it ends; what it did to files below `root`, and told.

    Files below `root` that exist are numbered as `Disk(image_of(root))` numbers them. AssertionError when
    the program fails.
    """
    strace = need_tool("strace")
    before = image_of(root)
    trace = root.with_name(f"{root.name}.strace")
    command = [
        strace,
        "-f",
        "--seccomp-bpf",
        "-o",
        str(trace),
        "-xx",
        "-s",
        str(LONGEST),
        "-e",
        f"trace={CALLS}",
    ]
    ended = subprocess.run(
        [*command, sys.executable, "-m", program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    parser = _Parser(root, before)
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            parser.line(line)
    trace.unlink()
    return parser.operations


def image_of(root: Path) -> Image:
    """All files and folders below `root`."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
    }


def write_image(image: Image, root: Path) -> None:
    """The other way round; `root` is there and empty."""
    for path, content in sorted(image.items()):
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)


class _Parser:
    def __init__(self, root: Path, image: Image) -> None:
        self.operations: list[Operation] = []
        self._root = f"{root}/"
        files = [path for path, content in sorted(image.items()) if content is not None]
        self._names = {path: number for number, path in enumerate(files)}
        self._count = len(files)
        self._open: dict[int, int | str] = {}  # descriptor -> file, or path of a folder
        self._begun: dict[str, tuple[str, int]] = {}  # thread -> the half of a line, and when
        self._handlers: dict[str, Callable[[list[str], int, int], None]] = {
            "openat": self._opened,
            "close": self._closed,
            "write": self._written,
            "pwrite64": self._written_at,
            "ftruncate": self._resized,
            "ftruncate64": self._resized,
            "fsync": self._flushed,
            "fdatasync": self._flushed,
            "rename": self._renamed,
            "unlink": self._removed,
            "mkdir": self._made_folder,
        }

    def line(self, line: str) -> None:
        thread, _, rest = line.rstrip("\n").partition(" ")
        rest = rest.lstrip()
        since = len(self.operations)
        if rest.endswith("<unfinished ...>"):
            half = rest.removesuffix("<unfinished ...>")
            if half.startswith("write(1, "):
                self._tell(half)
            self._begun[thread] = half, since
            return
        if rest.startswith("<... "):
            half, since = self._begun.pop(thread)
            rest = half + rest.partition(" resumed>")[2]
        elif rest.startswith("write(1, "):
            self._tell(rest)
        if (call := _CALL.match(rest)) and not call[3].startswith("-"):
            self._call(call[1], call[2], int(call[3]), since)

    def _tell(self, call: str) -> None:
        text = _bytes(call.split(", ")[1]).decode()
        self.operations += [Told(line) for line in text.splitlines()]

    def _call(self, name: str, arguments: str, result: int, since: int) -> None:
        parts = arguments.split(", ")
        if name in self._handlers:
            self._handlers[name](parts, result, since)
        elif self._root in arguments or (parts[0].isdigit() and int(parts[0]) in self._open):
            raise AssertionError(f"a call that this test does not know: {name}({arguments[:200]})")

    def _opened(self, parts: list[str], result: int, _: int) -> None:
        path, flags = self._path(parts[1]), parts[2]
        self._open.pop(result, None)
        if path is None:
            return
        if "O_DIRECTORY" in flags or (path not in self._names and "O_CREAT" not in flags):
            self._open[result] = path
            return
        if path not in self._names:
            self._names[path], self._count = self._count, self._count + 1
            self.operations.append(Make(path, self._names[path]))
        elif "O_TRUNC" in flags:
            self.operations.append(Resize(self._names[path], 0))
        self._open[result] = self._names[path]

    def _closed(self, parts: list[str], *_: int) -> None:
        self._open.pop(int(parts[0]), None)

    def _written(self, parts: list[str], result: int, _: int) -> None:
        # Only small files are written so, each once and from its beginning.
        if isinstance(file := self._open.get(int(parts[0])), int):
            self.operations.append(Write(file, 0, _bytes(parts[1])[:result]))

    def _written_at(self, parts: list[str], result: int, _: int) -> None:
        if isinstance(file := self._open.get(int(parts[0])), int):
            self.operations.append(Write(file, int(parts[3]), _bytes(parts[1])[:result]))

    def _resized(self, parts: list[str], *_: int) -> None:
        if isinstance(file := self._open.get(int(parts[0])), int):
            self.operations.append(Resize(file, int(parts[1])))

    def _flushed(self, parts: list[str], _: int, since: int) -> None:
        what = self._open.get(int(parts[0]))
        if isinstance(what, int):
            self.operations.append(Sync(what, since))
        elif what is not None:
            self.operations.append(SyncFolder(what, since))

    def _renamed(self, parts: list[str], *_: int) -> None:
        path, to = self._path(parts[0]), self._path(parts[1])
        if path is not None and to is not None:
            self._names[to] = self._names.pop(path)
            self.operations.append(Rename(path, to))

    def _removed(self, parts: list[str], *_: int) -> None:
        if (path := self._path(parts[0])) is not None:
            del self._names[path]
            self.operations.append(Remove(path))

    def _made_folder(self, parts: list[str], *_: int) -> None:
        if (path := self._path(parts[0])) is not None:
            self.operations.append(MakeFolder(path))

    def _path(self, argument: str) -> str | None:
        """Below the root; "" is the root itself, None is elsewhere."""
        path = f"{os.fsdecode(_bytes(argument))}/"
        return path.removeprefix(self._root)[:-1] if path.startswith(self._root) else None


def _bytes(argument: str) -> bytes:
    found = _STRING.match(argument)
    assert found, argument[:100]
    assert not found[2], "strace has cut an argument short"
    return bytes.fromhex(found[1].replace("\\x", ""))
