"""Finds messages by their words. Rows lie sealed, so the first search opens them, the newest first.

What was opened stays in memory, for the next search and no longer than the keys do. A search ends as soon
as it has found as many as were asked for.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from handheld.store import finding
from handheld.store.database import Database
from handheld.store.finding import TextRow
from handheld.text import clean_message
from handheld.wire.notices import FIELDS

BATCH = 500
"""Rows opened at once: some milliseconds, then others have their turn at the disk."""

_LAST_ID = (1 << 63) - 1
_HEADS: dict[int, int] = {kind: layout.LAYOUT.head_size for kind, layout in FIELDS.items()}


class Entry(NamedTuple):
    """A message, or a part of one, in memory; its text in the form that is compared."""

    id: int
    peer: bytes
    author: bytes
    board: str
    text: str


class Where(NamedTuple):
    """On one board, or by or with one person; empty: everywhere."""

    board: str = ""
    who: bytes = b""

    def holds(self, entry: Entry) -> bool:
        """Whether it is there."""
        on_board = not self.board or entry.board == self.board
        return on_board and (not self.who or self.who in (entry.peer, entry.author))


class Finder:
    """`find` is its only verb. Messages that are gone by now may be among what it finds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newer: list[Entry] = []
        """What came since the first search, oldest first."""
        self._older: list[Entry] = []
        """What was there then, newest first, as far as it was read."""
        self._whole = False

    async def find(self, words: Sequence[str], where: Where, limit: int) -> list[int]:
        """The ids of the newest `limit` messages that hold all words, in any case."""
        folded = [word.casefold() for word in words]
        if self._older:
            await self._catch_up()
        found = _matching(reversed(self._newer), folded, where, limit)
        found += _matching(self._older, folded, where, limit - len(found))
        while len(found) < limit and not self._whole:
            found += _matching(await self._dig(), folded, where, limit - len(found))
        return found

    async def _catch_up(self) -> None:
        while True:
            last = (self._newer[-1] if self._newer else self._older[0]).id
            rows = await self._database.read(partial(finding.above, after=last, limit=BATCH))
            self._newer += map(_entry, rows)
            if len(rows) < BATCH:
                return

    async def _dig(self) -> list[Entry]:
        oldest = self._older[-1].id if self._older else _LAST_ID
        rows = await self._database.read(partial(finding.below, before=oldest, limit=BATCH))
        batch = [_entry(row) for row in rows]
        self._older += batch
        self._whole = len(rows) < BATCH
        return batch


def _entry(row: TextRow) -> Entry:
    written = row.text if row.peer else row.text[_HEADS.get(row.kind, 0) :]
    return Entry(row.id, row.peer, row.author, row.board, clean_message(written).casefold())


def _matching(entries: Iterable[Entry], words: Sequence[str], where: Where, limit: int) -> list[int]:
    first, *others = words
    hits = (
        entry.id
        for entry in entries
        if first in entry.text and all(word in entry.text for word in others) and where.holds(entry)
    )
    return list(islice(hits, max(0, limit)))
