"""A backup as a file, and the folder that is made of one.

Within its boxes: length 4, the keys (`keyring.pack`, the identity without prekeys), length 4, the settings,
the database. Its rows are sealed as they lie in the folder, so that nothing lies open on the way.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from handheld.clock import Entropy
from handheld.crypto import backup
from handheld.crypto.backup import BOX, CHUNK, HEAD, pack_head, read_head
from handheld.crypto.identity import LEAP, LEAPS, Identity, leap
from handheld.crypto.keyring import Keyring, Lock, pack, unpack
from handheld.crypto.vault import KEY
from handheld.errors import BackupUnreadable, CryptoError, Locked, UserError
from handheld.store import boards, faults, keyfile, messages, meta, migrate
from handheld.store.folder import Folder, sync_folder

_LENGTH = 4
_PART_MAX = 65_536

KeyMaker = Callable[[Lock], bytes]
"""Asks for what a backup was locked with, and gives its key."""


def write(folder: Folder, ring: Keyring, target: Path, lock: Lock, key: bytes) -> None:
    """Write everything in this held folder into `target`, whole or not at all.

    UsageError if the file is there already; DiskFull, FolderReadOnly, FolderDamaged.
    """
    copy = folder.path / "backup.tmp"
    fresh = target.with_name(f"{target.name}.new")
    try:
        copy.unlink(missing_ok=True)
        with closing(migrate.connect(folder.database, ring.vaults[0])) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        head = pack_head(lock)
        with open(fresh, "xb", opener=_private) as file, copy.open("rb") as database:
            file.write(head)
            file.writelines(backup.seal(head, key, _chunks(_parts(folder, ring), database)))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise faults.from_os(error, target) from None
    except sqlite3.Error as error:
        raise migrate.refusal(error, folder.database) from None
    finally:
        for left in (copy, fresh):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def restore(folder: Folder, source: Path, key_of: KeyMaker, entropy: Entropy) -> bytes:
    """Fill this held, empty folder from a backup; the public key of who it is.

    A passphrase of the backup becomes the folder's; words leave it open. The folder is as it was after
    BackupUnreadable (half-written, damaged, no backup, or of a newer pocketmesh), Locked (another passphrase
    or other words), DiskFull and FolderReadOnly.
    """
    try:
        with source.open("rb") as file:
            head = file.read(HEAD)
            lock = _lock(head, source)
            key = key_of(lock)
            stream = _Stream(backup.open_boxes(head, key, iter(lambda: file.read(BOX), b"")), source)
            ring, settings = _ring(stream.part(), source), stream.part()
            with open(folder.database, "xb", opener=_private) as database:
                database.writelines(stream.rest())
                database.flush()
                os.fsync(database.fileno())
        identity = _go_on(folder, ring, entropy)
        if settings:
            folder.config.write_bytes(settings)
        renewed = Keyring(ring.masters, identity.blob)
        # Last: a folder without keys is none, so what a cut leaves before this begins anew.
        kept = pack(renewed) if lock == backup.WORDS else pack(renewed, lock, key)
        keyfile.write(folder.identity, kept)
    except BaseException as error:
        _empty(folder)
        if isinstance(error, OSError):
            raise faults.from_os(error, folder.path) from None
        raise
    return identity.key


def recall(folder: Folder, sign_seed: bytes, entropy: Entropy) -> bytes:
    """Fill this held, empty folder with the identity of this seed alone; its public key."""
    identity = Identity.recalled(sign_seed, entropy)
    ring = Keyring((entropy.take(KEY),), identity.blob)
    migrate.create(folder.database, ring.vaults[0])
    with closing(migrate.connect(folder.database, ring.vaults[0])) as connection:
        messages.leap(connection, LEAP * (1 + entropy.below(LEAPS)))
        meta.put(connection, meta.RESTORED, 1)
        boards.add(connection, "here")
    keyfile.write(folder.identity, pack(ring))
    return identity.key


def _go_on(folder: Folder, ring: Keyring, entropy: Entropy) -> Identity:
    """Number what comes far above all that the backup knows, for the device it came from may have gone on."""
    with closing(migrate.connect(folder.database, ring.vaults[0])) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # a copy by VACUUM has lost it
    writer, reader = migrate.open_pair(folder.database, ring.vaults[0])
    with closing(writer), closing(reader):
        meta.put(writer, meta.RESTORED, 1 + messages.own_seq(writer))
        messages.leap(writer, messages.highest(writer) + leap(entropy))
        made = meta.get(writer, meta.ODOMETER)
    return Identity.restored(ring.identity, made, entropy)


def _parts(folder: Folder, ring: Keyring) -> bytes:
    core = Keyring(ring.masters[:1], Identity.from_blob(ring.identity).core)
    settings = folder.config.read_bytes() if folder.config.exists() else b""
    return b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in (pack(core), settings[:_PART_MAX]))


def _chunks(first: bytes, database: BinaryIO) -> Iterator[bytes]:
    held = first
    while more := database.read(CHUNK):
        held += more
        while len(held) >= CHUNK:
            yield held[:CHUNK]
            held = held[CHUNK:]
    yield held


class _Stream:
    """Chunks as parts with a length before them, then the rest."""

    def __init__(self, chunks: Iterator[bytes], source: Path) -> None:
        self._chunks = chunks
        self._source = source
        self._held = b""
        self._opened = False

    def part(self) -> bytes:
        """One part."""
        size = int.from_bytes(self._take(_LENGTH), "big")
        if size > _PART_MAX:
            raise _unreadable(self._source)
        return self._take(size)

    def rest(self) -> Iterator[bytes]:
        """All that follows."""
        yield self._held
        while (chunk := self._next()) is not None:
            yield chunk

    def _take(self, size: int) -> bytes:
        while len(self._held) < size:
            chunk = self._next()
            if chunk is None:
                raise _unreadable(self._source)
            self._held += chunk
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def _next(self) -> bytes | None:
        try:
            chunk = next(self._chunks, None)
        except CryptoError:
            if self._opened:
                raise _unreadable(self._source) from None
            raise Locked(
                "That does not open this backup: another passphrase, other words, or a damaged file. Nothing"
                " was changed."
            ) from None
        self._opened = True
        return chunk


def _lock(head: bytes, source: Path) -> Lock:
    try:
        return read_head(head)
    except CryptoError as error:
        if error.reason == "version":
            raise BackupUnreadable(
                f"{source} was written by a newer pocketmesh. Install that first."
            ) from None
        raise _unreadable(source) from None


def _ring(packed: bytes, source: Path) -> Keyring:
    try:
        return unpack(packed)
    except CryptoError:
        raise _unreadable(source) from None


def _unreadable(source: Path) -> BackupUnreadable:
    return BackupUnreadable(
        f"{source} is no whole backup: half-written, damaged, or another file. Nothing was changed."
    )


def _empty(folder: Folder) -> None:
    with suppress(UserError):
        folder.clear()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
