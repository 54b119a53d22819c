"""Mail that walks: what we carry for others, what takes it back, and what of ours others carry.

Sealed mail and posts in rooms are carried as they were heard, byte 0 and body, whoever they are for. An ack
that anybody hears, and anybody can check, ends that; it is kept longer than the mail, and handed to whoever
offers that still. Nothing is written to the card within the first minute: most mail is answered by then.
"""

import hashlib
from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import NamedTuple

from handheld.crypto.sealing import commitment_of
from handheld.events import Carried
from handheld.node.effects import DropCarried, Effect, KeepCarried, KeepReceipt
from handheld.node.odometer import Odometer
from handheld.sync.mailbag import BOX_TIMES, OWN, QUOTA, REST, SETTLED_S, VERIFIED, Mailbag
from handheld.wire.codec import decode
from handheld.wire.constants import ID_LENGTH, AirKind
from handheld.wire.records import Private
from handheld.wire.rooms import RoomFrame

RECEIPTS_MAX = 8_000
"""Acks held of mail that was carried here; the oldest go first. The store keeps as many."""

EXPECTED_MAX = 512
"""Frames whose age somebody said and that have not come yet."""

ACKS_MAX = 1_024
"""Acks remembered of mail that was not heard here: the mail may come after them, by another way."""


def frame_id(raw: bytes) -> bytes:
    """The id of a frame, 8 bytes, from byte 0 and the body."""
    return hashlib.sha256(raw).digest()[:ID_LENGTH]


class _Carried(NamedTuple):
    raw: bytes
    commitment: bytes
    """Of mail, what its ack hashes to; empty for a post in a room, which has none."""
    message: int


