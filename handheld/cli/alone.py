"""The data folder for a verb that works on it by itself: no node may run meanwhile."""

from __future__ import annotations

import time

from handheld.api import address
from handheld.errors import FolderHeld

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from handheld.store.folder import Folder

PATIENCE_S = 10.0
"""A child node of the command before ends this soon, also where a slow card has to take what it saved."""

_PAUSE_S = 0.1


def open_folder(args: Namespace) -> Folder:
    """The chosen folder, held until it is closed; the errors of `Folder.open`."""
    from pathlib import Path

    from handheld.store.folder import Folder

    path, explicit = address.chosen_folder(args.data)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return Folder.open(Path(path), explicit)
        except FolderHeld:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_S)
