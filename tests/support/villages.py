"""What a demo has running and leaves behind, found by the folder it was given for its temporary files."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.support.patience import PATIENCE_S

Found = TypeVar("Found")


def processes(folder: Path) -> dict[int, str]:
    """Everything alive that was started with TMPDIR set to this folder: number and command line."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"TMPDIR={folder}\0".encode() in (process / "environ").read_bytes() + b"\0":
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
    return found


def nodes(folder: Path) -> list[int]:
    """Those of them that are nodes."""
    return [pid for pid, line in processes(folder).items() if " node --data " in line]


def left_behind(folder: Path) -> tuple[dict[int, str], list[Path]]:
    """Processes and files of a demo that has ended: ({}, []) as it should be."""
    # Not rglob: it falls over what is being deleted meanwhile.
    found = [Path(place) / name for place, folders, files in os.walk(folder) for name in (*folders, *files)]
    return processes(folder), sorted(found)


def until(what: Callable[[], Found], seconds: float = PATIENCE_S) -> Found:
    """What comes true; AssertionError if it takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it never happened")
