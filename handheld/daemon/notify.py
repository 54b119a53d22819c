"""Tells the owner that there is something for him, by a program of his: a buzzer, a lamp, a line in a file.

The program is told in its environment what there is, never on its command line, and no shell reads it.
"""

import asyncio
import os
import shlex
from collections.abc import Callable
from contextlib import suppress

from handheld.clock import Clock
from handheld.concern import concern
from handheld.config import is_quiet
from handheld.daemon.system import minute_of_day, wall_is_sure
from handheld.events import Event, Message, MessageKept
from handheld.logs import logger

WAIT_S = 10
"""How long the program may take."""

WAITING_MAX = 8
"""Messages that wait for it; of more it is not told."""

Publish = Callable[[Event], None]


class Notifier:
    """Runs `command` for private messages, for posts that name the owner, and for alerts; one at a time.

    `quiet`: hours, as in the settings, without; alerts come through. They do not count while nobody has set
    the clock.
    """

    def __init__(self, command: str, quiet: str, nickname: str, clock: Clock) -> None:
        self._command = command
        self._quiet = quiet
        self._nickname = nickname
        self._clock = clock
        self._waiting: list[Message] = []
        self._running: asyncio.Task[None] | None = None

    def telling(self, publish: Publish) -> Publish:
        """`publish`, with the owner told as well."""

        def both(event: Event) -> None:
            publish(event)
            if isinstance(event, MessageKept):
                self._kept(event.message)

        return both

    def _kept(self, message: Message) -> None:
        kind = concern(message, self._nickname)
        if not kind or (kind != "alert" and self._is_quiet()) or len(self._waiting) >= WAITING_MAX:
            return
        self._waiting.append(message)
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self._run())

    def _is_quiet(self) -> bool:
        wall = self._clock.wall()
        return wall_is_sure(wall) and is_quiet(self._quiet, minute_of_day(wall))

    async def _run(self) -> None:
        while self._waiting:
            message = self._waiting.pop(0)
            try:
                async with asyncio.timeout(WAIT_S):
                    await _run(self._command, facts(message, concern(message, self._nickname)))
            except (TimeoutError, OSError, ValueError) as error:
                logger("node").warning("notify: %s: %s", self._command, error or "it took too long")


def facts(message: Message, kind: str) -> dict[str, str]:
    """What the program finds in its environment."""
    place = f"&{message.room}" if message.room else f"#{message.board}"
    return {
        "POCKETMESH_KIND": kind,
        "POCKETMESH_FROM": message.name,
        "POCKETMESH_KEY": message.author,
        "POCKETMESH_WHERE": "private" if message.peer else place,
        "POCKETMESH_TEXT": message.text,
    }


async def _run(command: str, told: dict[str, str]) -> None:
    none = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command), stdin=none, stdout=none, stderr=none, env={**os.environ, **told}
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
