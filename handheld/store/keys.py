"""The keys of a data folder: its key file read, written and re-locked, and the vault its database needs.

Whatever a power cut leaves, the file opens with the old passphrase or with the new one, and what it holds
opens the database.
"""

import sqlite3
from contextlib import closing

from handheld.clock import Entropy
from handheld.crypto.keyring import Keyring, Lock, lock_of, pack, renew, unpack
from handheld.crypto.vault import KEY, Vault
from handheld.errors import CryptoError, FolderDamaged, FolderMissing, Locked
from handheld.store import keyfile, migrate, sealed
from handheld.store.folder import Folder


def find_lock(folder: Folder) -> Lock | None:
    """What stands before the keys of this folder; None if nothing does, or if there are no keys yet.

    FolderDamaged, FolderTooNew, FolderReadOnly.
    """
    blob = keyfile.read(folder.identity)
    try:
        return None if blob is None else lock_of(blob)
    except CryptoError:
        raise _damaged(folder) from None


def open_ring(folder: Folder, key: bytes = b"") -> Keyring:
    """The keys of this folder, which is held by its lock, with one master key: see `settle`.

    `key`: what the passphrase gave, where there is one. Locked: it came of another. FolderMissing where there
    are no keys. FolderDamaged, FolderTooNew, FolderReadOnly.
    """
    return settle(folder, read_ring(folder, key), find_lock(folder), key)


def read_ring(folder: Folder, key: bytes = b"") -> Keyring:
    """The same, as it stands in the file."""
    blob = keyfile.read(folder.identity)
    if blob is None:
        raise FolderMissing(f"There are no keys in {folder.path}. Without them nothing there can be read.")
    try:
        return unpack(blob, key)
    except CryptoError as error:
        if error.reason == "seal":
            raise Locked("That is not the passphrase. Nothing was changed; try again.") from None
        raise _damaged(folder) from None


def create(folder: Folder, identity: bytes, entropy: Entropy) -> Keyring:
    """The keys of a new folder, without a passphrase."""
    ring = Keyring((entropy.take(KEY),), identity)
    keyfile.write(folder.identity, pack(ring))
    return ring


def save_identity(folder: Folder, vault: Vault, identity: bytes) -> None:
    """Put other secrets of the identity into the key file; no copy of those before is left in the folder."""
    blob = keyfile.read(folder.identity)
    if blob is None:
        raise _damaged(folder)
    keyfile.rewrite(folder.identity, renew(blob, vault, identity))


def relock(folder: Folder, ring: Keyring, lock: Lock | None, key: bytes, entropy: Entropy) -> Keyring:
    """Seal everything anew under a new master key, which `key` opens, made by `lock`; None: no passphrase.

    The folder is held by its lock. A cut anywhere in it is mended by the next `settle`.
    """
    both = ring._replace(masters=(entropy.take(KEY), ring.masters[0]))
    keyfile.rewrite(folder.identity, pack(both, lock, key))
    return settle(folder, both, lock, key)


def settle(folder: Folder, ring: Keyring, lock: Lock | None, key: bytes) -> Keyring:
    """Finish what a cut in `relock` left: the database under the newest master key, the others destroyed."""
    if len(ring.masters) == 1:
        return ring
    new, old = ring.vaults
    if folder.database.exists():
        with closing(migrate.connect(folder.database, new)) as connection:
            try:
                if not sealed.is_sealed_by(connection, new):
                    sealed.reseal(connection, old, new)
            except sqlite3.Error as error:
                raise migrate.refusal(error, folder.database) from None
    alone = ring._replace(masters=ring.masters[:1])
    keyfile.rewrite(folder.identity, pack(alone, lock, key))
    return alone


def _damaged(folder: Folder) -> FolderDamaged:
    return FolderDamaged(
        f"The key file {folder.identity} is damaged. Nothing was overwritten. Put it back from a backup, or"
        " use --data with an empty folder to begin anew."
    )
