"""A screen's session in a file: what it asked, what was answered, what happened, which keys were pressed.

    {"v": 1, "recording": "pocketmesh 0.1.0", "redacted": false}
    {"v": 1, "t": 12, "came": true}                                    a node answers from now on
    {"v": 1, "t": 15, "do": "read", "with": {...}, "ok": [...]}        or "error": as at the door
    {"v": 1, "t": 900, "event": "message", "with": {...}}
    {"v": 1, "t": 950, "key": "enter", "character": null}
    {"v": 1, "t": 999, "went": "The node has ended."}

`t`: milliseconds since the beginning, not falling. What was pasted is a key of that name.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from handheld import __version__
from handheld.api import codec, line
from handheld.api.client import Client
from handheld.api.redact import SALT, hidden
from handheld.commands import COMMANDS, Command
from handheld.errors import UsageError, UserError
from handheld.events import EVENTS, Event

BYTES_MAX = 32 << 20
"""Bytes of a recording: what comes after is left out."""

PASTE = "paste"
"""The key that stands for what was pasted."""

LINE_MAX = 1 << 20
"""Bytes of a line of it; a longer one is left out."""

_VERBS = {kind: name for name, kind in COMMANDS.items()}
_EVENTS = {kind: name for name, kind in EVENTS.items()}


class Recorder:
    """Writes a session down as it goes; everything is in the file at once."""

    def __init__(self, path: Path, *, redacted: bool) -> None:
        """UsageError if there is such a file, or it cannot be made."""
        self._salt = os.urandom(SALT) if redacted else b""
        try:
            # Others' texts, and all that is typed: nobody else may read it.
            self._file: BinaryIO | None = open(  # noqa: SIM115 - as long as the screen
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb", 0
            )
        except FileExistsError:
            raise UsageError(f"{path} is there already. Give another name.") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
        self._began = time.monotonic()
        self._left = BYTES_MAX
        self._put({"recording": f"pocketmesh {__version__}", "redacted": redacted})

    async def connect(self, folder: Path) -> RecordedClient:
        """As `Client.connect`, and written down."""
        client = await Client.connect(folder)
        self.note({"came": True})
        return RecordedClient(client, self)

    def pressed(self, key: str, character: str | None, *, private: bool) -> None:
        """A key was pressed; `private`: it writes text."""
        if private and character is not None and self._salt:
            masked = "".join("x" if one.strip() else " " for one in character)
            key, character = (key if key == PASTE else masked), masked
        self.note({"key": key, "character": character})

    async def keys(self) -> AsyncIterator[tuple[str, str | None]]:
        """None: whoever sits there presses them."""
        nobody: tuple[tuple[str, str | None], ...] = ()
        for key in nobody:
            yield key

    def note(self, content: dict[str, Any]) -> None:
        """Write down that this happens now."""
        self._put({"t": int((time.monotonic() - self._began) * 1000), **content})

    def told(self, event: Event) -> None:
        """Something happened at the node."""
        self.note({"event": _EVENTS[type(event)], "with": self._shown(codec.plain(event))})

    def answered(self, command: Command, answer: dict[str, object]) -> None:
        """A command was answered, by "ok" or an "error"."""
        asked = {"do": _VERBS[type(command)], "with": codec.plain(command), **answer}
        self.note(self._shown(asked) | {"do": asked["do"]})

    def went(self, why: str) -> None:
        """No node answers any more; `why` is a sentence of ours."""
        self.note({"went": why})

    def close(self) -> None:
        """That was all."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _shown(self, value: Any) -> Any:
        return hidden(value, self._salt) if self._salt else value

    def _put(self, content: dict[str, Any]) -> None:
        packed = line.pack(content)
        if self._file is None or len(packed) > LINE_MAX:
            return
        self._left -= len(packed)
        if self._left < 0:
            self.close()
            return
        try:
            self._file.write(packed)
        except OSError:
            self.close()  # a full disk must not end the screen


class RecordedClient:
    """A client, and what it hears written down."""

    def __init__(self, client: Client, recorder: Recorder) -> None:
        self._client = client
        self._recorder = recorder

    async def ask(self, command: Command) -> Any:
        """As `Client.ask`."""
        try:
            answer = await self._client.ask(command)
        except UserError as error:
            self._recorder.answered(command, {"error": {"code": error.exit_code, "say": str(error)}})
            raise
        self._recorder.answered(command, {"ok": codec.plain(answer)})
        return answer

    async def events(self) -> AsyncIterator[Event]:
        """As `Client.events`."""
        try:
            async for event in self._client.events():
                self._recorder.told(event)
                yield event
        except UserError as error:
            self._recorder.went(str(error))
            raise

    async def close(self) -> None:
        """As `Client.close`."""
        await self._client.close()
