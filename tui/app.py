"""The way into the screen. Light: what is slow to import waits until memory is managed for it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from handheld import config
from handheld.errors import UsageError
from handheld.lean import without

if TYPE_CHECKING:
    from handheld.config import Config
    from tui.door import Tape
    from tui.running import CommandLine
    from tui.shell import Shell


def run(
    folder: Path,
    explicit: bool,
    start: Callable[[], None] | None = None,
    line: CommandLine | None = None,
    tape: Tape | None = None,
) -> int:
    """Show the screen on this terminal until its owner quits; the exit code.

    `folder`: of a node that answers or will soon; `explicit`: somebody named it, so the screen names it too.
    `start` starts a node when it has gone, blocking, and raises a UserError if it cannot; without it the
    screen waits for one to come back. `line` runs what is typed as on a command line, and completes it.
    `tape` records the session, or plays one. UsageError where there is no terminal to show it on.
    """
    _need_terminal()
    gc.disable()  # Everything imported stays: looking for garbage among it costs a tenth of the start.
    chosen = config.load(folder)
    shell_kind = _shell()
    _check(chosen, folder)
    shell = shell_kind(
        folder, start, named=explicit, first=True, config=chosen, ready=_settle, line=line, tape=tape
    )
    code = shell.run(mouse=False)
    if shell.mistake is not None:
        raise shell.mistake
    return 0 if code is None else code


def preload() -> None:
    """Import all that a screen needs, for a process that will be forked into screens."""
    gc.disable()
    _shell()


def _check(chosen: Config, folder: Path) -> None:
    from tui import keymap

    try:
        keymap.in_force(chosen.keys)
    except UsageError as error:
        raise UsageError(f"{folder / config.FILE}: {error}") from None


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The screen needs a terminal. For scripts there are commands: pocketmesh help")
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        raise UsageError(
            "This terminal cannot place text (TERM says so). Use commands instead: pocketmesh help"
        )


def _shell() -> type[Shell]:
    with without("ssl"):  # nothing here speaks TLS
        from tui.shell import Shell
    return Shell


def _settle() -> None:
    """The first frame stands: what is here now is here for good, and is not looked through again."""
    gc.freeze()
    gc.enable()
