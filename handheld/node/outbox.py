"""Own private messages on their way: when each is to be sealed again.

Every try is a new sealing, so a frame of its own to the relays. No message is given up because an ack was
lost: it is sent again more and more rarely, and at once when its reader is heard.
"""

from collections import Counter
from collections.abc import Iterator

from handheld.clock import Entropy
from handheld.errors import Refused
from handheld.node.entry import OPEN, TABLE, Entry, Input, State
from handheld.node.pace import (
    AWAY,
    CROWDED,
    FAST,
    FIRST_TRY_MS,
    LET_THROUGH,
    LONG,
    LONG_MS,
    PUT_OFF_MS,
    REST_MS,
    SLOW,
    UNSURE_TRIES,
    Pace,
    trip_ms,
)
from handheld.wire.constants import AIR_FRAME_MAX

GIVE_UP_S = 7 * 24 * 60 * 60
"""Powered seconds from its writing after which a message is given up, once it was tried again."""

FRONT = 4
"""Messages to one reader that are tried at the same time."""

FRONT_NEAR = 8
"""The same while he answers, where the air is fast. What was shown but not yet acknowledged takes a place
too: with four, one message a second over four hops and 30 % frame loss stood in line for half a minute
(tests/benchmarks/lossy_mail.py)."""

SILENT_TRIES = FAST.quick + 2
"""After so many tries without any ack in between a reader answers no more: about eight seconds."""

SEALINGS_MAX = 64
"""Commitments kept of one message: an ack of any of them delivers it."""

CARRIED_MAX = 3
"""Sealings of one message that others are left to carry, the newest."""

AGAIN_MS = 11 * 60 * 1000
"""After so long the radios have forgotten a frame, so the same sealing can be sent once more."""

WITHDRAW_MS = 30_000
"""So long after it was made a sealing is withdrawn for a newer one: its own ack may be on the way."""

CARRIERS_MAX = 32
RARER, RARER_MAX = 6, 8
"""A message that others carry is tried so many times more rarely, the more the more of them there are."""


OUTBOX_MAX = 512
"""Own messages on their way at the same time."""


