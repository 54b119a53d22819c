"""Where we are, if the owner's setting `place` names a program that knows: it prints "48.2082,16.3738"."""

import asyncio
import shlex

from handheld.errors import Refused
from handheld.logs import logger
from handheld.node.postings import Place, place_of
from handheld.wire.notices import NOWHERE

WAIT_S = 5
"""How long the program may take: an alert does not wait for a satellite."""

OUTPUT_MAX = 200

UNKNOWN: Place = (NOWHERE, NOWHERE)


async def ask(command: str) -> Place:
    """What the program says; UNKNOWN without one, or when it fails, with a line in the log."""
    if not command:
        return UNKNOWN
    try:
        async with asyncio.timeout(WAIT_S):
            return place_of(await _output(command))
    except (TimeoutError, OSError, ValueError, Refused) as error:
        logger("node").warning("no place from %s: %s", command, error or "it took too long")
        return UNKNOWN


async def _output(command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said = await process.stdout.read(OUTPUT_MAX) if process.stdout is not None else b""
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode("ascii").strip()
