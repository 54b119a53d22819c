"""Builds a node once, from its data folder: the only place that names all concrete classes."""

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from handheld import config
from handheld.api import address
from handheld.config import Config
from handheld.crypto.identity import Identity
from handheld.crypto.keyring import Keyring
from handheld.daemon import bearers, saving
from handheld.daemon.cable import Cable, Held
from handheld.daemon.end import End
from handheld.daemon.parts import Parts, Publish
from handheld.daemon.radio_view import NO_RADIO, RadioView
from handheld.daemon.service import Service
from handheld.daemon.system import SystemClock, SystemEntropy
from handheld.daemon.watchdog import Watchdog
from handheld.errors import CryptoError, FolderDamaged, Refused, UsageError
from handheld.events import RADIO_SEARCHING, RadioInfo
from handheld.link.port import Port
from handheld.logs import to_stream
from handheld.node.boards import board_name
from handheld.node.node import Node
from handheld.store import keyfile, keys, messages, wiping
from handheld.store.database import Database
from handheld.store.folder import Folder

NO_PORT = "none"
MINUTE_MS = 60_000


def run(
    path: Path, *, explicit: bool, radio: str | None, name: str | None, box: bool, child: bool, debug: bool
) -> int:
    """Run a node on this data folder until it is told to stop; the command's exit code.

    `explicit`: the folder was named by the user, so it must exist. `radio`, `name` and `box` win over the
    folder's settings. Raises UserError with a sentence when the node cannot start.
    """
    to_stream(debug=debug)
    with closing(Folder.open(path, explicit)) as folder:

        def choose() -> Config:
            settings = config.load(folder.path)
            settings = replace(settings, radio=radio or settings.radio, name=name or settings.name)
            return replace(settings, box=box or settings.box)

        asyncio.run(_serve(folder, choose, child))
    return 0


async def _serve(folder: Folder, choose: Callable[[], Config], child: bool) -> None:
    settings = choose()
    followed = _followed(settings)
    known = keyfile.read(folder.identity) is not None
    if not known:
        _make_keys(folder)
    watchdog = asyncio.create_task(Watchdog().run())
    try:
        async with Phases(folder, settings, followed, child, known, choose) as phases:
            end = await phases.run()
    finally:
        watchdog.cancel()
    if end is End.WIPE:
        wiping.clear(folder)


def _make_keys(folder: Folder) -> None:
    if folder.database.exists():
        raise FolderDamaged(
            f"The identity file {folder.identity} is missing beside a database that belongs to it. "
            "Put it back from a backup, or use --data with an empty folder to begin anew."
        )
    entropy = SystemEntropy()
    keys.create(folder, Identity.create(entropy).blob, entropy)


