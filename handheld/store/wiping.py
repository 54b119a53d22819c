"""Destroys what a data folder holds, and what a restore moved aside: the keys first."""

import glob
import shutil
from pathlib import Path

from handheld.store import faults, keyfile
from handheld.store.folder import Folder


def destroy_keys(folder: Folder) -> None:
    """Erase every key file; errors as for `keyfile.destroy`."""
    keyfile.destroy(folder.identity)
    for aside in _asides(folder):
        keyfile.destroy(aside / folder.identity.name)


def clear(folder: Folder) -> None:
    """Delete everything but the lock. What cannot be deleted raises."""
    folder.clear()
    try:
        for aside in _asides(folder):
            shutil.rmtree(aside)
    except OSError as error:
        raise faults.from_os(error, folder.path) from None


def _asides(folder: Folder) -> list[Path]:
    """What `Folder.put_aside` made."""
    return sorted(folder.path.parent.glob(f"{glob.escape(folder.path.name)}.before*"))
