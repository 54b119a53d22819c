"""Who is in reach, as far as one can know: whoever was heard lately, and does answer."""

from handheld.node.entry import Entry
from handheld.node.outbox import Outbox
from handheld.node.people import NEIGHBOUR_MS, People
from handheld.node.routes import Routes

SURE_MS = 4 * 60 * 1_000
"""Who was heard within this time is hardly gone: everybody says more often that he is here."""


class Reach:
    """Looks at who was heard, which ways are known, and what was tried in vain."""

    def __init__(self, people: People, routes: Routes, outbox: Outbox) -> None:
        self._people = people
        self._routes = routes
        self._outbox = outbox
        self._since = 0

    def radio_up(self, now: int) -> None:
        """From now on we hear who is there."""
        self._since = now

    def holds(self, key: bytes, now: int) -> bool:
        """Whether somebody was heard lately; until we have listened for long enough, he may be there."""
        listened = now - self._since >= NEIGHBOUR_MS
        return not listened or self._people.near(key, now) or self._routes.knows(key, now)

    def lacks(self, entry: Entry, now: int) -> bool:
        """Whether the reader of this message is away, or as good as that."""
        sure = self._people.near(entry.reader, now, SURE_MS) or self._routes.knows(entry.reader, now)
        return not self.holds(entry.reader, now) or self._outbox.hopeless(entry, sure=sure)
