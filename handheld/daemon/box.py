"""What a box has besides a handheld's: a notice that it keeps up, and a disk whose room it tells."""

import hashlib
from contextlib import suppress
from pathlib import Path

from handheld.store import meta
from handheld.store.database import Connection

NOTICE_BOARD = "here"

NOTICE_S = 5 * 24 * 3600
"""Powered seconds between two posts of a notice: posts are kept for seven days of age."""

LOOK_S = 3600
"""How often to look whether it is due."""


def notice_due(connection: Connection, text: str, powered: int) -> bool:
    """Whether the notice is to be posted now, at this reading of the odometer; then it counts as posted."""
    who = hashlib.blake2b(text.encode(), digest_size=8).digest()
    last = meta.get(connection, meta.NOTICE, who)
    if last and powered - last < NOTICE_S:
        return False
    meta.raise_to(connection, meta.NOTICE, max(powered, 1), who)
    return True


def size_of(database: Path) -> int:
    """Bytes of the database file and of what was not yet written into it; 0 of what is not there."""
    size = 0
    for path in (database, database.with_name(f"{database.name}-wal")):
        with suppress(OSError):
            size += path.stat().st_size
    return size
