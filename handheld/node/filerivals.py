"""Manifests that contradict the one that came first: of two for one file its pieces prove which is true.

Anybody who knows a file's digest can post a manifest with false checks before its author does. No piece says
which of them lies, for a liar can make pieces that fit his own; only a whole file does.
"""

from collections import OrderedDict
from collections.abc import Iterable

from handheld.files.gathering import Gathering
from handheld.node.shelf import Entry
from handheld.wire.files import Symbol

RIVALS_MAX = 4
"""Files that are gathered besides, the newest."""


class Rivals:
    """Gathers by the other manifests what comes; nothing of it is on the disk before it is proven."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[bytes, bytes, bytes], tuple[Entry, Gathering]] = OrderedDict()

    def put(self, entry: Entry, pieces: Iterable[tuple[int, bytes]]) -> None:
        """One more manifest, and what pieces of the file there are already."""
        manifest = entry.manifest
        name = (entry.tag, manifest.digest, manifest.top)
        if name in self._held:
            return
        gathering = Gathering(entry.tag, entry.shape, manifest.digest, manifest.top)
        for number, data in pieces:
            gathering.add(number, data)
        self._held[name] = entry, gathering
        if len(self._held) > RIVALS_MAX:
            self._held.popitem(last=False)

    def add(self, symbol: Symbol) -> tuple[Entry, bytes] | None:
        """A piece came: the file and its payload if that proves one of them."""
        for name, (entry, gathering) in self._held.items():
            if name[0] == symbol.tag:
                gathering.add(symbol.number, symbol.data)
                if gathering.payload is not None:
                    self.close(symbol.tag)
                    return entry, gathering.payload
        return None

    def close(self, tag: bytes) -> None:
        """The file is whole, or goes."""
        for name in [name for name in self._held if name[0] == tag]:
            del self._held[name]