class Phases:
    """A process's node, with its keys or waiting for them. Whatever knows a key ends with its phase.

    `known`: others may have seen numbers of ours. `choose` reads the settings again.
    """

    def __init__(
        self,
        folder: Folder,
        settings: Config,
        followed: list[str],
        child: bool,
        known: bool,
        choose: Callable[[], Config] | None = None,
    ) -> None:
        self._choose = choose or (lambda: settings)
        self._folder = folder
        self._settings = settings
        self._followed = followed
        self._child = child
        self._known = known
        self._clock, self._entropy = SystemClock(), SystemEntropy()
        alone = settings.radio == NO_PORT
        self._view = RadioView(NO_RADIO if alone else RadioInfo(RADIO_SEARCHING, "Looking for a radio."))
        self._cable = Cable()
        self._port = None if alone else Port(settings.radio, self._clock, self._entropy, self._cable.report)
        self._running: asyncio.Task[None] | None = None
        self._listener: socket.socket | None = None

    async def __aenter__(self) -> Self:
        if self._port is not None:
            self._running = asyncio.create_task(self._port.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()
            address.remove(str(self._folder.path))
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def run(self) -> End:
        """One phase after the other; how the last one ended."""
        while True:
            opened = await self._opened()
            if isinstance(opened, End):
                return opened
            service, database = opened
            try:
                end = await service.run()
            finally:
                self._listener = service.listener
                self._cable.detach()
                await database.close()
            if end is End.AGAIN:
                self._settings = self._choose()
                self._followed = _followed(self._settings)
            elif end is not End.LOCK:
                return end
            del opened, service, database
            gc.collect()  # what knew a key may have pointed at itself

    async def _opened(self) -> tuple[Service, Database] | End:
        """What serves as soon as there are keys, or how the node ended without."""
        if keys.find_lock(self._folder) is None:
            return await self._open(keys.open_ring(self._folder), [], self._child)
        from handheld.daemon.lobby import Lobby  # noqa: PLC0415  most nodes have no passphrase

        waiting = Lobby(
            self._folder, self._settings.name, self._clock, self._view, self._taken(), child=self._child
        )
        self._cable.attach(waiting.report)
        try:
            found = await waiting.run()
        finally:
            self._listener = waiting.listener
        if isinstance(found, End):
            return found
        return await self._open(found, waiting.held, self._child and not waiting.stay)

    async def _open(self, ring: Keyring, held: list[Held], child: bool) -> tuple[Service, Database]:
        # Does not wait for the end: what holds the keys as they are now is gone when it returns, so that
        # a prekey that is erased later is in memory no more.
        leap = messages.LEAP * (1 + self._entropy.below(messages.LEAPS)) if self._known else 0
        vault = ring.vaults[0]
        identity = _identity(self._folder, ring)
        self._known = True
        database = Database.open(self._folder.database, vault)
        try:
            saved = await database.write(
                lambda connection: saving.load(connection, self._followed, leap, box=self._settings.box),
                urgent=True,
            )
            node = Node(
                identity,
                self._settings.name,
                self._entropy,
                saved,
                invisible=self._settings.invisible,
                box=self._settings.box,
            )
            node.files.limit(self._settings.file_kb)
            keep_keys = partial(keys.save_identity, self._folder, vault)
            return self._service(node, database, keep_keys, held, child), database
        except BaseException:
            await database.close()
            raise

    def _service(
        self,
        node: Node,
        database: Database,
        keep_keys: Callable[[bytes], None],
        held: list[Held],
        child: bool,
    ) -> Service:
        folder, minutes = self._folder, self._settings.lock_minutes
        service = Service(
            Parts(
                folder=folder.path,
                nickname=self._settings.name,
                clock=self._clock,
                node=node,
                database=database,
                radio=self._view,
                port=self._port,
                child=child,
                keep_keys=keep_keys,
                bearers=bearers.build(self._settings.bearers, node, self._clock, self._port, self._entropy),
                held=held,
                destroy_keys=partial(wiping.destroy_keys, folder),
                place=self._settings.place,
                lock_ms=None if keys.find_lock(folder) is None else minutes * MINUTE_MS,
                disk=folder.database,
                tells_read=self._settings.read_receipts,
                notice=self._settings.notice if self._settings.box else "",
                telling=self._telling(),
                listener=self._taken(),
            )
        )
        self._cable.attach(service.report)
        return service

    def _taken(self) -> socket.socket | None:
        listener, self._listener = self._listener, None
        return listener

    def _telling(self) -> Callable[[Publish], Publish]:
        chosen = self._settings
        if not chosen.notify:
            return lambda publish: publish
        from handheld.daemon.notify import Notifier  # noqa: PLC0415  most nodes run no program

        return Notifier(chosen.notify, chosen.quiet_hours, chosen.name, self._clock).telling


def _followed(settings: Config) -> list[str]:
    try:
        return [board_name(given) for given in settings.boards]
    except Refused as error:
        raise UsageError(f"In the settings, boards: {error}") from None


def _identity(folder: Folder, ring: Keyring) -> Identity:
    try:
        return Identity.from_blob(ring.identity)
    except CryptoError:
        raise FolderDamaged(
            f"The identity file {folder.identity} is damaged. Put it back from a backup."
        ) from None
