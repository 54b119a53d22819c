"""Who near has a file, or lacks parts of it: asked for when the owner wants to know, and never said unasked.

But whom a file was sealed for says once that he has all of it, as he would acknowledge a message.
"""

from collections import OrderedDict
from dataclasses import dataclass

from handheld.clock import Entropy
from handheld.crypto import holding
from handheld.errors import CryptoError, WireError
from handheld.node.effects import Dropped, Effect
from handheld.node.filecourier import Courier
from handheld.node.filehelp import HELPERS
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.prekeys import Prekeys
from handheld.node.shelf import Entry, Shelf
from handheld.wire.air import one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind
from handheld.wire.files import HOLDS, WHO, FileNeed, Holder, Symbol

ASK_MS = 5_000
"""The same is asked at most so often."""

SAY_MS = 4_000
"""And answered so often at the most, whoever asks."""

SPREAD = 60
"""Frames over which those who answer spread."""

HOLDERS_MAX = 64
"""People who are remembered of each file."""

PASSED_MAX = 64
"""Answers that were handed on, so that each is once."""

FULL_HUNDRED = 100


@dataclass(slots=True)
class _Answer:
    at: int
    salt: bytes


class Holders:
    """Verbs: `ask`, `asked`, `done`, `heard`, `pump`. What was heard is in memory only."""

    def __init__(
        self,
        prekeys: Prekeys,
        people: People,
        shelf: Shelf,
        courier: Courier,
        outbound: Outbound,
        entropy: Entropy,
        *,
        invisible: bool,
    ) -> None:
        self._prekeys = prekeys
        self._people = people
        self._shelf = shelf
        self._courier = courier
        self._outbound = outbound
        self._entropy = entropy
        self._invisible = invisible
        self._questions: dict[bytes, int] = {}
        self._asked: dict[bytes, int] = {}
        self._answers: dict[bytes, _Answer] = {}
        self._said: dict[bytes, int] = {}
        self._found: dict[bytes, OrderedDict[bytes, int]] = {}
        self._passed: OrderedDict[bytes, None] = OrderedDict()

    def ask(self, entry: Entry, now: int) -> None:
        """The owner wants to know who has this file."""
        if now >= self._asked.get(entry.tag, now):
            self._asked[entry.tag] = now + ASK_MS
            self._questions[entry.tag] = now

    def asked(self, need: FileNeed, now: int) -> None:
        """Somebody wants to know who has a file: whoever is not invisible says it of himself."""
        entry = self._shelf.get(need.tag)
        silent = self._invisible or entry is None or entry.own or entry.carried or not entry.wanted
        if not silent and now >= self._said.get(need.tag, now):
            self._said[need.tag] = now + SAY_MS
            self._answer(need.tag, need.salt.to_bytes(2, "big"), now)

    def done(self, entry: Entry, now: int) -> None:
        """A file is whole."""
        if len(entry.peer) == len(self._prekeys.identity.key) and not entry.own:
            self._answer(entry.tag, self._entropy.take(2), now)

    def close(self, tag: bytes) -> None:
        """The file is forgotten."""
        for known in (self._questions, self._asked, self._answers, self._said, self._found):
            known.pop(tag, None)

    def found(self, tag: bytes) -> tuple[list[bytes], list[bytes]]:
        """Who said that he has all of a file, and who that he lacks parts; by their keys."""
        found: dict[bytes, int] = self._found.get(tag, OrderedDict())
        return [key for key, lacks in found.items() if not lacks], [key for key in found if found[key]]

    def heard(self, symbol: Symbol, ttl: int) -> tuple[Entry | None, list[Effect]]:
        """Somebody says that he has a file, or parts of it: of which we know something new."""
        entry = self._shelf.get(symbol.tag)
        if entry is None or symbol.left > FULL_HUNDRED:
            return None, []
        if entry.carried:
            return None, self._pass(symbol, ttl)
        try:
            holder = decode(Holder, symbol.data)
        except WireError as error:
            return None, [Dropped(error.reason, "who has a file")]
        ours = self._prekeys.identity.key
        for key in self._people.candidates(holding.whom(holder, entry.key)):
            try:
                holding.verify(holder, symbol.tag, symbol.left, key, entry.key)
            except CryptoError:
                continue
            if key == ours or (len(entry.peer) == len(key) and entry.own and key != entry.peer):
                break
            found = self._found.setdefault(symbol.tag, OrderedDict())
            found[key] = symbol.left
            found.move_to_end(key)
            if len(found) > HOLDERS_MAX:
                found.popitem(last=False)
            return entry, []
        return None, [Dropped("holder", "nobody we know, or not what he said")]

    def next_deadline(self) -> int | None:
        """When `pump` has something."""
        return min((*self._questions.values(), *(one.at for one in self._answers.values())), default=None)

    def pump(self, now: int) -> bytes:
        """A question or an answer to be sent, or nothing."""
        for tag in list(self._questions):
            del self._questions[tag]
            return self._courier.wish(tag, WHO)
        for tag, answer in list(self._answers.items()):
            entry = self._shelf.get(tag)
            if now < answer.at:
                continue
            del self._answers[tag]
            if entry is not None:
                return self._say(entry, answer.salt)
        return b""

    def _answer(self, tag: bytes, salt: bytes, now: int) -> None:
        self._answers[tag] = _Answer(now + self._entropy.below(SPREAD * self._courier.frame_ms), salt)

    def _say(self, entry: Entry, salt: bytes) -> bytes:
        symbols = entry.shape.symbols
        lacks = 0 if entry.whole else max(1, FULL_HUNDRED * (symbols - entry.held) // symbols)
        holder = holding.say(self._prekeys.identity, entry.tag, lacks, salt, entry.key)
        return one_hop(AirKind.SYMBOL, encode(Symbol(entry.tag, HOLDS, lacks, encode(holder))))

    def _pass(self, symbol: Symbol, ttl: int) -> list[Effect]:
        """Who sent what we carry may not hear that it arrived."""
        if ttl <= PUBLIC_START_TTL - HELPERS or symbol.data in self._passed:
            return []
        self._passed[symbol.data] = None
        if len(self._passed) > PASSED_MAX:
            self._passed.popitem(last=False)
        return self._outbound.put(Outgoing(one_hop(AirKind.SYMBOL, encode(symbol), ttl=ttl - 1)), 0)
