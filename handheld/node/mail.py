"""Private messages: sealed, sent again until acknowledged, opened, acknowledged once they are saved.

A reader who has answered us holds our profile, so what he gets is a Noise K. Anybody else gets a Noise X,
as long as the text fits, and our profile with it. Never is anything sealed to another key than a prekey.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from handheld.clock import Entropy
from handheld.crypto.chain import Step, open_with, seal
from handheld.crypto.identity import Identity
from handheld.crypto.sealing import Opened, Sealed, commitment_of, seal_first, seal_known
from handheld.errors import CryptoError, Refused
from handheld.node.answers import Answers
from handheld.node.carrying import Carrying
from handheld.node.chains import Chains
from handheld.node.courier import Courier
from handheld.node.effects import Dropped, Effect, KeepLetter, KeepSealing, KeepState
from handheld.node.lamport import Lamport
from handheld.node.letters import NEWER, Kind, kinds
from handheld.node.odometer import Odometer
from handheld.node.opening import Arrived, Opener, received
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.outbox import Entry, Input, Outbox, Sealing, State
from handheld.node.people import People
from handheld.node.prekeys import Prekeys
from handheld.node.presence import Presence
from handheld.node.reach import Reach
from handheld.node.routes import Routes
from handheld.node.trials import Trials
from handheld.wire.air import AirFrame, first_byte
from handheld.wire.codec import decode, encode
from handheld.wire.constants import FIRST_CONTACT_SIZES, AirKind, AirMode
from handheld.wire.records import Ack, Letter, Private, Session, padded_size

OUTBOX_MAX = 512
"""Own messages on their way at the same time."""

DOUBT = 6
"""After so many tries in vain a reader who answered before is written to as if he did not know us."""

ANNOUNCE = (3, DOUBT, 2 * DOUBT)
"""Before these tries our profile is flooded once more: without it the reader cannot open what we send."""

UNMAPPED_MAX = 64
"""First contacts held until the profile that names their static key is heard."""

SHORT_TRIES = 2
"""A message in short form that was not answered so often is sealed, and the chain it was on ends."""

PRIVATE = first_byte(AirKind.PRIVATE)
SESSION = first_byte(AirKind.SESSION)


_NOT_OURS = Dropped("ack", "for nothing of ours")


class Mail:
    """The organ for private messages; the node hands it frames, commands and what became durable."""

    def __init__(
        self,
        prekeys: Prekeys,
        odometer: Odometer,
        people: People,
        presence: Presence,
        outbound: Outbound,
        lamport: Lamport,
        routes: Routes,
        entropy: Entropy,
    ) -> None:
        self._prekeys = prekeys
        self._odometer = odometer
        self._people = people
        self._presence = presence
        self._outbound = outbound
        self._lamport = lamport
        self.routes = routes
        self.carrying = Carrying(odometer)
        self._entropy = entropy
        self.outbox = Outbox(entropy)
        self._reach = Reach(people, routes, self.outbox)
        self.courier = Courier(self.carrying, self.outbox, outbound, presence, entropy)
        self.kinds = kinds()
        self._trials: Trials[Arrived] = Trials()
        self._unmapped: deque[Arrived] = deque(maxlen=UNMAPPED_MAX)
        self._answers = Answers()
        self._opener = Opener(prekeys, people)
        self._chains = Chains(prekeys.identity.key)
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
        answered: Iterable[tuple[bytes, int, int]],
    ) -> None:
        """What the store held: numbers given, who has answered us, messages not delivered, acks given."""
        self._answers = Answers(answered)
        self._floor = floor
        self._seq = dict(seqs)
        self._known_to = set(known_to)
        for entry in entries:
            self.outbox.add(entry, 0)

    def kind(self, number: int) -> Kind:
        """What is done with letters of this kind; NEWER for one that is not known here."""
        return self.kinds.get(number, NEWER)

    @property
    def _identity(self) -> Identity:
        return self._prekeys.identity

    def leap(self, floor: int) -> None:
        """Give no message this number or a smaller one from now on."""
        self._floor = max(self._floor, floor)

    def room(self) -> None:
        """Refused when the outbox is full: asked before a message is saved."""
        if len(self.outbox) >= OUTBOX_MAX:
            raise Refused(
                f"{OUTBOX_MAX} private messages wait for their readers already. Wait until some arrive."
            )

    def write(self, reader: bytes, kind: int, body: bytes, at: int) -> KeepLetter:
        """The next letter to this reader, to be saved; it goes out when it is. Ask `room` before.

        `body` has at most LETTER_TEXT_MAX bytes in kind TEXT, LETTER_BODY_MAX in any other.
        """
        self._seq[reader] = max(self._seq.get(reader, 0), self._floor) + 1
        lamport = self._lamport.tick()
        return KeepLetter(
            peer=reader,
            author=self._identity.key,
            seq=self._seq[reader],
            lamport=lamport,
            text=body,
            own=True,
            at=at,
            kind=kind,
            powered=self._odometer.seconds,
        )

    def radio(self, *, up: bool, now: int) -> None:
        """The radio came or went; what was given to it and not acknowledged is due again."""
        self._up = up
        if up:
            self._reach.radio_up(now)
            self.outbox.hurry(now)

    def receive(self, air: AirFrame, now: int, at: int) -> list[Effect]:
        """A private frame: tried now, or as soon as the cap on tries allows. Raises WireError."""
        private = decode(Private, air.body)
        asked = air.mode in (AirMode.FLOOD, AirMode.COLLECT)
        carried = air.mode is AirMode.ONE_HOP
        kept = self._trials.put(Arrived(private, air.first, now, at, asked, carried))
        dropped: list[Effect] = [] if kept else [Dropped("trials", "too many private frames wait")]
        return dropped + self._try(now)

    def receive_short(self, air: AirFrame, now: int, at: int) -> list[Effect]:
        """A private frame in short form; it costs no X25519. Raises WireError and CryptoError."""
        session = decode(Session, air.body)
        if (found := self._chains.find(session.label)) is None:
            return [Dropped("label", "for somebody else, or of a chain that is no more")]
        author, step = found
        letter = open_with(step, session, first=air.first)
        self._chains.opened(session.label)
        if air.mode is not AirMode.WAY:
            self.routes.asked(now)
        return [self._letter(author, letter, self._odometer.read(now), at, step.preimage)]

    def acked(self, air: AirFrame, now: int) -> list[Effect]:
        """An ack: it delivers what it answers, or ends the carrying of that. Raises WireError."""
        return self.answered([decode(Ack, air.body).preimage], now)

    def answered(self, preimages: Iterable[bytes], now: int) -> list[Effect]:
        """Acks, by themselves or several in a frame."""
        effects: list[Effect] = []
        for preimage in preimages:
            commitment = commitment_of(preimage)
            entry = self.outbox.answered(commitment)
            effects += self.courier.acked(preimage, now, ours=entry is not None)
            effects += self._delivered(entry, commitment, now) if entry else []
        return effects or [_NOT_OURS]

    def _delivered(self, entry: Entry, commitment: bytes, now: int) -> list[Effect]:
        self._chains.acked(entry.reader, commitment, self._odometer.read(now))
        self._known_to.add(entry.reader)
        if entry.hops:
            self.routes.worked(entry.reader, now)
        entry.kept.pop(commitment, None)
        others = [sealing.preimage for sealing in entry.kept.values()]
        entry.kept.clear()
        return [*self._step(entry, Input.ACKED, now), *self.courier.take_back(others, now)]

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
        if letter.commitment and not self._answered(letter, now):
            return []
        # Taken before it is acknowledged: a power cut in between and the letter comes again.
        effects = [*self.kind(letter.kind).take(letter, now)]
        if letter.kind not in self.kinds:
            effects.append(Dropped("letter kind", f"kind {letter.kind}, from a newer pocketmesh"))
        effects += self.carrying.acked(letter.preimage, now, ours=True)
        if letter.carried and self.outbox.fast and not self._reach.holds(letter.author, now):
            return effects + self.courier.say([letter.preimage], now)
        air = self.routes.answer(encode(Ack(letter.preimage)), letter.author, letter.seq, now)
        return effects + self._outbound.put(Outgoing(air, hurry=True), now)

    def _answered(self, letter: KeepLetter, now: int) -> bool:
        """Count an ack of a sealing; False when it gets none any more."""
        if self._answers.first(letter.commitment):
            self._chains.heard(letter.author, letter.commitment, letter.seed)
        return self._answers.give(letter.commitment, self._odometer.read(now))

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        outbox = self.outbox.next_deadline() if self._up else None
        times = (outbox, self._trials.next_deadline(), self.courier.next_deadline())
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Seal what is due and the radio has room for, try what waits."""
        effects = [*self._try(now), *self.courier.tick(now)]
        for entry in self.outbox.due(now) if self._up else ():
            if self._outbound.busy or self._waits_for_quiet(entry, now):
                self.outbox.later(entry, now)
            else:
                effects += self._send(entry, now)
        return effects

    def _waits_for_quiet(self, entry: Entry, now: int) -> bool:
        # The first flood is everybody's right; what it did not do, another in a full air will not do either.
        quiet = self.routes.patient if self.routes.crowded else entry.tries > 0 and self.outbox.crowded
        return quiet and self.routes.floods(entry.reader, entry.tries, now)

    def _send(self, entry: Entry, now: int) -> list[Effect]:
        entry.away = self._reach.lacks(entry, now)
        if self.outbox.too_old(entry, self._odometer.read(now)):
            return self._step(entry, Input.TOO_OLD, now)
        # What walks has to be sealed: until it is there, a chain may be gone.
        if not self.outbox.walks(entry) and (step := self._step_of(entry, now)) is not None:
            entry.short += 1
            return self._give(entry, AirKind.SESSION, self._short(entry, step), step.commitment, now)
        return self.seal(entry, now)

    def seal(self, entry: Entry, now: int) -> list[Effect]:
        """Seal this message once more: for the radio, and to be carried."""
        prekey = self._people.prekey(entry.reader)
        if prekey is None:
            self.outbox.wait(entry, now)
            return self._step(entry, Input.NO_KEY, now)
        commitment = self.outbox.reusable(entry, prekey, now)
        if commitment is not None and (body := self.carrying.mail(commitment)):
            return self._send_again(entry, commitment, body, now)
        try:
            sealed = self._sealed(entry, prekey, now)
        except CryptoError as error:
            # His profile names a prekey that is none: nothing can be sealed to it until a newer one comes.
            self.outbox.wait(entry, now)
            return [Dropped(error.reason, "a prekey that is no key"), *self._step(entry, Input.NO_KEY, now)]
        self._chains.sealed(entry.reader, sealed.commitment, sealed.seed)
        first = entry.reader not in self._known_to
        entry.kept[sealed.commitment] = Sealing(sealed.preimage, now, prekey, first=first)
        return [
            *self._give(entry, AirKind.PRIVATE, sealed.body, sealed.commitment, now, sealed.preimage),
            *self.carrying.own(bytes([PRIVATE]) + sealed.body, entry.message, now),
            *self.courier.sealed(entry, now),
        ]

    def _give(
        self, entry: Entry, kind: AirKind, body: bytes, commitment: bytes, now: int, preimage: bytes = b""
    ) -> list[Effect]:
        """Hand a frame of this message on to the radio."""
        vain = self._in_vain(entry, now)
        if entry.hops:
            self.routes.failed(entry.reader)
        walks, again = self.outbox.walks(entry), commitment in entry.sealings
        frame = self.routes.by_hand if walks else self.routes.frame
        route = frame(kind, body, entry.reader, entry.tries, now)
        self.outbox.sealed(entry, commitment, now, len(route.air), route.hops)
        # What those near were given once is handed on by offers.
        effects = [] if again and walks else self._outbound.put(Outgoing(route.air, entry.message), now)
        keep = KeepSealing(entry.message, commitment, preimage)
        return [*effects, keep, *self._step(entry, Input.KEY, now), *vain]

    def _send_again(self, entry: Entry, commitment: bytes, body: bytes, now: int) -> list[Effect]:
        """The same sealing as before, which others carry already."""
        sealing = entry.kept[commitment]
        entry.kept[commitment] = sealing._replace(at=now)
        return [
            *self._give(entry, AirKind.PRIVATE, body, commitment, now, sealing.preimage),
            *self.courier.sealed(entry, now),
        ]

    def _in_vain(self, entry: Entry, now: int) -> list[Effect]:
        """Say why the quick tries were in vain: a difference between nobody there and no answer."""
        if not self.outbox.in_vain(entry):
            return []
        near = self._people.neighbours(now)
        return self._step(entry, Input.SILENT if near else Input.ALONE, now)

    def _step_of(self, entry: Entry, now: int) -> Step | None:
        """The next step of a chain to the reader; None when the message has to be sealed."""
        if entry.short >= SHORT_TRIES:
            # He may have started anew and know the chain no more. The ack of a sealing begins the next.
            entry.short = 0
            self._chains.give_up(entry.reader)
        return self._chains.step(entry.reader, self._odometer.read(now))

    def _short(self, entry: Entry, step: Step) -> bytes:
        letter = Letter(entry.kind, entry.seq, entry.lamport, entry.text)
        return seal(step, letter, first=SESSION)

    def _sealed(self, entry: Entry, prekey: bytes, now: int) -> Sealed:
        letter = Letter(entry.kind, entry.seq, entry.lamport, entry.text)
        if entry.tries == DOUBT:
            # He may have lost our profile, and cannot tell whose a Noise K is without it.
            self._known_to.discard(entry.reader)
        first_contact = entry.reader not in self._known_to
        wanted = (first_contact and entry.tries == 0) or entry.tries in ANNOUNCE
        if wanted and (entry.tries >= DOUBT or not self._presence.sparing):
            self._presence.stranger(now, unnamed=False)
        seal = seal_first if first_contact and padded_size(letter.size, FIRST_CONTACT_SIZES) else seal_known
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
        alone = entry.away and not self._people.neighbours(now)
        effects = self._step(entry, Input.SENT, now)
        return effects + (self._step(entry, Input.ALONE, now) if alone else [])

    def _step(self, entry: Entry, what: Input, now: int) -> list[Effect]:
        if not self.outbox.step(entry, what, now):
            return []
        if entry.state is State.DELIVERED:
            self._outbound.release(entry.message)
        if entry.again:
            return []
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
        found = self._opener.open(arrived)
        if found is None:
            return [Dropped("mail", "for somebody else, or from somebody unknown")]
        if found.opened is None:
            self._unmapped.append(replace(arrived, static=found.static))
            self._presence.stranger(arrived.now, unnamed=True)
            return [Dropped("unknown writer", "kept for a while, in case his profile comes")]
        return self._keep(arrived, found.author, found.opened)

    def _keep(self, arrived: Arrived, author: bytes, opened: Opened) -> list[Effect]:
        powered = self._odometer.read(arrived.now)
        if self._answers.spent(arrived.private.commitment, powered):
            spent = Dropped("answered", "a sealing that was acknowledged often enough")
            return [spent, *self.carrying.for_us(arrived.private.commitment)]
        if arrived.flooded:
            self.routes.asked(arrived.now)
        keep = self._letter(author, opened.letter, powered, arrived.at, opened.preimage)
        commitment = arrived.private.commitment
        return [replace(keep, commitment=commitment, seed=opened.seed, carried=arrived.carried)]

    def _letter(self, author: bytes, letter: Letter, powered: int, at: int, preimage: bytes) -> KeepLetter:
        self._lamport.see(letter.lamport)
        return received(author, letter, powered, at, preimage, self._people.standing.rank(author))
