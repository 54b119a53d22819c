"""Files of which something came that the disk had no room for: it is in memory until there is some."""

from collections.abc import Iterable

from handheld.node.effects import Effect, KeepFile, KeepSymbols
from handheld.node.filecourier import PAYLOAD, Courier
from handheld.node.shelf import Entry, Shelf

AGAIN_MS = 60_000
"""After this time saving is tried once more."""


class Unsaved:
    """Which files wait for room on the disk. Meanwhile nothing more of them is asked for."""

    def __init__(self, shelf: Shelf, courier: Courier) -> None:
        self._shelf = shelf
        self._courier = courier
        self._again: dict[bytes, int] = {}

    def failed(self, effects: Iterable[Effect], now: int) -> list[Entry]:
        """None of these was saved. Which files have just begun to wait."""
        waiting: list[Entry] = []
        for effect in effects:
            if not isinstance(effect, KeepFile | KeepSymbols):
                continue
            entry, transfer = self._shelf.get(effect.tag), self._courier.loaded(effect.tag)
            if entry is None or transfer is None:
                continue
            if not entry.unsaved:
                waiting.append(entry)
            entry.unsaved = True
            transfer.asking.stop()
            self._again[effect.tag] = now + AGAIN_MS
        return waiting

    def saved(self, entry: Entry, now: int) -> bool:
        """A file's row is on the disk, and what came of it: it is asked for again. Whether it had waited."""
        if self._again.pop(entry.tag, None) is None:
            return False
        entry.unsaved = False
        transfer = self._courier.loaded(entry.tag)
        if transfer is not None and entry.wanted:
            transfer.want(now)
        return True

    def next_deadline(self) -> int | None:
        """When `due` has something."""
        return min(self._again.values(), default=None)

    def due(self, now: int) -> list[Effect]:
        """Save all that came of what waits."""
        effects: list[Effect] = []
        for tag, at in list(self._again.items()):
            if now < at:
                continue
            entry, transfer = self._shelf.get(tag), self._courier.loaded(tag)
            if entry is None or transfer is None:
                del self._again[tag]
                continue
            self._again[tag] = now + AGAIN_MS
            whole = transfer.gathering.payload
            symbols = transfer.gathering.taken() if whole is None else ((PAYLOAD, whole),)
            effects += [entry.keep(), KeepSymbols(tag, symbols, instead=True)]
        return effects
