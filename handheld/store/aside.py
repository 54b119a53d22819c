"""Putting a salvaged database in the place of the damaged one, which is kept under another name, for good."""

import os
from itertools import count
from pathlib import Path

from handheld.store.folder import sync_folder


def salvaged(path: Path) -> Path:
    """Where the new database lies, complete, until it takes the place of the one at `path`."""
    return path.with_name(f"{path.name}.salvaged")


def _free(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.damaged{number}") for number in count(1))
    return next(name for name in names if not any(os.path.lexists(new) for _, new in _moves(path, name)))


def install(path: Path) -> list[str]:
    """Finish a salvage, also one that a power cut stopped here; the names of what is kept. Raises OSError.

    The log leaves first: without it the old file is still the damaged one, whereas the new file must
    never lie beside the old log, which SQLite would take for its own.
    """
    kept = []
    for old, new in _moves(path, _free(path)):
        old.rename(new)
        kept.append(new.name)
    salvaged(path).rename(path)
    sync_folder(path.parent)
    return kept[::-1]


def _moves(path: Path, name: Path) -> list[tuple[Path, Path]]:
    pairs = [
        (path.with_name(f"{path.name}{end}"), name.with_name(f"{name.name}{end}")) for end in ("-wal", "")
    ]
    return [(old, new) for old, new in pairs if os.path.lexists(old)]
