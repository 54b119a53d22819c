"""Files that are not on the disk as they are in memory: own ones just shared, and what it had no room for."""

from collections.abc import Iterable

from handheld.node.effects import Effect, KeepFile, KeepSymbols
from handheld.node.filecourier import PAYLOAD, Courier
from handheld.node.shelf import Entry, Shelf

AGAIN_MS = 60_000
"""After this time saving is tried once more."""


class Begun:
    """Own files that are shared when they are saved, and not before."""

    def __init__(self, shelf: Shelf, courier: Courier) -> None:
        self._shelf = shelf
        self._courier = courier
        self._before: dict[bytes, Entry | None] = {}

    def __contains__(self, tag: bytes) -> bool:
        return tag in self._before

    def put(self, entry: Entry, payload: bytes) -> None:
        """A file from here, all of which is at hand."""
        self._before[entry.tag] = self._shelf.get(entry.tag)
        self._shelf.put(entry)
        self._courier.open(entry, payload)

    def end(self, tag: bytes) -> bool:
        """It is saved, or gone: whether it was not before."""
        was = tag in self._before
        self._before.pop(tag, None)
        return was

    def withdraw(self, entry: Entry) -> None:
        """It could not be saved: all is as it was before."""
        if entry.tag not in self:
            return
        before = self._before.pop(entry.tag)
        self._courier.close(entry.tag)
        self._shelf.drop(entry.tag)
        if before is not None:
            self._shelf.put(before)


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
