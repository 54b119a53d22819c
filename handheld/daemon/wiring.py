"""Builds a node once, from its data folder: the only place that names all concrete classes."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from handheld import config
from handheld.config import Config
from handheld.crypto.identity import Identity
from handheld.crypto.keyring import Keyring
from handheld.daemon.radio_view import NO_RADIO, RadioView
from handheld.daemon.service import Parts, Service
from handheld.daemon.system import SystemClock, SystemEntropy
from handheld.errors import CryptoError, FolderDamaged, Refused, UsageError
from handheld.events import RADIO_SEARCHING, RadioInfo
from handheld.link.port import Port
from handheld.logs import to_stream
from handheld.node.boards import board_name
from handheld.node.node import Node, Saved
from handheld.node.outbox import Entry, State
from handheld.store import boards, keys, messages, people, petnames
from handheld.store.database import Connection, Database
from handheld.store.folder import Folder

NO_PORT = "none"


def run(path: Path, *, explicit: bool, radio: str | None, name: str | None, child: bool, debug: bool) -> int:
    """Run a node on this data folder until it is told to stop; the command's exit code.

    `explicit`: the folder was named by the user, so it must exist. `radio` and `name` win over the
    folder's settings. Raises UserError with a sentence when the node cannot start.
    """
    to_stream(debug=debug)
    with closing(Folder.open(path, explicit)) as folder:
        settings = config.load(folder.path)
        settings = replace(settings, radio=radio or settings.radio, name=name or settings.name)
        asyncio.run(_serve(folder, settings, child))
    return 0


async def _serve(folder: Folder, settings: Config, child: bool) -> None:
    followed = _followed(settings)
    ring, known = _ring(folder, fresh=not folder.database.exists())
    identity = _identity(folder, ring)
    leap = messages.LEAP * (1 + SystemEntropy().below(messages.LEAPS)) if known else 0
    database = Database.open(folder.database, ring.vaults[0])
    try:
        saved = await database.write(lambda connection: _saved(connection, followed, leap), urgent=True)
        await _service(folder, settings, identity, database, saved, child).run()
    finally:
        await database.close()


def _service(
    folder: Folder, settings: Config, identity: Identity, database: Database, saved: Saved, child: bool
) -> Service:
    clock, entropy = SystemClock(), SystemEntropy()
    alone = settings.radio == NO_PORT
    view = RadioView(NO_RADIO if alone else RadioInfo(RADIO_SEARCHING, "Looking for a radio."))
    node = Node(identity, settings.name, entropy, saved)
    parts = Parts(folder.path, settings.name, clock, node, database, view, None, child)
    service = Service(parts)
    if not alone:
        parts.port = Port(settings.radio, clock, entropy, service.report)
    return service


def _followed(settings: Config) -> list[str]:
    try:
        return [board_name(given) for given in settings.boards]
    except Refused as error:
        raise UsageError(f"In the settings, boards: {error}") from None


def _ring(folder: Folder, *, fresh: bool) -> tuple[Keyring, bool]:
    """The keys, and whether the identity may be known to others already."""
    ring = keys.open_ring(folder)
    if ring is not None:
        return keys.settle(folder, ring, None, b""), True
    if not fresh:
        raise FolderDamaged(
            f"The identity file {folder.identity} is missing beside a database that belongs to it. "
            "Put it back from a backup, or use --data with an empty folder to begin anew."
        )
    entropy = SystemEntropy()
    return keys.create(folder, Identity.create(entropy).blob, entropy), False


def _identity(folder: Folder, ring: Keyring) -> Identity:
    try:
        return Identity.from_blob(ring.identity)
    except CryptoError:
        raise FolderDamaged(
            f"The identity file {folder.identity} is damaged. Put it back from a backup."
        ) from None


def _saved(connection: Connection, followed: list[str], leap: int) -> Saved:
    # Asked of the database, not of the files: the start before may have been cut off after making it.
    if not messages.counted(connection):
        messages.leap(connection, leap)
    for name in followed:
        boards.add(connection, name)
    return Saved(
        profiles=[row.profile for row in reversed(people.all(connection))],
        boards=boards.all(connection),
        petnames=petnames.all(connection),
        seq=messages.own_seq(connection),
        lamport=messages.max_lamport(connection),
        unaired=messages.unaired(connection),
        letters=[_entry(row) for row in messages.on_their_way(connection)],
        letter_seqs=messages.own_seqs(connection),
        letter_floor=messages.seq_floor(connection),
        known_to=messages.answered_by(connection),
    )


def _entry(row: messages.OpenRow) -> Entry:
    state = State(row.state)
    return Entry(row.id, row.peer, row.seq, row.lamport, row.text, state, row.sealings, kind=row.kind)
