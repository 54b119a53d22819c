"""Who says what when, so that all who are near hold the same: beacons, vectors, offers, records.

All of what comes in may be a lie. It can make us say a bounded number of frames, and nothing else.
"""

from collections.abc import Callable

from handheld.clock import Entropy
from handheld.sync.beacon import differing, make
from handheld.sync.budget import MAIL_BURST, MAIL_SHARE, Budget
from handheld.sync.holdings import RIPE_MS, Differing, Feeds
from handheld.sync.mailing import GATHER_MS, MAIL_LOAD, MAIL_TALK, PUBLIC_LOAD, Mail, Mailing
from handheld.sync.naming import Naming
from handheld.sync.patience import FIRST_WAITS, Doubts, Patience
from handheld.sync.serving import PROFILE, Ages, Record, Serving, Todo, Wanted, name_of
from handheld.sync.trickle import SILENT_MAX, Trickle
from handheld.sync.vector import Answer, answer_lists, covers, lacked, open_round, say_entries, says_it
from handheld.wire import age
from handheld.wire.air import one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind
from handheld.wire.pairs import handed_on
from handheld.wire.sync import (
    MAIL,
    NEXT,
    NONCES,
    Beacon,
    Entries,
    Entry,
    Listing,
    Offer,
    Vector,
    offer,
    unpack,
)

WAIT_MS, WAIT_AIRTIMES = 300, 6
"""Who answers waits for a random part of this, on slow air of so many longest frames."""

TALK_WAITS = 2
"""So many windows after the last word of a repair it is over."""

SILENCE_WAITS, ASKS_AGAIN = 2, 2
"""Who asked, and hears no more for so many windows, asks again for what is lacking; so often at most."""

QUIET_MS, MEET_WAITS = 5 * 60 * 1_000, 10
"""Somebody new is told what we hold within so many windows, if that was not told for a while."""

UNSETTLED_MS, UNSETTLED_AIRTIMES = 5_000, 8
"""So soon after our own sums changed, a difference is that of somebody who heard the same a little later."""

FRESH_SERVED, FRESH_ENOUGH = 200, 150
"""Posts that a device without any is handed, and what of it makes it content: some of them get lost."""

UNKNOWN_MAX = 64
"""Feeds that nobody has heard of, which are asked for at once: a frame has no room for more."""


