"""The way into the screen. Light: what is slow to import waits until memory is managed for it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path


def run(folder: Path, explicit: bool, start: Callable[[], None] | None = None) -> int:
    """Show the screen on this terminal until its owner quits; the exit code.

    `folder`: of a node that answers or will soon. `start` starts one when it has gone, blocking, and raises a
    UserError if it cannot; without it the screen waits for one to come back.
    """
    gc.disable()  # Everything imported stays: looking for garbage among it costs a tenth of the start.
    shell = _shell()(folder, start)
    shell.call_after_refresh(_settle)
    code = shell.run(mouse=False)
    return 0 if code is None else code


def _shell() -> type:
    missing = sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]
    try:
        from tui.shell import Shell
    finally:
        # asyncio does without it, and 3 MB with it: nothing here speaks TLS. Others may still import it.
        if missing is None:
            del sys.modules["ssl"]
    return Shell


def _settle() -> None:
    """The first frame stands: what is here now is here for good."""
    gc.collect()
    gc.freeze()
    gc.enable()
