"""Sealed files of others: gathered and handed on for somebody near who lacks one and is not served.

Who may not read a file still can check its pieces, by a manifest without name and key: its shell. It is
said when it is asked for, and proves itself, for the tag is the beginning of the digest. Whoever hears a wish
that nobody answers gathers the file and gives it on; his own wishes go a hop less far, so a wish moves at
most HELPERS hops.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.files.asking import SERVICE
from handheld.node.effects import Dropped, Effect
from handheld.node.filecourier import Courier
from handheld.node.odometer import Odometer
from handheld.node.shelf import FILES_MAX, NOBODY, Entry, Shelf, read_shell
from handheld.wire.constants import PUBLIC_START_TTL
from handheld.wire.files import FILE_TAG, NO_MANIFEST, FileNeed, Symbol

HELPERS = 3
"""So many in a row help."""

ASKED_MAX = 16
"""Files that somebody lacks, and that are remembered before anything of them is here."""

TRIES_MAX = 5
"""A shell is asked for so often; then not again for REST_MS."""

REST_MS = 30 * 60_000

PATIENCE_MS = 10 * 60_000
"""Who lacks something says so again within this time, or is helped no longer."""

CARRIED_MAX = 16
CARRIED_SHARE = 8
"""One part in so many of the room for files is for what others cannot fetch themselves."""


@dataclass(slots=True)
class _Asked:
    at: int
    ttl: int
    need: int
    tries: int = 0


class Helper:
    """Verbs: `lacked`, `shell`, `served`, `pump`. `may` says whether files of so many bytes are carried."""

    def __init__(
        self,
        shelf: Shelf,
        courier: Courier,
        entropy: Entropy,
        odometer: Odometer,
        may: Callable[[int], bool],
    ) -> None:
        self._shelf = shelf
        self._courier = courier
        self._entropy = entropy
        self._odometer = odometer
        self._may = may
        self._asked: OrderedDict[bytes, _Asked] = OrderedDict()
        self._helped: dict[bytes, int] = {}
        self.eager = False
        """Whether all that comes by is gathered: a box does."""

    def lacked(self, need: FileNeed, ttl: int, now: int) -> None:
        """Somebody near said that he lacks something, which may be told on to others `ttl` says how far."""
        entry = self._shelf.get(need.tag)
        if entry is not None and not entry.carried:
            return
        if need.need == NO_MANIFEST and entry is not None:
            self._courier.wish_manifest(entry, now)
        if need.tag in self._helped:
            self._helped[need.tag] = now
        if ttl <= PUBLIC_START_TTL - HELPERS or (entry is not None and entry.wanted):
            return
        if need.need == NO_MANIFEST and ttl == PUBLIC_START_TTL:
            return  # its symbols came by him, so who sent them is near him
        asked = self._asked.get(need.tag)
        if asked is None:
            if len(self._asked) >= ASKED_MAX:
                self._asked.popitem(last=False)
            self._asked[need.tag] = _Asked(now + self._wait(), ttl - 1, need.need)
        elif asked.tries >= TRIES_MAX and now >= asked.at:
            asked.tries, asked.at = 0, now + self._wait()

    def served(self, tag: bytes) -> None:
        """A piece of it was heard: somebody serves it."""
        asked = self._asked.get(tag)
        if asked is not None and asked.tries < TRIES_MAX:
            del self._asked[tag]

    def shell(self, symbol: Symbol, now: int) -> list[Effect]:
        """A shell was heard: from now on pieces of that file can be checked."""
        if symbol.tag in self._shelf:
            return []
        try:
            manifest = read_shell(symbol.data)
        except WireError as error:
            return [Dropped(error.reason, "a shell")]
        if manifest.digest[:FILE_TAG] != symbol.tag:
            return [Dropped("file tag", "a shell of another file")]
        size = manifest.packed
        if not self._may(size):
            return []
        gone = self._room(size)
        if gone is None:
            return [Dropped("files full", "no room to carry one more file")]
        entry = Entry(manifest, b"", NOBODY, b"", "", symbol.data, False, False, self._odometer.seconds)
        self._shelf.put(entry)
        self._courier.open(entry)
        effects = [*gone, *self._courier.adopt(entry, now)]
        if self.eager or symbol.tag in self._asked:
            self._begin(entry, now)
        return effects

    def next_deadline(self) -> int | None:
        """When `pump` has something to do."""
        return min((one.at for one in self._asked.values() if one.tries < TRIES_MAX), default=None)

    def pump(self, now: int) -> bytes:
        """A wish to be sent, or nothing; begins to help where it is time, and ends where nobody asks."""
        for tag, heard in list(self._helped.items()):
            if now - heard >= PATIENCE_MS:
                self._end(tag)
        for tag, asked in list(self._asked.items()):
            if asked.tries >= TRIES_MAX or now < asked.at:
                continue
            entry = self._shelf.get(tag)
            if entry is None:
                asked.tries += 1
                asked.at = now + (REST_MS if asked.tries >= TRIES_MAX else self._wait() << asked.tries)
                return self._courier.wish(tag, NO_MANIFEST, ttl=asked.ttl)
            if entry.carried:
                self._begin(entry, now)
            else:
                del self._asked[tag]
        return b""

    def _begin(self, entry: Entry, now: int) -> None:
        asked = self._asked.pop(entry.tag, None)
        entry.wanted = True
        self._courier.reach(entry.tag, asked.ttl if asked else PUBLIC_START_TTL)
        transfer = self._courier.loaded(entry.tag) or self._courier.open(entry)
        transfer.want(now)
        if asked is not None:
            self._helped[entry.tag] = now
            if asked.need != NO_MANIFEST:
                transfer.lacked(asked.need, (), now)

    def _end(self, tag: bytes) -> None:
        del self._helped[tag]
        entry, transfer = self._shelf.get(tag), self._courier.loaded(tag)
        if entry is not None and entry.carried and not entry.whole and transfer is not None:
            entry.wanted = False
            transfer.pause()

    def _room(self, size: int) -> list[Effect] | None:
        """What makes room for one more that is carried, at the cost of other carried ones only."""
        carried = self._shelf.carried
        over = sum(entry.manifest.packed for entry in carried) + size - self._shelf.quota // CARRIED_SHARE
        many = len(carried) + 1 - CARRIED_MAX
        effects: list[Effect] = []
        for entry in carried:
            if over <= 0 and many <= 0:
                break
            over, many = over - entry.manifest.packed, many - 1
            effects += self._courier.forget(entry)
        full = self._shelf.used + size > self._shelf.quota or self._shelf.known >= FILES_MAX
        return None if over > 0 or full else effects

    def _wait(self) -> int:
        frame_ms = self._courier.frame_ms
        return SERVICE * frame_ms + self._entropy.below(SERVICE * frame_ms)
