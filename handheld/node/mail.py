"""Private messages: sealed, sent again until acknowledged, opened, acknowledged once they are saved.

A reader who has answered us holds our profile, so what he gets is a Noise K. Anybody else gets a Noise X,
as long as the text fits, and our profile with it. Never is anything sealed to another key than a prekey.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from handheld.clock import Entropy
from handheld.crypto.curve import KeyPair
from handheld.crypto.identity import Identity
from handheld.crypto.sealing import (
    FIRST_CONTACT,
    Opened,
    Probe,
    Sealed,
    commitment_of,
    first_static,
    open_first,
    open_known,
    probe,
    seal_first,
    seal_known,
)
from handheld.errors import CryptoError, Refused, WireError
from handheld.node.effects import Dropped, Effect, KeepLetter, KeepSealing, KeepState
from handheld.node.lamport import Lamport
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.outbox import Entry, Input, Outbox, State
from handheld.node.people import People
from handheld.node.presence import Presence
from handheld.node.routes import Routes
from handheld.node.trials import Trials
from handheld.wire.air import AirFrame, first_byte
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind, AirMode, LetterKind
from handheld.wire.records import FIRST_LETTER_TEXT_MAX, Ack, Letter, Private

OUTBOX_MAX = 512
"""Own messages on their way at the same time."""

ACKS_PER_SEALING = 2
ACK_WINDOW_MS = 10 * 60 * 1000
"""One sealing is acknowledged twice within this time and never again: a replay gets no answer."""

DOUBT = 6
"""After so many tries in vain a reader who answered before is written to as if he did not know us."""

ANNOUNCE = (3, DOUBT, 2 * DOUBT)
"""Before these tries our profile is flooded once more: without it the reader cannot open what we send."""

ACKS_REMEMBERED = 512
UNMAPPED_MAX = 64
"""First contacts held until the profile that names their static key is heard."""

PRIVATE = first_byte(AirKind.PRIVATE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A private frame as it was heard; `at` is a wall-time label."""

    private: Private
    first: int
    now: int
    at: int
    flooded: bool
    static: bytes = b""
    """Of a first contact whose writer is unknown so far: the key that his profile will name."""