class Outbox:
    """All open entries, by the commitments that an ack may answer."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._entries: dict[int, Entry] = {}
        self._by_commitment: dict[bytes, Entry] = {}
        self._near: set[bytes] = set()
        self._longest_us = 0
        self._load_percent = 0

    def __len__(self) -> int:
        return len(self._entries)

    def room(self) -> None:
        """Refused when it is full: asked before a message is saved."""
        if len(self) >= OUTBOX_MAX:
            raise Refused(
                f"{OUTBOX_MAX} private messages wait for their readers already. Wait until some arrive."
            )

    def air(self, longest_us: int, load_percent: int) -> None:
        """The airtime of the longest frame, and how full the air is: waits stretch with both."""
        self._longest_us = longest_us
        self._load_percent = min(load_percent, 90)

    def add(self, entry: Entry, now: int) -> None:
        """Take a message that is saved; it is due at once. Of one that has failed, only acks are awaited."""
        entry.at = now
        if entry.state in OPEN:
            self._entries[entry.message] = entry
        for commitment in entry.sealings:
            self._by_commitment[commitment] = entry

    def get(self, message: int) -> Entry | None:
        """The open entry of a message, if it is one."""
        return self._entries.get(message)

    def carriers(self, message: int) -> int:
        """How many are known to carry this message; 0 of one that is open no more."""
        entry = self._entries.get(message)
        return entry.carriers if entry else 0

    def held(self, entry: Entry, *, more: bool) -> bool:
        """Somebody holds it, or (`more`) one more who lacked it has it from us; whether that is news."""
        before = entry.carriers
        entry.carriers = min(entry.carriers + 1, CARRIERS_MAX) if more else max(1, entry.carriers)
        return entry.carriers != before

    def surplus(self, entry: Entry, now: int) -> list[bytes]:
        """Withdraw sealings that need not be carried: the preimages that say so.

        An ack of one of these delivers nothing any more, for we say them ourselves. Slow air, where an ack
        takes its time, keeps the newest few; fast air one of each kind, for everybody carries all of them.
        """
        stay = list(entry.kept)
        if self.fast:
            # Of those made alike: what others carry already, or else what they heard last.
            order = reversed(stay) if entry.carriers else stay
            alike = {entry.kept[one].made: one for one in order}
            stay = [one for one in stay if one in alike.values()]
        gone = [
            one
            for one, sealing in entry.kept.items()
            if one not in stay[-CARRIED_MAX:] and now - sealing.at >= WITHDRAW_MS
        ]
        for commitment in gone:
            self._by_commitment.pop(commitment, None)
            entry.sealings.remove(commitment)
        return [entry.kept.pop(commitment).preimage for commitment in gone]

    def in_vain(self, entry: Entry) -> bool:
        """Whether the quick tries are over."""
        return entry.tries > self._pace_of(entry).quick

    def reusable(self, entry: Entry, prekey: bytes, now: int) -> bytes | None:
        """The commitment of a sealing that can be sent once more: of a new one all would carry a copy."""
        fit = [
            one
            for one, sealing in entry.kept.items()
            if sealing.prekey == prekey and now - sealing.at >= AGAIN_MS
        ]
        return fit[-1] if fit else None

    def step(self, entry: Entry, what: Input, now: int) -> bool:
        """Apply the table; True when the state changed and must be saved."""
        before = entry.state
        entry.state = TABLE[before][what]
        if entry.state not in OPEN:
            self._entries.pop(entry.message, None)
        if entry.state is State.DELIVERED:
            self._near.add(entry.reader)
            self.heard(entry.reader, now)
            for commitment in entry.sealings:
                self._by_commitment.pop(commitment, None)
        return entry.state is not before

    def sealed(self, entry: Entry, commitment: bytes, now: int, size: int = 0, hops: int = 0) -> None:
        """It was sealed once more: remember what its ack will answer, and when to try again.

        The frame has `size` bytes and goes by way over `hops` transmissions; 0: it floods.
        """
        entry.left = True
        if commitment not in entry.sealings:
            entry.sealings.append(commitment)
        self._by_commitment[commitment] = entry
        if len(entry.sealings) > SEALINGS_MAX:
            self._by_commitment.pop(entry.sealings[0], None)
            entry.kept.pop(entry.sealings.pop(0), None)
        entry.tries += 1
        entry.last = now
        if entry.tries > SILENT_TRIES:
            self._near.discard(entry.reader)
        entry.hops = hops
        rarer = min(RARER + entry.carriers, RARER_MAX) if entry.carriers and self.in_vain(entry) else 1
        trip, pace = self._trip_ms(size, hops), self._pace_of(entry)
        entry.wait = self._wait(entry.tries, trip, pace if trip < LONG_MS or not hops else LONG) * rarer
        entry.at = now + entry.wait

    def aired(self, entry: Entry, now: int) -> None:
        """The radio has sent it only now: what an ack takes counts from here."""
        if entry.wait:
            entry.at = max(entry.at, now + entry.wait)

    def wait(self, entry: Entry, now: int) -> None:
        """It cannot be sealed yet: look again when its reader is heard, or after the longest wait."""
        entry.at = now + self._pace.slowest_ms

    @property
    def crowded(self) -> bool:
        """Whether one flood more would do more harm than good just now; asked anew it may say otherwise.

        Where floods fail for being too many, trying them again makes them more: a whole village then says
        nothing any more. So most wait, and each is let through in the end.
        """
        return self._pace is SLOW and self._load_percent > CROWDED and self._entropy.below(LET_THROUGH) > 0

    def later(self, entry: Entry, now: int) -> None:
        """There is no room for it on the air: look again soon, and do not count it as a try."""
        wait = FIRST_TRY_MS if self._pace is FAST else PUT_OFF_MS
        entry.at = now + wait + self._entropy.below(wait)

    def answered(self, commitment: bytes) -> Entry | None:
        """The message that an ack answers."""
        return self._by_commitment.get(commitment)

    def heard(self, reader: bytes, now: int) -> None:
        """A reader is in reach again: what has waited long for him is tried soon, and closely."""
        pace, trip = self._pace, self._trip_ms(AIR_FRAME_MAX, 0)
        for entry in self._entries.values():
            if entry.reader != reader or entry.at - now <= self._wait(pace.quick, trip, pace):
                continue
            if self.fast:
                self._revive(entry, now)
            else:
                entry.tries = min(entry.tries, pace.again)
                self._due(entry, now + self._entropy.below(trip))

    def _revive(self, entry: Entry, now: int) -> None:
        """Its reader is heard. He may not hear us, though, so each time after the first it costs one try."""
        if now - entry.last >= FAST.slowest_ms * 6:
            entry.revived = 0
        # What others carry comes to him by them, too: one try, however few there were while he was away.
        once = entry.revived or entry.carriers
        entry.tries = FAST.quick if once else min(entry.tries, FAST.again)
        shift, longest = (4, FAST.slowest_ms * 6) if entry.carriers else (0, AGAIN_MS)
        rest = min(longest, REST_MS << shift + min(2 * entry.revived, 16)) if entry.revived else 0
        entry.revived += 1
        self._due(entry, max(now + self._entropy.below(FIRST_TRY_MS), entry.last + rest))

    def walks(self, entry: Entry) -> bool:
        """Whether it goes to those near alone, to be carried."""
        return entry.away and self.fast

    def hopeless(self, entry: Entry, *, sure: bool) -> bool:
        """Whether trying on at once is in vain; `sure`: its reader was heard just now, or a way is known."""
        return self.fast and entry.tries >= (FAST.quick + 1 if sure else UNSURE_TRIES)

    def hurry(self, now: int, reader: bytes | None = None) -> None:
        """Everything, or everything to one reader, is due now: the radio is back, or his key is here."""
        for entry in self._entries.values():
            if reader is None or entry.reader == reader:
                self._due(entry, now)

    def states(self) -> Counter[str]:
        """How many open entries are in each state."""
        return Counter(entry.state.value for entry in self._entries.values())

    def open(self) -> list[Entry]:
        """All that are on their way, the oldest first."""
        return list(self._entries.values())

    def due(self, now: int) -> list[Entry]:
        """Entries whose time has come, the oldest first."""
        return [entry for entry in self._front() if entry.at <= now]

    def too_old(self, entry: Entry, powered: int) -> bool:
        """Whether it is time to give up, at this many seconds of the odometer."""
        # A radio that comes after a long time gets to send each message once.
        return entry.tries > 0 and powered - entry.powered >= GIVE_UP_S

    def next_deadline(self) -> int | None:
        """When `due` has something."""
        return min((entry.at for entry in self._front()), default=None)

    def _front(self) -> Iterator[Entry]:
        """The oldest few of each reader: who is out of reach does not fill the air with the rest."""
        ahead: dict[bytes, int] = {}
        for entry in self._entries.values():
            ahead[entry.reader] = ahead.get(entry.reader, 0) + 1
            if ahead[entry.reader] <= self._most(entry.reader) and not entry.held:
                yield entry

    def _most(self, reader: bytes) -> int:
        return FRONT_NEAR if self._pace is FAST and reader in self._near else FRONT

    @property
    def _pace(self) -> Pace:
        return FAST if self.fast else SLOW

    @property
    def fast(self) -> bool:
        """Whether a flood takes no time worth mentioning."""
        return self._trip_ms(AIR_FRAME_MAX, 0) == FIRST_TRY_MS

    def _due(self, entry: Entry, at: int) -> None:
        # Not because an ack is late, so it says nothing of the way.
        entry.hops = entry.wait = 0
        entry.at = at

    def _trip_ms(self, size: int, hops: int) -> int:
        return trip_ms(self._longest_us, size, hops)

    def _pace_of(self, entry: Entry) -> Pace:
        return AWAY if entry.away and self.fast else self._pace

    def _wait(self, tries: int, trip: int, pace: Pace) -> int:
        quick = min(tries, pace.quick)
        wait = trip * (4 + quick - 1) // 4 << min(max(0, tries - pace.quick) * pace.shift, 16)
        wait = min(wait * 100 // (100 - self._load_percent), max(pace.slowest_ms, trip))
        return wait + self._entropy.below(wait // 4 + 1)
