"""Files: what the owner shares and asks for, what others' manifests tell, and what becomes of it.

A manifest travels like any other record: as a public post, in a letter, or in a room. Symbols follow it, and
are moved by `courier`. What is public and was heard live is gathered by itself; what came later, from
somebody's store, is only listed until the owner asks for it.
"""

from collections.abc import Callable, Iterable

from handheld.clock import Entropy
from handheld.commands import Share
from handheld.crypto.filebox import seal_file
from handheld.errors import Refused, WireError
from handheld.events import FileChanged, FileForgotten, FileInfo
from handheld.files.content import shrink
from handheld.files.look import Look
from handheld.files.names import given
from handheld.files.shape import digest_of
from handheld.node.boards import board_name
from handheld.node.effects import (
    Dropped,
    Effect,
    KeepFile,
    KeepLetter,
    KeepPost,
    KeepRoomPost,
    KeepSymbols,
    LoadFile,
    Tell,
)
from handheld.node.filecards import UNSEEN, FileCards, travels
from handheld.node.fileconsent import Consent
from handheld.node.filecourier import INLINE, PATIENCE, PAYLOAD, Courier, earliest
from handheld.node.filehelp import Helper
from handheld.node.fileholders import Holders
from handheld.node.filing import LIMIT
from handheld.node.mail import Mail
from handheld.node.odometer import Odometer
from handheld.node.outbound import Outbound
from handheld.node.people import People
from handheld.node.rooms import Rooms
from handheld.node.shelf import QUOTA, Entry, Shelf, manifest_of, opened, read_public, read_sealed
from handheld.node.unsaved import Begun, Unsaved
from handheld.sync.mailbag import BOX_TIMES
from handheld.text import amount
from handheld.wire.age import unpack
from handheld.wire.air import AirFrame
from handheld.wire.codec import decode, encode
from handheld.wire.constants import LetterKind, PostType, RoomType
from handheld.wire.files import HOLDS, SHELL, WHO, FileKey, FileNeed, Manifest, Symbol

TOLD_MS = 1_000
"""Progress of a file is told at most so often."""

REBOOT_FRAMES = 10

Write = Callable[[str, PostType, bytes, int], KeepPost]
"""Board, type, text with its fields, wall-time label -> the own post, signed."""


