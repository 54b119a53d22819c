"""A recorded session played again: it stands where the node was, and presses the keys that were pressed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

from handheld.api import codec, line
from handheld.api.recording import BYTES_MAX, LINE_MAX
from handheld.commands import COMMANDS, Command, Read
from handheld.errors import NodeUnreachable, Refused, UsageError
from handheld.events import Event

PAUSE_S = 3.0
"""The longest pause in which nothing happens."""

PATIENCE_S = 1.0
"""How long a key waits for what had happened before it."""

LOOK_S = 0.01

_VERBS = {kind: name for name, kind in COMMANDS.items()}


class Entry(NamedTuple):
    """One line of a recording, and when it is played, in seconds from the beginning."""

    at_s: float
    content: dict[str, Any]


def read(path: Path, speed: float = 1.0) -> list[Entry]:
    """A recording, `speed` times as fast, without long pauses. UsageError says what is wrong, and where."""
    entries: list[Entry] = []
    at_s, before = 0.0, 0
    try:
        with path.open("rb") as file:
            head = file.readline(LINE_MAX)
            if "recording" not in _content(head, path, 1):
                raise UsageError(f"{path} is no recording of a screen.")
            while file.tell() <= BYTES_MAX and (packed := file.readline(LINE_MAX)):
                if not packed.endswith(b"\n"):
                    break  # the power went while it was written
                content = _content(packed, path, len(entries) + 2)
                t = content.get("t")
                if type(t) is not int or t < before:
                    raise UsageError(f"{path}, line {len(entries) + 2}: it has no time, or goes back in it.")
                at_s += min((t - before) / 1000, PAUSE_S) / speed
                before = t
                entries.append(Entry(at_s, content))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    return entries


def _content(packed: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        return line.unpack(packed)
    except Refused as error:
        raise UsageError(f"{path}, line {number}: {error}") from None


class Replay:
    """Plays entries to one screen, in their order, from the moment when it first connects."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._answers: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            if "do" in entry.content:
                self._answers.setdefault(str(entry.content["do"]), []).append(entry.content)
        self._answered = 0
        self._queues: dict[str, asyncio.Queue[dict[str, Any]]] = {
            kind: asyncio.Queue() for kind in ("came", "event", "key")
        }
        self._task: asyncio.Task[None] | None = None
        self._taken_over = False

    async def connect(self, _folder: Path) -> PlayedClient:
        """When a node answered; that it did not again takes as long as somebody watches."""
        await self._next("came")
        return PlayedClient(self)

    def pressed(self, _key: str, _character: str | None, *, private: bool) -> None:
        """Whoever watches has pressed a key: from now on he presses them all."""
        del private
        self._taken_over = True

    async def keys(self) -> AsyncIterator[tuple[str, str | None]]:
        """The keys, when they were pressed, until somebody else presses one."""
        while not self._taken_over:
            content = await self._next("key")
            character = content.get("character")
            if not self._taken_over:
                yield str(content["key"]), character if isinstance(character, str) else None

    async def events(self) -> AsyncIterator[Event]:
        """What happened, at its time, until the node went; NodeUnreachable then says why."""
        while True:
            content = await self._next("event")
            if "went" in content:
                raise NodeUnreachable(str(content["went"]))
            yield codec.read_event(content["event"], content.get("with"))

    async def _next(self, kind: str) -> dict[str, Any]:
        if self._task is None:
            self._task = asyncio.create_task(self._play())
        return await self._queues[kind].get()

    async def _play(self) -> None:
        """Hand out what was recorded; a key finds answered what was answered then."""
        loop = asyncio.get_running_loop()
        began, answers = loop.time(), 0
        for at_s, content in self._entries:
            await asyncio.sleep(max(0.0, began + at_s - loop.time()))
            if "do" in content:
                answers += 1
                await self._caught_up(answers)
            for kind in ("came", "event", "key"):
                if kind in content or (kind == "event" and "went" in content):
                    self._queues[kind].put_nowait(content)
                    await asyncio.sleep(LOOK_S)

    async def _caught_up(self, answers: int) -> None:
        for _ in range(int(PATIENCE_S / LOOK_S)):
            if self._answered >= answers or self._taken_over:
                return
            await asyncio.sleep(LOOK_S)

    def answer(self, command: Command) -> Any:
        """What was answered then: each time the next one, at last always the same. Refused if nothing was."""
        verb, asked = _VERBS[type(command)], codec.plain(command)
        answers = self._answers.get(verb, [])
        same = [one for one in answers if one.get("with") == asked]
        if not same and not isinstance(command, Read):
            same = answers  # what is typed in a redacted recording is not what was typed
        if not same:
            raise Refused("That was not recorded.")
        if len(same) > 1:
            answers.remove(same[0])
        self._answered += 1
        if "error" in same[0]:
            raise line.error_in(same[0])
        return codec.read_reply(command, same[0].get("ok"))


class PlayedClient:
    """Stands where a client of the door would."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    async def ask(self, command: Command) -> Any:
        """What was answered then."""
        return self._replay.answer(command)

    def events(self) -> AsyncIterator[Event]:
        """What happened then."""
        return self._replay.events()

    async def close(self) -> None:
        """Nothing is held."""