class Mail:
    """The organ for private messages; the node hands it frames, commands and what became durable."""

    def __init__(
        self,
        identity: Identity,
        people: People,
        presence: Presence,
        outbound: Outbound,
        lamport: Lamport,
        routes: Routes,
        entropy: Entropy,
    ) -> None:
        self._identity = identity
        self._prekeys = (KeyPair(identity.prekey_secret, identity.prekey),)
        self._people = people
        self._presence = presence
        self._outbound = outbound
        self._lamport = lamport
        self._routes = routes
        self._entropy = entropy
        self.outbox = Outbox(entropy)
        self._trials: Trials[Arrived] = Trials()
        self._unmapped: deque[Arrived] = deque(maxlen=UNMAPPED_MAX)
        self._acks: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._seq: dict[bytes, int] = {}
        self._floor = 0
        self._known_to: set[bytes] = set()
        self._up = False

    def restore(
        self,
        seqs: Iterable[tuple[bytes, int]],
        floor: int,
        known_to: Iterable[bytes],
        entries: Iterable[Entry],
    ) -> None:
        """What the store held: last numbers given, who has answered us, and messages on their way."""
        self._floor = floor
        self._seq = dict(seqs)
        self._known_to = set(known_to)
        for entry in entries:
            self.outbox.add(entry, 0)

    def room(self) -> None:
        """Refused when the outbox is full: asked before a message is saved."""
        if len(self.outbox) >= OUTBOX_MAX:
            raise Refused(
                f"{OUTBOX_MAX} private messages wait for their readers already. Wait until some arrive."
            )

    def next_seq(self, reader: bytes) -> int:
        """The number of the next message to this reader; taken by asking."""
        self._seq[reader] = max(self._seq.get(reader, 0), self._floor) + 1
        return self._seq[reader]

    def radio(self, *, up: bool, now: int) -> None:
        """The radio came or went; what was given to it and not acknowledged is due again."""
        self._up = up
        if up:
            self.outbox.hurry(now)

    def receive(self, air: AirFrame, now: int, at: int) -> list[Effect]:
        """A private frame: tried now, or as soon as the cap on tries allows. Raises WireError."""
        private = decode(Private, air.body)
        kept = self._trials.put(Arrived(private, air.first, now, at, air.mode is not AirMode.WAY))
        dropped: list[Effect] = [] if kept else [Dropped("trials", "too many private frames wait")]
        return dropped + self._try(now)

    def acked(self, air: AirFrame, now: int) -> list[Effect]:
        """An ack: it delivers what it answers, and is nothing if it answers nothing of ours."""
        entry = self.outbox.answered(commitment_of(decode(Ack, air.body).preimage))
        if entry is None:
            raise WireError("ack", "for nothing of ours")
        self._known_to.add(entry.reader)
        if entry.hops:
            self._routes.worked(entry.reader, now)
        return self._step(entry, Input.ACKED, now)

    def learned(self, key: bytes, now: int) -> list[Effect]:
        """A new or newer profile: messages that waited for it go on, and first contacts get their name."""
        self.outbox.hurry(now, key)
        static = self._people.static(key)
        waiting, self._unmapped = self._unmapped, deque(maxlen=UNMAPPED_MAX)
        for arrived in waiting:
            # Only his own, and through the cap: profiles cost a stranger nothing, trials cost us 2 ms each.
            if arrived.static == static:
                self._trials.put(arrived)
            else:
                self._unmapped.append(arrived)
        return self._try(now)

    def saved(self, letter: KeepLetter, now: int) -> list[Effect]:
        """A letter of somebody is durable, now or since earlier: acknowledge this sealing of it."""
        self._known_to.add(letter.author)
        count, first = self._acks.pop(letter.commitment, (0, now))
        self._acks[letter.commitment] = (count + 1, first)
        while len(self._acks) > ACKS_REMEMBERED:
            self._acks.popitem(last=False)
        if count >= ACKS_PER_SEALING or now - first > ACK_WINDOW_MS:
            return []
        air = self._routes.answer(encode(Ack(letter.preimage)), letter.author, letter.seq, now)
        return self._outbound.put(Outgoing(air, hurry=True), now)

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        outbox = self.outbox.next_deadline() if self._up else None
        times = (outbox, self._trials.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Seal what is due and the radio has room for, try what waits."""
        effects = self._try(now)
        for entry in self.outbox.due(now) if self._up else ():
            if self._outbound.busy or self._waits_for_quiet(entry, now):
                self.outbox.later(entry, now)
            else:
                effects += self._send(entry, now)
        return effects

    def _waits_for_quiet(self, entry: Entry, now: int) -> bool:
        # The first flood is everybody's right; what it did not do, another in a full air will not do either.
        floods = entry.tries > 0 and self._routes.floods(entry.reader, entry.tries, now)
        return floods and self.outbox.crowded

    def _send(self, entry: Entry, now: int) -> list[Effect]:
        if self.outbox.too_old(entry, now):
            return self._step(entry, Input.TOO_OLD, now)
        prekey = self._people.prekey(entry.reader)
        if prekey is None:
            self.outbox.wait(entry, now)
            return self._step(entry, Input.NO_KEY, now)
        try:
            sealed = self._sealed(entry, prekey, now)
        except CryptoError as error:
            # His profile names a prekey that is none: nothing can be sealed to it until a newer one comes.
            self.outbox.wait(entry, now)
            return [Dropped(error.reason, "a prekey that is no key"), *self._step(entry, Input.NO_KEY, now)]
        if entry.hops:
            self._routes.failed(entry.reader)
        route = self._routes.frame(AirKind.PRIVATE, sealed.body, entry.reader, entry.tries, now)
        self.outbox.sealed(entry, sealed.commitment, now, len(route.air), route.hops)
        effects = self._outbound.put(Outgoing(route.air, entry.message), now)
        return [*effects, KeepSealing(entry.message, sealed.commitment), *self._step(entry, Input.KEY, now)]

    def _sealed(self, entry: Entry, prekey: bytes, now: int) -> Sealed:
        letter = Letter(LetterKind.TEXT, entry.seq, entry.lamport, entry.text)
        if entry.tries == DOUBT:
            # He may have lost our profile, and cannot tell whose a Noise K is without it.
            self._known_to.discard(entry.reader)
        first_contact = entry.reader not in self._known_to
        wanted = (first_contact and entry.tries == 0) or entry.tries in ANNOUNCE
        if wanted and (entry.tries >= DOUBT or not self._presence.sparing):
            self._presence.stranger(now, unnamed=False)
        seal = seal_first if first_contact and len(entry.text) <= FIRST_LETTER_TEXT_MAX else seal_known
        ephemeral = self._entropy.take(32)
        return seal(
            self._identity, letter, first=PRIVATE, reader=entry.reader, prekey=prekey, ephemeral=ephemeral
        )

    def aired(self, message: int, now: int) -> list[Effect]:
        """The radio sent one sealing of this message."""
        entry = self.outbox.get(message)
        if entry is None:
            return []
        self.outbox.aired(entry, now)
        return self._step(entry, Input.SENT, now)

    def _step(self, entry: Entry, what: Input, now: int) -> list[Effect]:
        if not self.outbox.step(entry, what, now):
            return []
        if entry.state is State.DELIVERED:
            self._outbound.release(entry.message)
        return [KeepState(entry.message, entry.state.value)]

    def _try(self, now: int) -> list[Effect]:
        effects: list[Effect] = []
        for arrived in self._trials.take(now):
            effects += self._open_or_drop(arrived)
        return effects

    def _open_or_drop(self, arrived: Arrived) -> list[Effect]:
        try:
            return self._open(arrived)
        except CryptoError as error:
            return [Dropped(error.reason, str(error))]

    def _open(self, arrived: Arrived) -> list[Effect]:
        for prekey in self._prekeys:
            probed = probe(arrived.private, prekey)
            if probed.hint == FIRST_CONTACT and (effects := self._open_first(arrived, probed)):
                return effects
            for author in self._people.candidates(probed.hint):
                if author == self._identity.key:
                    continue
                try:
                    opened = self._open_known(arrived, probed, author)
                except CryptoError:
                    continue  # another's frame whose hint fell on this one by chance
                return self._keep(arrived, author, opened)
        return [Dropped("mail", "for somebody else, or from somebody unknown")]

    def _open_known(self, arrived: Arrived, probed: Probe, author: bytes) -> Opened:
        static = self._people.static(author)
        return open_known(
            arrived.private,
            probed,
            first=arrived.first,
            author=author,
            static=static,
            reader=self._identity.key,
        )

    def _open_first(self, arrived: Arrived, probed: Probe) -> list[Effect]:
        first, reader = arrived.first, self._identity.key
        try:
            static = first_static(arrived.private, probed, first=first, reader=reader)
        except CryptoError:
            return []  # not for us: a hint is four bytes, so any may fall on any
        for author in self._people.with_static(static):
            try:
                opened = open_first(
                    arrived.private, probed, first=first, author=author, static=static, reader=reader
                )
            except CryptoError:
                continue
            return self._keep(arrived, author, opened)
        self._unmapped.append(replace(arrived, static=static))
        self._presence.stranger(arrived.now, unnamed=True)
        return [Dropped("unknown writer", "kept for a while, in case his profile comes")]

    def _keep(self, arrived: Arrived, author: bytes, opened: Opened) -> list[Effect]:
        letter = opened.letter
        self._lamport.see(letter.lamport)
        if arrived.flooded:
            self._routes.asked(arrived.now)
        keep = KeepLetter(
            peer=author,
            author=author,
            seq=letter.seq,
            lamport=letter.lamport,
            text=letter.text,
            own=False,
            at=arrived.at,
            preimage=opened.preimage,
            commitment=arrived.private.commitment,
        )
        return [keep]