class Sharing:
    """The organ for files. `limit`: bytes of a file that may be shared, or comes unasked."""

    holders: Holders

    def __init__(
        self,
        people: People,
        mail: Mail,
        rooms: Rooms,
        odometer: Odometer,
        outbound: Outbound,
        entropy: Entropy,
        write: Write,
    ) -> None:
        self._people = people
        self.consent = Consent()
        self._cards = FileCards(people, rooms, self.consent)
        self._mail = mail
        self._rooms = rooms
        self._odometer = odometer
        self._outbound = outbound
        self._entropy = entropy
        self._write = write
        self.shelf = Shelf()
        self.courier = Courier(self.shelf, outbound, entropy, self.consent)
        self.helper = Helper(self.shelf, self.courier, entropy, odometer, self._unasked)
        self.unsaved = Unsaved(self.shelf, self.courier)
        self.begun = Begun(self.shelf, self.courier)
        self.limit = LIMIT
        self._gathers_all = False
        self._told: dict[bytes, int] = {}
        self._opened: tuple[bytes, bytes] = (b"", b"")

    def gather_all(self) -> None:
        """Be a box: ask for all that is public, also what was shared before, and keep ten times as much."""
        self._gathers_all = self.helper.eager = True
        self.shelf.quota = QUOTA * BOX_TIMES

    def restore(self, keeps: Iterable[tuple[KeepFile, int]]) -> list[Effect]:
        """What the store held; what of it could not be read."""
        return [Dropped("saved file", "its manifest cannot be read")] * self.shelf.restore(keeps)

    def share(self, command: Share, content: bytes, at: int) -> tuple[Entry, list[Effect]]:
        """Share a file: what it is known by, and what to keep. Refused, with nothing changed."""
        if sum(map(bool, (command.board, command.room, command.who))) > 1:
            raise Refused("Share with one board, one room or one person; not with two at once.")
        size = travels(content, self.limit)
        if self.consent.slow(size) and not command.yes:
            raise Refused(
                f"{amount(size)} would keep this slow air busy for about {self.courier.seconds(size)} s. "
                "To send it all the same: --yes"
            )
        self._outbound.room()
        name = given(command.path)
        if command.who or command.room:
            return self._share_sealed(command, content, name, at)
        board = board_name(command.board or "here")
        packed, small = shrink(content)
        known = self.shelf.get(digest_of(packed)[:6])
        manifest = manifest_of(name, len(content), packed, shrunk=small, sealed=False)
        # What is on its way to the disk still is shared as if for the first time.
        if known is not None and known.whole and known.tag not in self.begun:
            # Kept once, and told again: to another board, or to who forgot it. Who lacks pieces asks.
            known.board = board
            again = self._write(board, PostType.FILE, encode(manifest), at)
            return known, [*self.resume(known, 0, yes=command.yes), again]
        gone = self._room(len(packed))
        post = self._write(board, PostType.FILE, encode(manifest), at)
        entry = self._entry(manifest, post.author, post.raw, own=True, board=board)
        entry.agreed = command.yes
        return entry, [*gone, *self._begin(entry, packed), post]

    def _share_sealed(
        self, command: Share, content: bytes, name: bytes, at: int
    ) -> tuple[Entry, list[Effect]]:
        reader = self._people.find(command.who) if command.who else b""
        if reader == self._people.own:
            raise Refused("That is your own key. The file is here already.")
        room = self._rooms.find(command.room) if command.room else None
        small, shrunk = shrink(content)
        key, packed = seal_file(small, self._entropy.take(32))
        manifest = manifest_of(name, len(content), packed, shrunk=shrunk, sealed=True)
        gone = self._room(len(packed))
        body = encode(FileKey(key, encode(manifest)))
        self._mail.outbox.room()
        record: KeepLetter | KeepRoomPost
        if room is not None:
            record = self._rooms.attach(room, RoomType.FILE, body, at)
        else:
            record = self._mail.write(reader, LetterKind.FILE_KEY, body, at)
        peer = room.id if room is not None else reader
        entry = self._entry(manifest, self._people.own, body, own=True, key=key, peer=peer)
        entry.agreed = command.yes
        return entry, [*gone, *self._begin(entry, packed), record]

    def resume(self, entry: Entry, now: int, *, yes: bool = False) -> list[Effect]:
        """Ask for a file until it is whole; go on sending it if it is. `yes`: over slow air, too."""
        gone: list[Effect] = []
        if not entry.wanted and not entry.whole and not entry.held:
            gone = self._room(entry.manifest.packed)
        entry.wanted = True
        entry.agreed |= yes
        transfer = self.courier.loaded(entry.tag)
        if transfer is not None and not transfer.whole:
            transfer.want(now)
        load = self.courier.load(entry.tag) if transfer is None else []
        return [*gone, entry.keep(), *load, *self.tell(entry, now)]

    def pause(self, entry: Entry, now: int) -> list[Effect]:
        """Neither ask for a file nor send it."""
        entry.wanted = False
        if (transfer := self.courier.loaded(entry.tag)) is not None:
            transfer.pause()
        return [entry.keep(), *self.tell(entry, now)]

    def let_go(self, entry: Entry, now: int) -> list[Effect]:
        """Take away what is here of a file. Its name stays, so that it can be asked for again."""
        self._leave(entry)
        return [*self.courier.empty(entry), *self.tell(entry, now)]

    def _leave(self, entry: Entry) -> None:
        self._told.pop(entry.tag, None)
        self.begun.end(entry.tag)
        self._opened = (b"", b"")
        self.holders.close(entry.tag)

    def forget(self, entry: Entry) -> list[Effect]:
        """Take a file away, with its name."""
        self._leave(entry)
        told = [] if entry.carried else [Tell(FileForgotten(entry.tag.hex()))]
        return [*self.courier.forget(entry), *told]

    def content(self, entry: Entry) -> bytes:
        """A whole file as it is, which is in memory. Refused says why it cannot be had."""
        if self._opened[0] == entry.tag + entry.key:
            return self._opened[1]
        transfer = self.courier.loaded(entry.tag)
        payload = transfer.gathering.payload if transfer else None
        if payload is None:
            raise Refused(f"Not all of this file is here yet: {entry.held} of {entry.shape.symbols} pieces.")
        self._opened = (entry.tag + entry.key, opened(entry, payload))
        return self._opened[1]

    def symbol(self, air: AirFrame, now: int) -> list[Effect]:
        """A frame of kind SYMBOL. Raises WireError."""
        symbol = decode(Symbol, air.body)
        if symbol.number == SHELL:
            return self.helper.shell(symbol, now)
        if symbol.number == HOLDS:
            entry, effects = self.holders.heard(symbol, air.ttl)
            return [*effects, *self.tell(entry, now)] if entry is not None else effects
        self.helper.served(symbol.tag)
        return self._moved(symbol.tag, self.courier.symbol(symbol, now), now)

    def need(self, air: AirFrame, now: int) -> list[Effect]:
        """A frame of kind NEED. Raises WireError."""
        need = decode(FileNeed, air.body)
        if need.need == WHO:
            self.holders.asked(need, now)
            return []
        self.helper.lacked(need, air.ttl, now)
        return self.courier.need(need, now)

    def told(self, post: KeepPost | KeepRoomPost, now: int) -> list[Effect]:
        """Somebody else's manifest is on the disk."""
        if isinstance(post, KeepRoomPost):
            return self._sealed(post.text, post.author, post.room, now)
        try:
            manifest = read_public(post.raw)
        except WireError as error:
            return [Dropped(error.reason, "a manifest")]
        return self._noticed(
            self._entry(manifest, post.author, post.raw, board=post.board, age=post.age),
            now,
            live=not post.age,
        )

    def letter(self, letter: KeepLetter, now: int) -> list[Effect]:
        """Somebody's sealed file, for us."""
        return self._sealed(letter.text, letter.author, letter.author, now)

    def _sealed(self, body: bytes, author: bytes, peer: bytes, now: int) -> list[Effect]:
        try:
            key, manifest = read_sealed(body)
        except WireError as error:
            return [Dropped(error.reason, "a manifest")]
        return self._noticed(self._entry(manifest, author, body, key=key, peer=peer), now, live=True)

    def _noticed(self, entry: Entry, now: int, *, live: bool) -> list[Effect]:
        """Somebody shares a file; of two manifests of one tag the first holds, until the other is proven."""
        known = self.shelf.get(entry.tag)
        if known is not None and not known.carried:
            first, second = known.manifest, entry.manifest
            if (first.digest, first.top, first.packed) != (second.digest, second.top, second.packed):
                self.courier.rival(known, entry)
                return [Dropped("file tag", "two files under one tag: the first stays")]
            if not live or not known.empty:
                return []
        size = entry.manifest.packed
        asked = (live or self._gathers_all) and self._unasked(size)
        goes = self.shelf.room(size if asked else 0, own=False)
        if goes is None:
            return [Dropped("files full", "no room for one more file")]
        entry.wanted = asked
        effects = [effect for old in goes for effect in self.forget(old)]
        self.courier.own(entry)
        effects.append(entry.keep())
        transfer = self.courier.loaded(entry.tag)
        if entry.wanted and transfer is not None:
            transfer.want(now, PATIENCE)
        effects += self._moved(entry.tag, self.courier.adopt(entry, now), now)
        return [*effects, *self.tell(entry, now)]

    def _unasked(self, size: int) -> bool:
        """Whether so many bytes may come without the owner's word."""
        return size <= self.limit and not self.consent.slow(size)

    def loaded(self, load: LoadFile, saved: list[tuple[int, bytes]], now: int) -> list[Effect]:
        """What the disk has of a file, which was asked for."""
        entry = self.shelf.get(load.tag)
        if entry is None:
            return []
        was = entry.whole
        self.courier.read(entry, saved, now)
        transfer = self.courier.loaded(load.tag)
        if transfer is not None and not transfer.whole and entry.wanted:
            transfer.want(now)
        return [entry.keep()] if was and not entry.whole else []

    def kept(self, keep: KeepFile, now: int) -> list[Effect]:
        """A file's row is on the disk: what is shared here goes out."""
        entry = self.shelf.get(keep.tag)
        if entry is not None and self.unsaved.saved(entry, now):
            return self.tell(entry, now)
        return self._offer(entry, now) if entry is not None and self.begun.end(keep.tag) else []

    def _offer(self, entry: Entry, now: int) -> list[Effect]:
        transfer = self.courier.loaded(entry.tag)
        if transfer is None:
            return []
        if entry.shape.symbols <= INLINE:
            return self.courier.flood(entry, now)
        transfer.offer(now + 2 * self.courier.frame_ms)
        return []

    def radio(self, airtime_us: int, now: int) -> list[Effect]:
        """A radio is there whose longest frame takes so long: what is not whole is asked for again."""
        self.consent.radio(airtime_us)
        self.courier.radio(airtime_us)
        effects: list[Effect] = []
        for entry in [entry for entry in self.shelf if entry.wanted and not entry.whole][-REBOOT_FRAMES:]:
            transfer = self.courier.loaded(entry.tag)
            if transfer is not None:
                transfer.want(now)
            else:
                effects += self.courier.load(entry.tag)
        return effects

    def next_deadline(self) -> int | None:
        """When `pump` is wanted."""
        first = (self.helper.next_deadline(), self.holders.next_deadline())
        return earliest(self.courier.next_deadline(earliest(*first)), self.unsaved.next_deadline())

    def pump(self, now: int) -> list[Effect]:
        """Give the radio one frame of a file, if nothing else waits for it."""
        return [
            *self.unsaved.due(now),
            *self.courier.pump(now, lambda: self.holders.pump(now) or self.helper.pump(now)),
        ]

    def expire(self, powered: int) -> list[Effect]:
        """Forget what is too old."""
        return [effect for entry in self.shelf.expired(powered) for effect in self.forget(entry)]

    def info(self, entry: Entry, now: int, look: Look = UNSEEN) -> FileInfo:
        """A file as it is shown."""
        return self._cards.info(entry, self.courier, now, look, self.holders.found(entry.tag))

    def tell(self, entry: Entry, now: int) -> list[Effect]:
        """Say how a file is now."""
        if entry.carried:
            return []
        self._told[entry.tag] = now
        return [Tell(FileChanged(self.info(entry, now)))]

    def _moved(self, tag: bytes, effects: list[Effect], now: int) -> list[Effect]:
        """Something of a file came: when all of it has, that is saved with it."""
        entry = self.shelf.get(tag)
        if entry is None or not any(isinstance(effect, KeepSymbols) for effect in effects):
            return effects
        transfer = self.courier.loaded(tag)
        if transfer is not None and transfer.whole and not entry.whole:
            entry.whole = True
            self.holders.done(entry, now)
            return [*effects, entry.keep(), *self.tell(entry, now)]
        if now - self._told.get(tag, now - TOLD_MS) >= TOLD_MS:
            return [*effects, *self.tell(entry, now)]
        return effects

    def _entry(
        self,
        manifest: Manifest,
        author: bytes,
        content: bytes,
        *,
        own: bool = False,
        key: bytes = b"",
        peer: bytes = b"",
        board: str = "",
        age: int = 0,
    ) -> Entry:
        born = self._odometer.seconds - min(age, unpack(255))
        return Entry(manifest, key, author, peer, board, content, own, wanted=own, born=born)

    def _room(self, size: int) -> list[Effect]:
        goes = self.shelf.room(size, own=True)
        if goes is None:
            raise Refused(
                f"{amount(self.shelf.quota)} of files are here already, none of which may go. "
                "Forget some: pocketmesh forget ID"
            )
        return [effect for old in goes for effect in self.forget(old)]

    def _begin(self, entry: Entry, payload: bytes) -> list[Effect]:
        entry.whole, entry.held = True, entry.shape.symbols
        self.begun.put(entry, payload)
        kept = KeepSymbols(entry.tag, ((PAYLOAD, payload),), instead=True)
        return [entry.keep(), kept, *self.tell(entry, 0)]
