"""How a screen ends, besides the exit codes that its owner's quitting and mistakes give."""

from contextlib import suppress

from handheld.commands import Lock, Wipe
from handheld.errors import UserError
from tui.door import NodeDoor

LOCKED, WIPED = -1, -2
"""The keys were dropped: ask for the passphrase. All is to be destroyed: see that it is."""


async def locked(door: NodeDoor) -> int:
    """Have the node drop its keys. Refused where there is no passphrase."""
    await door.ask(Lock())
    return LOCKED


async def wiped(door: NodeDoor) -> int:
    """Have the node destroy its keys at once; where none answers, whoever started the screen does."""
    with suppress(UserError):
        await door.ask(Wipe())
    return WIPED