class Repair:
    """The engine. `own`: our key; `odometer`: its seconds. `rounds`: how often others told what they hold."""

    def __init__(
        self, own: bytes, feeds: Feeds, mail: Mail, entropy: Entropy, odometer: Callable[[], int]
    ) -> None:
        self.feeds = feeds
        self.rounds = 0
        self.own_highest = 0
        """The highest number of an own post that anybody said he has."""
        self._own = own
        self._entropy = entropy
        self._odometer = odometer
        self._trickle = Trickle(entropy)
        self._patience = Patience()
        self._budget, self._mail_budget = Budget(), Budget(MAIL_SHARE, MAIL_BURST)
        self._mailing = Mailing(mail)
        self._serving = Serving(self._born, entropy.below)
        self._wait_ms, self._unsettled_ms = WAIT_MS, UNSETTLED_MS
        self._round: Differing | None = None
        self._answer = Answer()
        self._asked, self._asks_again = Answer(), 0
        # When to say what: a round, entries, the same again; mail that is held, or others lack, or we do.
        self._at: dict[str, int] = {}
        self._ages = Ages()
        self._doubts = Doubts()
        self._naming = Naming()
        self._changed_at = -UNSETTLED_MS
        self._talk_until = 0
        self._beacon_at = 0
        self._unsaid = 0
        self._fresh = FRESH_ENOUGH if not len(feeds) else 0

    def radio_up(self, airtime_us: int, now: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._wait_ms = max(WAIT_MS, WAIT_AIRTIMES * airtime_us // 1_000)
        self._patience.wait_ms = self._serving.wait_ms = self._wait_ms
        # What was lost on fast air is asked for at once, on slow air behind much that waits to be sent.
        self._serving.served.wait_ms = self._wait_ms if self._wait_ms > WAIT_MS else WAIT_MS // 3
        self._unsettled_ms = max(UNSETTLED_MS, UNSETTLED_AIRTIMES * airtime_us // 1_000)
        self._trickle.start(airtime_us, now)
        self._budget.radio_up(airtime_us, now)
        self._mail_budget.radio_up(airtime_us, now)
        self._serving.radio_up(airtime_us, now)

    def radio_down(self) -> None:
        """The radio went; who needs something asks again."""
        self._trickle.stop()
        self._serving.radio_down()
        self._at.clear()
        self._round, self._answer = None, Answer()

    def met(self, now: int) -> None:
        """Somebody is near who was not for long: he hears a beacon soon, unless there just was one."""
        if now - self._beacon_at >= QUIET_MS:
            self._beacon_at = now
            self._trickle.hurry(now + self._entropy.below(MEET_WAITS * self._wait_ms))

    def receive(self, kind: int, body: bytes, now: int) -> None:
        """A beacon, vector or offer; WireError if it is none."""
        self._changed(self.feeds.ripen(now), now)
        if kind == AirKind.BEACON:
            self._beacon(decode(Beacon, body), now)
        elif kind == AirKind.VECTOR:
            self._vector(decode(Vector, body), now)
        else:
            self._offer(decode(Offer, body), now)

    # What is held.

    def kept(self, key: bytes, seq: int, age_s: int, now: int, *, live: bool) -> None:
        """A post is on the disk, new or not; `live`: it came by itself, and not by repair."""
        new = not self.feeds.holds(key, seq)
        self.feeds.add(key, seq, self._odometer() - age_s, now + RIPE_MS if live else None)
        self._changed(not live, now)
        if self._fresh and new and not live:
            self._fresh -= 1
            if not self._fresh:
                self.feeds.content()

    def older(self, now: int) -> None:
        """Older posts than what is held are wanted, as many as a fresh device pulls."""
        self._fresh = FRESH_ENOUGH
        self.feeds.reopen_all()
        self._trickle.inconsistent(now)

    def heard(self, what: Wanted, now: int) -> None:
        """A carried copy of this was heard: it need not be handed out."""
        self._talk(now)
        last = self._serving.heard(name_of(what), now)
        if not self._serving.promises.open:
            self._at.pop("again", None)
        elif self._asks_again:
            # What was lost on the way is asked for when the last has come, or nothing for a while.
            self._ask_again(now + (0 if last else SILENCE_WAITS * self._wait_ms))

    def _ask_again(self, at: int) -> None:
        self._at["again"] = at + self._entropy.below(self._wait_ms)

    def age_of(self, what: Wanted) -> int:
        """How old, in seconds, the last offer said that this is; 0 if none did. It is told once."""
        return age.unpack(self._ages.take(name_of(what)))

    def named(self, board: str, now: int) -> None:
        """Somebody said the name of a board."""
        self._naming.said(board, now)

    def _talk(self, now: int) -> None:
        """A repair is under way: beacons would only tell what is being mended."""
        self._talk_until = now + TALK_WAITS * self._wait_ms

    def _changed(self, changed: bool, now: int) -> None:
        if changed:
            self._changed_at = now

    def _born(self, what: Wanted) -> int:
        return 0 if what.mail else self.feeds.born(what.key, what.seq) or 0

    # What others say.

    def _beacon(self, beacon: Beacon, now: int) -> None:
        self._beacon_at = now
        mail = self._mailing.mail.digest(self._odometer())
        public_differs = beacon.public != self.feeds.digest
        mail_differs = beacon.mail != mail
        if public_differs and (now - self._changed_at < self._unsettled_ms or now < self._talk_until):
            return
        allows = self._patience.allows
        tries_public = public_differs and allows("public", beacon.public, self.feeds.digest, now)
        tries_mail = mail_differs and "offer" not in self._at and allows("mail", beacon.mail, mail, now)
        if not tries_public and not tries_mail:
            self._trickle.consistent()
            if not public_differs and beacon.feeds:
                self._fresh = 0
                self.rounds += 1
            return
        if self._wait_ms <= WAIT_MS:
            self._trickle.inconsistent(now)
        elif tries_public:
            # On slow air one beacon has to do, when it is time for the next try. Mail is in no hurry at all.
            wait_ms = FIRST_WAITS * self._wait_ms
            self._trickle.hurry(now + wait_ms + self._entropy.below(wait_ms))
        if tries_mail and self._plan("offer", now + (GATHER_MS if self._wait_ms <= WAIT_MS else 0)):
            self._patience.tried("mail", beacon.mail, mail, now)
        if tries_public and self._begin_round(beacon, now):
            self._patience.tried("public", beacon.public, self.feeds.digest, now)

    def _begin_round(self, beacon: Beacon, now: int) -> bool:
        if not beacon.feeds:
            self._serve_fresh(now)
            return True
        if beacon.feeds < len(self.feeds):
            return False  # he has less to say: our beacon will make him say it
        self._round = differing(self.feeds, beacon)
        return self._plan("round", now)

    def _serve_fresh(self, now: int) -> None:
        """Somebody has nothing at all: the newest, as much as he will pull."""
        at = now + self._entropy.below(self._wait_ms)
        newest = self.feeds.newest(FRESH_SERVED)
        for key in dict.fromkeys(key for key, _ in newest):
            self._serving.owe(Wanted(key, PROFILE), at, now)
        for key, seq in newest:
            self._serving.owe(Wanted(key, seq), at, now)

    def _vector(self, vector: Vector, now: int) -> None:
        said = unpack(vector)
        self.rounds += 1
        self._talk(now)
        if isinstance(said, Listing):
            if self._round is not None and covers(said.size, frozenset(said.lists), self._round):
                self._cancel("round")
            self._answer.merge(answer_lists(self.feeds, said))
        else:
            if self._round is not None and covers(said.size, said.complete, self._round):
                self._cancel("round")
            self._entries(said, now)
        if self._answer:
            self._plan("answer", now)

    def _entries(self, said: Entries, now: int) -> None:
        at = now + self._entropy.below(self._wait_ms)
        for key, entry in lacked(self.feeds, said).items():
            if says_it(self.feeds.entry(key), entry):
                self._answer.keys.pop(key, None)
            self._entry(key, entry, at, now)
        for entry in said.entries:
            if len(self._answer.unknown) >= UNKNOWN_MAX:
                break
            if not self.feeds.called(entry.id) and entry.highest > entry.floor:
                self._answer.unknown[entry.id] = None

    def _entry(self, key: bytes, entry: Entry, at: int, now: int) -> None:
        ours = self.feeds.entry(key)
        lacking = self.feeds.lacking(key, entry)
        stale = ours.epoch is not None and (entry.epoch is None or entry.epoch < ours.epoch)
        if stale and (lacking or entry.highest):
            self._serving.owe(Wanted(key, PROFILE), at, now)
        for seq in lacking:
            self._serving.owe(Wanted(key, seq), at, now)
        if key == self._own:
            self.own_highest = max(self.own_highest, entry.highest)
            return
        self.feeds.reopen(key, entry)
        if self.feeds.wants(key, entry) or (entry.epoch is not None and entry.epoch > (ours.epoch or -1)):
            self._answer.keys[key] = None
        elif not lacking:
            self._doubt(key, entry, now)

    def _doubt(self, key: bytes, entry: Entry, now: int) -> None:
        if self._doubts.last(key, now):
            self._changed(self.feeds.believe(key, entry), now)

    def _offer(self, heard: Offer, now: int) -> None:
        if heard.asks:
            at = now + self._entropy.below(self._wait_ms)
            for what in self._mailing.asked(heard):
                self._serving.owe(what, at, now)
            return
        pairs = heard.pairs()
        self._ages.say(pairs)
        if heard.comes:
            self._serving.promises.offered([name for name, _ in pairs], now, self._serving.holds)
            self._serving.yields(heard.flags)
            self._serving.leaves((name for name, _ in pairs if heard.is_mail), now)
        if heard.is_mail:
            self._mail_offer(heard, now)

    def _mail_offer(self, heard: Offer, now: int) -> None:
        if heard.whole:
            # Another told what he holds: of ours is told what he seems to lack.
            self._cancel("offer")
        self._mailing.offered(heard, self._odometer())
        if self._mailing.tells:
            self._plan("tell", now)
        if self._mailing.asks:
            # Who knows that it has arrived says so first (node/courier.py).
            busy = self._serving.promises.busy_until if heard.comes else 0
            self._plan("ask", max(now + self._wait_ms, busy))

    # What we say.

    def next_deadline(self) -> int | None:
        """When `due` has something to do."""
        times = [self._trickle.next_deadline(), self._serving.next_deadline()]
        if self._trickle.interval_ms:
            times.append(self.feeds.ripe_at)
            times += [max(at, self._paid(name).free_at) for name, at in self._at.items()]
        return min((time for time in times if time is not None), default=None)

    def due(self, now: int, load: int, *, busy: bool) -> Todo:
        """What to say and fetch now. `load`: percent of the air that is taken; `busy`: chat waits for it."""
        todo = Todo()
        self._changed(self.feeds.ripen(now), now)
        if self._trickle.due(now) and not self._held_back(now):
            self._beacon_at = now
            mail = self._mailing.mail.digest(self._odometer())
            todo.air.append(one_hop(AirKind.BEACON, encode(make(self.feeds, mail, self._entropy.below(256)))))
        full = load > PUBLIC_LOAD and self._wait_ms > WAIT_MS
        if load > MAIL_LOAD and self._wait_ms > WAIT_MS:
            later = self._at if full else MAIL_TALK
            self._at.update((name, now + 8 * self._wait_ms) for name in later if name in self._at)
        for name in [name for name, at in self._at.items() if max(at, self._paid(name).free_at) <= now]:
            del self._at[name]
            for kind, body in self._say(name, now):
                self._talk(now)
                self._paid(name).spend(len(body), now)
                todo.air.append(one_hop(kind, body))
        if busy or full:
            self._serving.pace.spent(0, now, load)
            return todo
        if records := self._serving.next_records(now, load):
            self._talk(now)
            frame = handed_on([one.raw for one in records])
            todo.air += [*self._naming.frames(records[0].board, now), frame]
        todo.fetch = self._serving.take(now, load)
        return todo

    def _paid(self, name: str) -> Budget:
        return self._mail_budget if name in MAIL_TALK else self._budget

    def _held_back(self, now: int) -> bool:
        """Whether a beacon waits for the end of a repair; not for long, for a repair may be pretended."""
        self._unsaid = self._unsaid + 1 if now < self._talk_until else 0
        return 0 < self._unsaid <= SILENT_MAX

    def fetched(self, records: list[Record]) -> list[bytes]:
        """What the store gave of what was to be fetched: frames that announce it. It follows by `due`."""
        self._serving.fetched(records)
        frames = []
        for flags in (MAIL | NEXT, 0):
            items = [
                (name_of(record.what), age.pack(record.age_s))
                for record in records
                if bool(record.what.mail) == bool(flags)
            ]
            if items:
                said = offer(items, flags, self._turn())
                self._serving.turn = said.flags
                frames.append(one_hop(AirKind.OFFER, encode(said)))
        return frames

    def _say(self, name: str, now: int) -> list[tuple[AirKind, bytes]]:
        if self._fresh and len(self.feeds):
            # Nobody is asked for more than what is still to be pulled.
            self.feeds.reopen_all()
            self.feeds.content(self._fresh // len(self.feeds) + 1)
        if name == "round" and self._round is not None:
            vectors = open_round(self.feeds, self._round, self._turn())
            self._asked = Answer(self._round.size, complete=set(self._round.buckets))
            self._round, self._asks_again = None, ASKS_AGAIN
            self._serving.promises.begin()
            return [(AirKind.VECTOR, encode(vector)) for vector in vectors]
        if name == "answer" and self._answer:
            self._asked, self._answer, self._asks_again = self._answer, Answer(), ASKS_AGAIN
            return [(AirKind.VECTOR, encode(say_entries(self.feeds, self._asked, self._turn())))]
        if name == "again":
            self._asks_again -= 1
            if self._asks_again and self._serving.promises.open:
                self._ask_again(now + SILENCE_WAITS * self._wait_ms)
            return [(AirKind.VECTOR, encode(say_entries(self.feeds, self._asked, self._turn())))]
        promises = self._serving.promises
        said = self._mailing.say(name, self._odometer(), self._turn(), lambda one: promises.awaits(one, now))
        if name == "ask" and self._mailing.asks:
            self._plan("ask", promises.busy_until)
        return [] if said is None else [(AirKind.OFFER, encode(said))]

    def _turn(self) -> int:
        return self._entropy.below(2 * NONCES)

    def _plan(self, name: str, now: int) -> bool:
        """Say this after a random wait; False if it was planned already."""
        if name in self._at:
            return False
        self._at[name] = now + self._entropy.below(self._wait_ms)
        return True

    def _cancel(self, name: str) -> None:
        self._at.pop(name, None)
        if name == "round":
            self._round = None
