"""Searches turn by turn, so that others have theirs at the disk."""

from collections.abc import Sequence
from functools import partial

from handheld.store import finding
from handheld.store.database import Database
from handheld.store.finding import Where


async def find(database: Database, words: Sequence[str], where: Where, limit: int) -> list[int]:
    """The ids of the newest `limit` messages that hold all words, in any case; some may be gone by now."""
    found: list[int] = []
    above: int | None = None
    while len(found) < limit and above != 0:
        ids, above = await database.read(
            partial(finding.look, words=words, where=where, limit=limit - len(found), above=above)
        )
        found += ids
    return found
