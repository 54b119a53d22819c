"""What is asked about files: the only place that opens one of the owner's, and only to read it."""

import base64
import os
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from handheld.clock import Clock
from handheld.commands import (
    FILE_PART,
    AskCost,
    Command,
    Files,
    ForgetFile,
    GetFile,
    PauseFile,
    PinFile,
    ReadFile,
    Share,
    WhoHas,
)
from handheld.daemon.executor import Executor
from handheld.daemon.radio_view import RadioView
from handheld.errors import Refused, UserError
from handheld.events import FileCost, FileInfo, FilePart
from handheld.files.look import look_at
from handheld.files.names import saved_as
from handheld.files.shape import Shape
from handheld.node.effects import Effect
from handheld.node.filecards import UNSEEN, travels
from handheld.node.node import Node
from handheld.node.shelf import Entry
from handheld.wire.files import FILE_MAX

HOUR_US = 3_600_000_000


def contents(path: str) -> bytes:
    """A regular file, or the first FILE_MAX + 1 bytes of a longer one. Refused for anything else."""
    try:
        # Not to wait for whoever may write into a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(f"{path} is no file. Folders are not shared; pack them first.")
            return _read(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _read(descriptor: int) -> bytes:
    content = b""
    while len(content) <= FILE_MAX and (piece := os.read(descriptor, FILE_MAX + 1 - len(content))):
        content += piece
    return content


class FileDesk:
    """One method for each command; Refused says why not."""

    def __init__(self, node: Node, clock: Clock, executor: Executor, radio: RadioView) -> None:
        self._node = node
        self._sharing = node.files.organ
        self._clock = clock
        self._executor = executor
        self._radio = radio

    def answers(self) -> dict[type[Command], Callable[[Any], Awaitable[object]]]:
        """Who answers which command."""
        return {
            Share: self.share,
            AskCost: self.cost,
            Files: self.everything,
            GetFile: self.get,
            PauseFile: self.pause,
            PinFile: self.pin,
            WhoHas: self.who,
            ForgetFile: self.forget,
            ReadFile: self.read,
        }

    async def share(self, command: Share) -> FileInfo:
        """One file more. What cannot be saved is not shared either, and raises as `carry_out`."""
        entry, effects = self._sharing.share(command, contents(command.path), self._clock.wall())
        if entry.board:
            effects = [*self._node.follow(entry.board), *effects]
        try:
            return await self._shown(entry, effects)
        except UserError:
            self._sharing.begun.withdraw(entry)
            raise

    async def cost(self, command: AskCost) -> FileCost:
        """What it would take."""
        content = contents(command.path)
        size = travels(content, self._sharing.limit)
        frames = Shape(size).symbols + 1
        info = self._radio.info(self._clock.now())
        share = None
        if info.duty_ppm is not None and info.duty_ppm < 1_000_000 and info.airtime_us is not None:
            share = frames * info.airtime_us * 1_000_000 // max(1, HOUR_US * info.duty_ppm // 1_000_000)
        return FileCost(
            size=len(content),
            travels=size,
            frames=frames,
            seconds=self._sharing.courier.seconds(size),
            share_ppm=share,
            radio=info.kind,
            slow=self._sharing.consent.slow(size),
        )

    async def everything(self, _command: Files) -> list[FileInfo]:
        """All that is known."""
        now = self._clock.now()
        return [self._sharing.info(entry, now) for entry in self._sharing.shelf]

    async def get(self, command: GetFile) -> FileInfo:
        """Ask for it; or look at it."""
        entry = self._sharing.shelf.find(command.id)
        looks = command.look and entry.whole
        if command.yes or not looks:
            await self._executor.carry_out(self._sharing.resume(entry, self._clock.now(), yes=command.yes))
        if not looks:
            return self._sharing.info(entry, self._clock.now(), UNSEEN)
        await self._executor.carry_out(self._sharing.courier.load(entry.tag))
        return self._sharing.info(entry, self._clock.now(), look_at(self._sharing.content(entry)))

    async def pause(self, command: PauseFile) -> FileInfo:
        """Neither ask nor send."""
        entry = self._sharing.shelf.find(command.id)
        return await self._shown(entry, self._sharing.pause(entry, self._clock.now()))

    async def pin(self, command: PinFile) -> FileInfo:
        """Keep it for good."""
        entry = self._sharing.shelf.find(command.id)
        await self._executor.carry_out([replace(entry.keep(), pinned=command.pinned)])
        entry.pinned = command.pinned
        return await self._shown(entry, self._sharing.tell(entry, self._clock.now()))

    async def who(self, command: WhoHas) -> FileInfo:
        """Ask those near."""
        entry = self._sharing.shelf.find(command.id)
        self._sharing.holders.ask(entry, self._clock.now())
        return await self._shown(entry, self._sharing.pump(self._clock.now()))

    async def forget(self, command: ForgetFile) -> None:
        """Take away what is here of it; if that is nothing, its name."""
        entry, now = self._sharing.shelf.find(command.id), self._clock.now()
        gone = self._sharing.forget(entry) if entry.empty else self._sharing.let_go(entry, now)
        await self._executor.carry_out(gone)

    async def read(self, command: ReadFile) -> FilePart:
        """A part of what is whole."""
        entry = self._sharing.shelf.find(command.id)
        await self._executor.carry_out(self._sharing.courier.load(entry.tag))
        part = self._sharing.content(entry)[command.offset : command.offset + FILE_PART]
        name, size = saved_as(entry.manifest.name), entry.manifest.size
        return FilePart(name, size, command.offset, base64.b64encode(part).decode("ascii"))

    async def _shown(self, entry: Entry, effects: list[Effect]) -> FileInfo:
        await self._executor.carry_out(effects)
        return self._sharing.info(entry, self._clock.now(), UNSEEN)
