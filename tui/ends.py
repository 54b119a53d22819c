"""How a screen ends, besides the exit codes that its owner's quitting and mistakes give."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from handheld.commands import Lock, Wipe
from handheld.errors import UserError
from tui.state import Question

if TYPE_CHECKING:
    from tui.shell import Shell

QUIT = Question("quit", "Quit? y yes, any other key no")

WIPE = Question("wipe", "Ctrl-X again destroys your keys and all that is here. Any other key: back")

LOCKED, WIPED, PASSPHRASE = -1, -2, -3
"""The keys were dropped: ask for the passphrase. All is to be destroyed: see that it is. Set a passphrase."""


def quit_answer(shell: Shell, key: str, _about: str) -> None:
    """A key that answers whether to quit."""
    if key in {"y", "Y", "ctrl+c"}:
        shell.exit(0)


def wipe_answer(shell: Shell, key: str, _about: str) -> None:
    """A key that answers whether to destroy everything."""
    if key == "ctrl+x":
        shell.blank()
        shell.wish(_wipe(shell))


def lock(shell: Shell) -> None:
    """Drop the keys, and leave the screen to whoever knows the passphrase."""
    shell.wish(_lock(shell))


async def _lock(shell: Shell) -> None:
    await shell.ask(Lock())  # refused where there is no passphrase
    shell.leave(LOCKED)


async def _wipe(shell: Shell) -> None:
    with suppress(UserError):  # where no node answers, whoever started the screen does it
        await shell.ask(Wipe())
    shell.leave(WIPED)
