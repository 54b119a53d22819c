"""Files on the air: symbols and wishes in and out, one frame at a time, when nothing else waits."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.files.gathering import Added
from handheld.files.shape import Shape
from handheld.files.transfer import Lack, Sym, Transfer
from handheld.node.effects import Dropped, Effect, ForgetFile, KeepSymbols, LoadFile
from handheld.node.fileconsent import Consent
from handheld.node.filepace import Pace
from handheld.node.filerivals import Rivals
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.shelf import Entry, Shelf, shell_of
from handheld.wire.air import NO_MAC, AirPlain, first_byte, flood, hop_byte, one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind, AirMode
from handheld.wire.files import NO_MANIFEST, SHELL, SYMBOL_MAX, FileNeed, Symbol

PAYLOAD = -1
"""The number under which a whole payload is kept."""

LOADED_MAX = 8
"""Files in memory."""

STRAYS_MAX, STRAY_SYMBOLS = 2, 300
"""Files of which symbols came before their manifest; symbols kept of each."""

STRAY_TRIES, STRAY_MS, STRAY_KEPT_MS = 6, 250, 300_000
"""So often a manifest is asked for, twice as late each time; then what came waits for it without a word."""

PATIENCE = 50
"""Frames to wait for symbols after a manifest was heard, before asking for them."""

MANIFEST_MS, MANIFEST_FRAMES = 250, 10
"""A manifest is said again at most so often: it may have been lost."""

LACKED_MS = 60_000
"""Who lacks something says so again within this time, while it comes at all."""

INLINE = 2
"""A file of so few symbols floods with its manifest."""


def earliest(*times: int | None) -> int | None:
    """The first of these times, where there is one."""
    return min((at for at in times if at is not None), default=None)


@dataclass(slots=True)
class _Stray:
    at: int
    symbols: dict[int, bytes] = field(default_factory=dict)
    tries: int = 0


class Courier:
    """Moves the files of a shelf as far as `consent` goes."""

    def __init__(self, shelf: Shelf, outbound: Outbound, entropy: Entropy, consent: Consent) -> None:
        self._shelf = shelf
        self._outbound = outbound
        self._entropy = entropy
        self._consent = consent
        self._transfers: OrderedDict[bytes, Transfer] = OrderedDict()
        self._loading: dict[bytes, list[Lack]] = {}
        self._strays: OrderedDict[bytes, _Stray] = OrderedDict()
        self._manifests: dict[bytes, int] = {}
        self._said: dict[bytes, int] = {}
        self._lacks: dict[bytes, tuple[int, int]] = {}
        self._pace = Pace()
        self._reach: dict[bytes, int] = {}
        self._came: dict[bytes, int] = {}
        self._lost: list[Effect] = []
        self._rivals = Rivals()

    @property
    def frame_ms(self) -> int:
        """What a symbol takes from one host to the next."""
        return self._pace.frame_ms

    def radio(self, airtime_us: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._pace.radio(airtime_us)
        for transfer in self._transfers.values():
            transfer.frame_ms = self.frame_ms

    def seconds(self, travels: int) -> int:
        """About how long so many bytes take on this air, nothing lost."""
        return -(-(Shape(travels).symbols + 1) * self.frame_ms // 1_000)

    def loaded(self, tag: bytes) -> Transfer | None:
        """The file, if it is in memory."""
        return self._transfers.get(tag)

    def open(self, entry: Entry, payload: bytes = b"") -> Transfer:
        """Have a file in memory that nothing was saved of yet, or all of it."""
        transfer = Transfer(entry.tag, entry.shape, entry.manifest.digest, entry.manifest.top, self._entropy)
        transfer.frame_ms = self.frame_ms
        if payload and not transfer.gathering.fill(payload):
            raise WireError("digest", "a payload that is not the manifest's")
        self._transfers[entry.tag] = transfer
        self._prune()
        return transfer

    def own(self, entry: Entry) -> None:
        """Put a file on the shelf; what was carried of it, for others as it seemed, is of use."""
        was = self._shelf.get(entry.tag)
        same = was is not None and (was.manifest.digest, was.manifest.top) == (
            entry.manifest.digest,
            entry.manifest.top,
        )
        if was is not None and same:
            entry.whole, entry.held = was.whole, was.held
        else:
            self.close(entry.tag)
        self._reach.pop(entry.tag, None)
        self._shelf.put(entry)
        if entry.tag not in self._transfers and not entry.whole:
            self.open(entry)

    def rival(self, known: Entry, entry: Entry) -> None:
        """Another manifest of this file contradicts the first."""
        if known.whole or known.own or self._shelf.room(entry.manifest.packed, own=False) != []:
            return
        transfer = self._transfers.get(known.tag)
        self._rivals.put(entry, transfer.gathering.taken() if transfer is not None else ())

    def load(self, tag: bytes) -> list[Effect]:
        """Have a file in memory of which something was saved."""
        if tag in self._transfers or tag in self._loading:
            return []
        self._loading[tag] = []
        return [LoadFile(tag)]

    def read(self, entry: Entry, symbols: list[tuple[int, bytes]], now: int) -> None:
        """What was saved of it."""
        waiting = self._loading.pop(entry.tag, [])
        transfer = self.open(entry)
        for number, data in symbols:
            if number == PAYLOAD:
                transfer.gathering.fill(data)
            else:
                transfer.gathering.add(number, data)
        entry.whole, entry.held = transfer.whole, transfer.gathering.held
        for lack in waiting:
            transfer.lacked(*lack, now)

    def forget(self, entry: Entry) -> list[Effect]:
        """The file goes."""
        self._shelf.drop(entry.tag)
        self.close(entry.tag)
        return [ForgetFile(entry.tag)]

    def empty(self, entry: Entry) -> list[Effect]:
        """What is here of it goes, and is asked for no more."""
        self.close(entry.tag)
        entry.whole = entry.wanted = entry.pinned = entry.unsaved = entry.agreed = False
        entry.held = 0
        return [ForgetFile(entry.tag), entry.keep()]

    def reach(self, tag: bytes, ttl: int) -> None:
        """Wishes for this file go so far from now on."""
        self._reach[tag] = ttl

    def close(self, tag: bytes) -> None:
        """The file is not in memory any more."""
        self._reach.pop(tag, None)
        self._came.pop(tag, None)
        self._transfers.pop(tag, None)
        self._rivals.close(tag)
        self._loading.pop(tag, None)
        self._manifests.pop(tag, None)
        self._said.pop(tag, None)
        self._lacks.pop(tag, None)

    def flood(self, entry: Entry, now: int) -> list[Effect]:
        """Send a tiny file to everybody, whoever asks."""
        transfer = self._transfers[entry.tag]
        effects: list[Effect] = []
        for number in range(transfer.shape.symbols):
            symbol = Symbol(entry.tag, number, 0, transfer.symbol(number))
            air = flood(AirKind.SYMBOL, PUBLIC_START_TTL, encode(symbol))
            effects += self._outbound.put(Outgoing(air), now)
        return effects

    def adopt(self, entry: Entry, now: int) -> list[Effect]:
        """A manifest came: take what came before it."""
        stray = self._strays.pop(entry.tag, None)
        effects: list[Effect] = []
        for number, data in stray.symbols.items() if stray else ():
            effects += self.symbol(Symbol(entry.tag, number, 0, data), now)
        return effects

    def symbol(self, symbol: Symbol, now: int) -> list[Effect]:
        """A symbol was heard: what to keep of it."""
        self._paced(symbol, now)
        entry = self._shelf.get(symbol.tag)
        if entry is None:
            self._stray(symbol, now)
            return []
        if not entry.wanted and not entry.carried:
            return []
        if not entry.whole and (proven := self._rivals.add(symbol)) is not None:
            return self._proven(*proven)
        transfer = self._transfers.get(symbol.tag)
        if transfer is None:
            return [] if entry.whole else self.load(symbol.tag)
        return self._heard(entry, transfer, symbol, now)

    def _proven(self, entry: Entry, payload: bytes) -> list[Effect]:
        """What came is whole by another manifest than the first, which lied."""
        self.close(entry.tag)
        entry.wanted = True
        self._shelf.put(entry)
        self.open(entry, payload)
        kept = KeepSymbols(entry.tag, ((PAYLOAD, payload),), instead=True)
        return [Dropped("lying manifest", "the file is another one's"), entry.keep(), kept]

    def _heard(self, entry: Entry, transfer: Transfer, symbol: Symbol, now: int) -> list[Effect]:
        was = transfer.whole
        self._came[symbol.tag] = now
        added = transfer.heard(symbol.number, symbol.left, symbol.data, now)
        if was:
            return []
        entry.held = transfer.gathering.held
        if entry.carried:
            # Only all of it is worth a place on the disk: its author has it still, while there are pieces.
            return self._carry(entry, transfer.gathering.payload)
        if transfer.gathering.payload is not None:
            return [KeepSymbols(symbol.tag, ((PAYLOAD, transfer.gathering.payload),), instead=True)]
        if added is Added.SPOILT:
            spoilt = Dropped("spoilt file", "made-up symbols of it were taken, and are gone")
            return [spoilt, KeepSymbols(symbol.tag, transfer.gathering.checked(), instead=True)]
        if added is Added.FORGED:
            return [Dropped("forged symbol", "not what the file's checks say")]
        return [KeepSymbols(symbol.tag, ((symbol.number, symbol.data),))] if added is Added.NEWS else []

    def _carry(self, entry: Entry, payload: bytes | None) -> list[Effect]:
        if payload is None:
            return []
        entry.whole = entry.wanted = True
        return [entry.keep(), KeepSymbols(entry.tag, ((PAYLOAD, payload),), instead=True)]

    def need(self, need: FileNeed, now: int) -> list[Effect]:
        """Somebody lacks something."""
        entry = self._shelf.get(need.tag)
        if entry is None or not entry.wanted:
            return []
        if need.need == NO_MANIFEST:
            self.wish_manifest(entry, now)
            return []
        self._lacks[need.tag] = (min(need.need, entry.shape.symbols), now)
        if self._consent.waits(entry):
            return []
        lack = Lack(need.need, need.plain)
        if (transfer := self._transfers.get(need.tag)) is not None:
            transfer.lacked(*lack, now)
            return []
        if not entry.whole:
            return []
        effects = self.load(need.tag)
        self._loading[need.tag] = [*self._loading[need.tag][-3:], lack]
        return effects

    def lacked(self, tag: bytes, now: int) -> int:
        """How many pieces somebody near said he lacks, not long ago; who he is does not travel."""
        need, at = self._lacks.get(tag, (0, now))
        return need if now - at < LACKED_MS else 0

    def quiet_s(self, tag: bytes, now: int) -> int | None:
        """Seconds since the last piece came; None before the first, since the start."""
        return None if tag not in self._came else max(0, now - self._came[tag]) // 1_000

    def next_deadline(self, other: int | None = None) -> int | None:
        """When `pump` has something to send, or `first` may; None while others are on their way."""
        if not self._outbound.idle:
            return None
        times = [
            *(() if other is None else (other,)),
            *(stray.at for stray in self._strays.values()),
            *self._manifests.values(),
            *(at for tag in self._moving() if (at := self._transfers[tag].next_deadline()) is not None),
        ]
        return min(times, default=None)

    def pump(self, now: int, first: Callable[[], bytes] = bytes) -> list[Effect]:
        """The next frame of a file, if the air is free for files; `first` may have a better one."""
        if not self._outbound.idle:
            return []
        air = first() or self._stray_wish(now) or self._manifest(now) or self._frame(now)
        lost, self._lost = self._lost, []
        return [*lost, *(self._outbound.put(Outgoing(air), now) if air else [])]

    def _moving(self) -> list[bytes]:
        """What is in memory and not held back."""
        entries = ((tag, self._shelf.get(tag)) for tag in self._transfers)
        return [tag for tag, entry in entries if entry is not None and not self._consent.waits(entry)]

    def _frame(self, now: int) -> bytes:
        for tag in self._moving():
            given = self._transfers[tag].next(now)
            if given is None:
                continue
            self._transfers.move_to_end(tag)  # another file's turn
            if isinstance(given, Sym):
                symbol = Symbol(tag, *given)
                self._paced(symbol, now)
                return one_hop(AirKind.SYMBOL, encode(symbol))
            return self.wish(tag, given.need, given.plain, self._reach.get(tag, PUBLIC_START_TTL))
        return b""

    def wish(self, tag: bytes, need: int, plain: tuple[int, ...] = (), ttl: int = PUBLIC_START_TTL) -> bytes:
        """The frame that says we lack something of a file."""
        numbers = b"".join(number.to_bytes(2, "big") for number in plain)
        salt = int.from_bytes(self._entropy.take(2), "big")
        return one_hop(AirKind.NEED, encode(FileNeed(tag, need, salt, numbers)), ttl=ttl)

    def _stray(self, symbol: Symbol, now: int) -> None:
        stray = self._strays.get(symbol.tag)
        if stray is None:
            if len(self._strays) >= STRAYS_MAX:
                self._give_up(next(iter(self._strays)))
            stray = self._strays[symbol.tag] = _Stray(now + self._some_frames(10, 40))
        if len(stray.symbols) < STRAY_SYMBOLS and len(symbol.data) <= SYMBOL_MAX:
            stray.symbols.setdefault(symbol.number, symbol.data)

    def _give_up(self, tag: bytes) -> None:
        del self._strays[tag]
        self._lost.append(Dropped("unknown file", "pieces of a file that nobody near tells of"))

    def _stray_wish(self, now: int) -> bytes:
        for tag, stray in self._strays.items():
            if now < stray.at:
                continue
            stray.tries += 1
            if stray.tries > STRAY_TRIES:
                self._give_up(tag)
                return b""
            wait = max(STRAY_MS, self._some_frames(20, 30)) << stray.tries
            stray.at = now + (wait if stray.tries < STRAY_TRIES else STRAY_KEPT_MS)
            return self.wish(tag, NO_MANIFEST)
        return b""

    def wish_manifest(self, entry: Entry, now: int) -> None:
        """Somebody lacks the manifest of a file: its owner says it at once, others leave him time."""
        if entry.tag in self._manifests or now < self._said.get(entry.tag, now):
            return
        low, high = (2, 6) if entry.own else (20, 60)
        if entry.own or entry.whole or entry.carried:
            self._manifests[entry.tag] = now + self._some_frames(low, high)

    def _manifest(self, now: int) -> bytes:
        for tag, at in self._manifests.items():
            if now < at:
                continue
            del self._manifests[tag]
            self._said[tag] = now + max(MANIFEST_MS, MANIFEST_FRAMES * self.frame_ms)
            if (entry := self._shelf.get(tag)) is not None:
                if entry.manifest.sealed:
                    return one_hop(AirKind.SYMBOL, encode(Symbol(tag, SHELL, 0, shell_of(entry.manifest))))
                # ttl 1: a copy that is handed on is no sign that its author is near.
                first, hop = first_byte(AirKind.POST), hop_byte(AirMode.ONE_HOP, 1)
                return encode(AirPlain(first, hop, NO_MAC, entry.content[1:]))
            return b""
        return b""

    def _some_frames(self, low: int, high: int) -> int:
        return low * self.frame_ms + self._entropy.below((high - low) * self.frame_ms)

    def _paced(self, symbol: Symbol, now: int) -> None:
        self._pace.symbol(symbol.tag, symbol.left, now)
        if (transfer := self._transfers.get(symbol.tag)) is not None:
            transfer.frame_ms = self.frame_ms

    def _prune(self) -> None:
        for tag in list(self._transfers)[: max(0, len(self._transfers) - LOADED_MAX)]:
            if self._transfers[tag].next_deadline() is None:
                del self._transfers[tag]
