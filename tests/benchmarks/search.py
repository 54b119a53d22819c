"""What it takes to find a word among 100,000 messages, their words gathered as the node does in time."""

import asyncio
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from handheld.daemon import search
from handheld.store import boards, finding, messages, migrate
from handheld.store.database import Database
from handheld.store.finding import Where
from tests.support.store import VAULT, letter, post

MESSAGES = 100_000
SEARCH_MAX_MS = 200
OPEN_MAX_MS = 50
WORD = "wednesday"


def table(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Rows of `make bench`; times of this machine."""
    path = folder / "search.db"
    _fill(path)
    found = asyncio.run(_search(path))
    yield "a word that is in many, first search", f"{found['common']:.0f} ms", f"<= {SEARCH_MAX_MS} ms"
    yield "a word that is in none, first search", f"{found['first']:.0f} ms", f"<= {SEARCH_MAX_MS} ms"
    yield "the oldest of all", f"{found['oldest']:.0f} ms", f"<= {SEARCH_MAX_MS} ms"
    yield "one board only", f"{found['board']:.0f} ms", f"<= {SEARCH_MAX_MS} ms"
    yield "gathering the words of 512 messages", f"{found['gather']:.0f} ms", ""
    yield "words on the disk", f"{found['disk'] / 1024:.0f} KiB", ""
    yield "memory for it", f"{found['kib'] / 1024:.1f} MiB", ""
    yield "a page of a conversation", f"{found['page']:.1f} ms", f"<= {OPEN_MAX_MS} ms"


def _fill(path: Path) -> None:
    writer, reader = migrate.open_pair(path, VAULT)
    writer.execute("BEGIN")
    boards.add(writer, "here")
    for number in range(1, MESSAGES + 1):
        text = b"meet me at the bridge at noon on day %d, and bring the long rope" % number
        text = b"the first: saturday" if number == 1 else text + b" wednesday" * (number % 100 == 0)
        # Public posts of others are few: what fills a card is what is kept for ever.
        one = post(number, text=text, own=True) if number % 5 == 0 else letter(number, text=text)
        messages.add(writer, one)
    writer.execute("COMMIT")
    writer.close()
    reader.close()


async def _search(path: Path) -> dict[str, float]:
    database = Database.open(path, VAULT)
    try:
        found = {}

        async def timed(name: str, word: str, where: Where, hits: int) -> None:
            began = time.perf_counter()
            ids = await search.find(database, [word], where, 20)
            found[name] = (time.perf_counter() - began) * 1000
            assert len(ids) == hits, (name, len(ids))

        began, blocks = time.perf_counter(), 0
        while made := await database.write(finding.gather, urgent=True):
            blocks += made
        found["gather"] = (time.perf_counter() - began) * 1000 / blocks
        found["disk"] = await database.read(
            lambda connection: connection.execute("SELECT sum(length(words)) FROM words").fetchone()[0]
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await timed("first", "nowhere", Where(), 0)
        found["kib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        await timed("common", WORD, Where(), 20)
        await timed("oldest", "saturday", Where(), 1)
        await timed("board", WORD, Where(board="here"), 20)
        began = time.perf_counter()
        await database.read(lambda connection: messages.page(connection, "here", b"", 0, 60))
        found["page"] = (time.perf_counter() - began) * 1000
        return found
    finally:
        await database.close()
