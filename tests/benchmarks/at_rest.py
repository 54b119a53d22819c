"""What sealed rows and a passphrase cost: instructions, bytes, and what Argon2id takes on this machine."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from handheld.crypto.keyring import MEMORY_MAX, MEMORY_MIN, PASSES_MAX, PASSES_MIN, Lock
from handheld.store import keyfile, messages, migrate
from handheld.store.folder import Folder
from tests.benchmarks.hot_paths import Step, cost
from tests.support import wreck
from tests.support.store import VAULT, letter

LETTERS = 2_000
SALT = bytes(16)

_STORE = """
from handheld.store import messages
from tests.support.store import empty_store, letter, post
store = empty_store()
for number in range(1, 101):
    messages.add(store, letter(number, text=b'meet me at the bridge'))
seq = iter(range(101, 1_000_000))
"""

STEPS = {
    "a private message written": Step(_STORE, "messages.add(store, letter(next(seq)))", 200),
    "a page of 50 read": Step(_STORE, "messages.page(store, '', b'', 0, 50)", 10),
}


def table(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Rows of `make bench`."""
    for name, step in STEPS.items():
        yield name, f"{cost(step, folder):,}", ""
    yield "bytes of a private message on the disk", f"{bytes_of_a_letter(folder)} B", ""
    for name, lock in {
        "Argon2id at the floor, here": Lock(SALT, PASSES_MIN, MEMORY_MIN),
        "Argon2id at the ceiling, here": Lock(SALT, PASSES_MAX, MEMORY_MAX),
    }.items():
        began = time.monotonic()
        lock.key("the grey cat sleeps")
        yield name, f"{(time.monotonic() - began) * 1000:.0f} ms", f"{lock.memory // 1024} MiB"
    yield "keys destroyed in a wipe, here", f"{wipe_ms():.1f} ms", "<= 1000 ms"


def bytes_of_a_letter(folder: Path) -> int:
    """Of the database file, indexes included, for each private message of 21 bytes."""
    path = folder / "letters.db"
    writer, reader = migrate.open_pair(path, VAULT)
    with closing(writer), closing(reader):
        before = path.stat().st_size
        writer.execute("BEGIN")
        for number in range(1, LETTERS + 1):
            messages.add(writer, letter(number, text=b"meet me at the bridge"))
        writer.execute("COMMIT")
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (path.stat().st_size - before) // LETTERS


def wipe_ms() -> float:
    """Until every generation of the key file is overwritten, flushed and gone."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder: Folder = wreck.furnish(Path(name))
        keyfile.write(folder.identity, keyfile.read(folder.identity) or b"")
        began = time.monotonic()
        keyfile.destroy(folder.identity)
        return (time.monotonic() - began) * 1000
