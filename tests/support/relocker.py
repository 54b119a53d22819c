"""Sets a passphrase on a data folder, or takes it away: `relocker FOLDER set|remove`."""

import sys
from pathlib import Path

from handheld.clock import SeededEntropy
from handheld.crypto.keyring import MEMORY_MIN, PASSES_MIN, Lock
from handheld.store import keys
from handheld.store.folder import Folder

LOCK = Lock(b"a salt of tests!", PASSES_MIN, MEMORY_MIN)
KEY = b"what the passphrase gave, 32 B ."


def main(path: Path, way: str) -> None:
    with Folder.open(path, explicit=True) as folder:
        ring = keys.open_ring(folder, KEY if keys.find_lock(folder) else b"")
        lock, key = (LOCK, KEY) if way == "set" else (None, b"")
        keys.relock(folder, ring, lock, key, SeededEntropy(f"relock {way}"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
