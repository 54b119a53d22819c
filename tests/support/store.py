"""Disks that are full or cannot be written, and rows to fill a store with."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from handheld.crypto.identity import Identity
from handheld.crypto.keyring import Keyring, pack
from handheld.crypto.vault import Vault
from handheld.store import sealed
from handheld.store.messages import MessageRow
from handheld.store.migrate import SCHEMA
from handheld.store.people import PersonRow

NOBODY = 65534

MASTER = bytes(range(32))
VAULT = Vault(MASTER)
"""Seals what tests keep."""


def key(number: int) -> bytes:
    """A full key of its own for each number."""
    return number.to_bytes(32, "big")


def person(number: int, epoch: int = 1, **changes: object) -> PersonRow:
    """A stranger whose profile names him and the epoch."""
    row = PersonRow(key(number), epoch, b"profile %d of %d" % (epoch, number), 1_800_000_000, 1_800_000_000)
    return row._replace(**changes)  # type: ignore[arg-type]


def post(seq: int, author: int = 1, **changes: object) -> MessageRow:
    """Somebody else's post on #here."""
    text = b"post %d" % seq
    row = MessageRow(b"", key(author), seq, seq, "here", text, b"\x48" + text, False, 1, -60, 1_800_000_000)
    return row._replace(**changes)  # type: ignore[arg-type]


def own_post(seq: int, author: int = 1, **changes: object) -> MessageRow:
    """A post of our own, which never travelled to us."""
    return post(seq, author, own=True, hops=None, rssi=None, state="queued", **changes)


@contextmanager
def small_disk(at: Path, size_kib: int) -> Iterator[Path]:
    """A file system of its own with so much room, mounted at `at`."""
    with _mounted(at, "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs"):
        yield at


def fill(file: Path) -> None:
    """Write until the disk has no room for one more KiB."""
    with file.open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(1024))


@contextmanager
def write_protected(folder: Path) -> Iterator[Path]:
    """The folder as it is, on a file system that takes no writes: not from root either."""
    with _mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield folder


@contextmanager
def _mounted(at: Path, *what: str) -> Iterator[None]:
    at.mkdir(exist_ok=True)
    made = subprocess.run(["mount", *what, str(at)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        # Not a missing tool: no unprivileged test run can mount, in CI or anywhere.
        pytest.skip(f"no right to mount a file system here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def bound_by_permissions() -> Iterator[Path]:
    """A folder of our own, while we are somebody whom permission bits bind: root is nobody for so long."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        subprocess.run(["chmod", "-R", "u+rwx", str(folder)], check=True)
        shutil.rmtree(folder)


def letter(seq: int, peer: int = 2, **changes: object) -> MessageRow:
    """A private message of our own, to the person with that number."""
    text = b"letter %d" % seq
    row = MessageRow(key(peer), key(1), seq, seq, "", text, b"", True, None, None, 1_800_000_000, "queued")
    return row._replace(**changes)  # type: ignore[arg-type]


def keys_of(identity: Identity) -> bytes:
    """A key file's content with this identity, without a passphrase."""
    return pack(Keyring((MASTER,), identity.blob))


def empty_store() -> sealed.Connection:
    """A connection to a store in memory, of the newest schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=sealed.Connection)
    connection.vault, connection.path = VAULT, Path("memory.db")
    for script in sorted(SCHEMA.iterdir()):
        connection.executescript(script.read_text(encoding="utf-8"))
    return connection