class Carrying:
    """The organ for carried frames."""

    def __init__(self, odometer: Odometer) -> None:
        self._odometer = odometer
        self.bag = Mailbag()
        self._held: dict[bytes, _Carried] = {}
        self._by_commitment: dict[bytes, bytes] = {}
        self._unsaved: deque[tuple[int, bytes]] = deque()
        self._saved: set[bytes] = set()
        self._receipts: OrderedDict[bytes, bytes] = OrderedDict()
        self._answers: dict[bytes, bytes] = {}
        self._acks: OrderedDict[bytes, bytes] = OrderedDict()
        self._ages: OrderedDict[bytes, int] = OrderedDict()
        self.given: set[int] = set()
        """Own messages of which frames were handed to others since the start."""

    def restore(
        self,
        carried: Iterable[tuple[bytes, bytes, int, int, int, int]],
        receipts: Iterable[tuple[bytes, bytes, bytes, int]],
        dropped: Iterable[bytes],
        *,
        box: bool,
    ) -> None:
        """What the store held: fields as in KeepCarried and KeepReceipt, and the ids that were dropped.

        A `box` holds ten times as much as a handheld.
        """
        self.bag = Mailbag(BOX_TIMES if box else 1)
        for id8 in dropped:
            self.bag.refuse(id8)
        for commitment, preimage, id8, _ in receipts:
            self._answered(commitment, preimage, id8)
        for id8, raw, age, powered, rank, message in carried:
            if not self.bag.refused(id8):
                self._put(id8, raw, _commitment(raw), message)
                self.bag.add(id8, age, powered, len(raw), rank=rank)
                self._saved.add(id8)

    @property
    def box(self) -> bool:
        """Whether it holds ten times as much, in one place."""
        return self.bag.quota > QUOTA

    def status(self, disk: int) -> Carried:
        """How much is carried; `disk`: bytes of the database."""
        bag = self.bag
        return Carried(bag.count, bag.quota, bag.size, disk, self.box)

    def powered(self, now: int) -> int:
        """Seconds of powered time."""
        return self._odometer.read(now)

    # What is heard.

    def expect(self, ident: bytes, age_s: int) -> None:
        """Somebody says how old the frame is whose id begins with these 4 bytes, before he hands it over."""
        self._ages[ident[:4]] = age_s
        if len(self._ages) > EXPECTED_MAX:
            self._ages.popitem(last=False)

    def age(self, raw: bytes) -> int:
        """How old this frame is, in seconds, by what was said of it; 0 of what comes live."""
        return self._ages.get(frame_id(raw)[:4], 0)

    def heard(self, raw: bytes, now: int, source: bytes = b"") -> list[Effect]:
        """A frame of mail or of a room, from the air or by repair: carried, unless it was answered.

        `source`: what is known of whom it came from, or nothing. WireError if it is no such frame.
        """
        return self._take(raw, now, self.age(raw), REST, source, 0)

    def verified(self, raw: bytes) -> None:
        """A key of ours opened this post in a room: it gives way after what nobody here can read."""
        id8 = frame_id(raw)
        if id8 in self.bag:
            age = self.bag.age(id8, self._odometer.seconds)
            self.bag.remove(id8)
            self.bag.add(id8, age, self._odometer.seconds, len(raw), rank=VERIFIED)

    def own(self, raw: bytes, message: int, now: int) -> list[Effect]:
        """A frame of ours: this message, sealed."""
        return self._take(raw, now, 0, OWN, b"", message)

    def for_us(self, commitment: bytes) -> list[Effect]:
        """Mail with this commitment was for us: it is not to be carried from here."""
        id8 = self._by_commitment.get(commitment)
        return [] if id8 is None else self._forget(id8)

    def acked(self, preimage: bytes, now: int, *, ours: bool = False) -> list[Effect]:
        """An ack, heard or given: it ends the carrying of what it answers, for good.

        `ours`: the mail was to us, or from us.
        """
        commitment = commitment_of(preimage)
        if commitment in self._receipts:
            return []
        if (id8 := self._by_commitment.get(commitment)) is not None:
            # What is answered within the minute was offered by nobody yet, and its ack is not worth a row.
            settled = id8 in self._saved or self.bag.age(id8, self._odometer.read(now)) >= SETTLED_S
            return self._receive(commitment, preimage, id8, now, keep=ours or settled)
        self._acks[commitment] = preimage
        if len(self._acks) > ACKS_MAX:
            self._acks.popitem(last=False)
        return []

    # What others offer, and want.

    def messages(self, idents: Iterable[bytes]) -> set[int]:
        """The own messages of which these ids, or their first 4 bytes, are sealings."""
        found = (self._held[id8].message for ident in idents for id8 in self.bag.find(ident))
        return {message for message in found if message}

    def receipt(self, ident: bytes) -> bytes | None:
        """The ack of what somebody offers under this id, or its first 4 bytes."""
        return self._answers.get(ident[:4])

    def raw(self, ident: bytes) -> bytes | None:
        """Byte 0 and body of what is carried under this id, or its first 4 bytes."""
        found = self.bag.find(ident)
        if not found:
            return None
        if (held := self._held[found[0]]).message:
            self.given.add(held.message)
        return held.raw

    def seals(self, message: int) -> bool:
        """Whether a frame of this own message is carried."""
        return any(held.message == message for held in self._held.values())

    def withdraw(self, message: int) -> list[Effect]:
        """Carry nothing of this own message any more: it gets another text."""
        mine = [id8 for id8, held in self._held.items() if held.message == message]
        return [effect for id8 in mine for effect in self._forget(id8)]

    def frames(self, now: int) -> list[tuple[bytes, bytes, int, int]]:
        """All that is carried, by id: id, byte 0 and body, seconds old, the own message it seals or 0."""
        powered = self._odometer.read(now)
        return [
            (id8, held.raw, self.bag.age(id8, powered), held.message)
            for id8, held in sorted(self._held.items())
        ]

    def receipts(self) -> list[bytes]:
        """The acks of what was carried here and has arrived: 8 bytes each, in order."""
        return sorted(self._answers.values())

    def mail(self, commitment: bytes) -> bytes:
        """The body of carried mail with this commitment, b"" if there is none."""
        return (
            self._held[self._by_commitment[commitment]].raw[1:] if commitment in self._by_commitment else b""
        )

    def own_mail(self) -> list[bytes]:
        """Ids of own sealings that have settled."""
        settled = (id8 for id8, _ in self.bag.newest(self.bag.count, self._odometer.seconds))
        return [id8 for id8 in settled if self._held[id8].message]

    # Time.

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        return self._unsaved[0][0] if self._unsaved else None

    def tick(self, now: int) -> list[Effect]:
        """Save what was not answered within a minute; drop what is too old."""
        effects: list[Effect] = []
        while self._unsaved and self._unsaved[0][0] <= now:
            effects += self.save(self._unsaved.popleft()[1], now)
        for id8 in self.bag.old(self._odometer.seconds):
            effects += self._drop(id8)
        return effects

    def save(self, id8: bytes, now: int) -> list[Effect]:
        """Save what is carried under this id, if it is and was not yet."""
        held = self._held.get(id8)
        if held is None or id8 in self._saved:
            return []
        self._saved.add(id8)
        powered = self._odometer.read(now)
        age = self.bag.age(id8, powered)
        return [KeepCarried(id8, held.raw, age, powered, self.bag.rank(id8), held.message)]

    def _take(self, raw: bytes, now: int, age_s: int, rank: int, source: bytes, message: int) -> list[Effect]:
        id8, commitment = frame_id(raw), _commitment(raw)
        if id8 in self._held or self.bag.refused(id8):
            return []
        held = self._put(id8, raw, commitment, message)
        if (preimage := self._acks.pop(held.commitment, None)) is not None:
            return self._receive(held.commitment, preimage, id8, now, keep=age_s >= SETTLED_S)
        if held.commitment in self._receipts:
            return self._forget(id8)
        powered = self._odometer.read(now)
        gone = self.bag.add(id8, age_s, powered, len(raw), rank=rank, source=source)
        self._unsaved.append((now + SETTLED_S * 1000, id8))
        return [effect for one in gone for effect in self._drop(one)]

    def _put(self, id8: bytes, raw: bytes, commitment: bytes, message: int) -> _Carried:
        held = self._held[id8] = _Carried(raw, commitment, message)
        if commitment:
            self._by_commitment[commitment] = id8
        return held

    def _receive(
        self, commitment: bytes, preimage: bytes, id8: bytes, now: int, *, keep: bool
    ) -> list[Effect]:
        self._let_go(id8)
        self._answered(commitment, preimage, id8)
        return [KeepReceipt(commitment, preimage, id8, self._odometer.read(now))] if keep else []

    def _answered(self, commitment: bytes, preimage: bytes, id8: bytes) -> None:
        self._receipts[commitment] = id8
        self._answers[id8[:4]] = preimage
        self.bag.refuse(id8)
        if len(self._receipts) > RECEIPTS_MAX:
            self._answers.pop(self._receipts.popitem(last=False)[1][:4], None)

    def _drop(self, id8: bytes) -> list[Effect]:
        """It had to go: remember that, or it would be asked for again."""
        saved = id8 in self._saved
        self._let_go(id8)
        self.bag.refuse(id8)
        return [DropCarried(id8, self._odometer.seconds)] if saved else []

    def _forget(self, id8: bytes) -> list[Effect]:
        saved = id8 in self._saved
        self._let_go(id8)
        self.bag.refuse(id8)
        return [DropCarried(id8)] if saved else []

    def _let_go(self, id8: bytes) -> None:
        if (held := self._held.pop(id8, None)) is not None:
            self._by_commitment.pop(held.commitment, None)
        self._saved.discard(id8)
        self.bag.remove(id8)


def _commitment(raw: bytes) -> bytes:
    if raw[0] >> 2 & 15 == AirKind.PRIVATE:
        return decode(Private, raw[1:]).commitment
    decode(RoomFrame, raw[1:])
    return b""
