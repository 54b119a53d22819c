"""Own private messages on their way: the state table, and when each is to be sealed again.

Every try is a new sealing, so every try is a frame of its own to the relays. A message is never given
up because an ack was lost: it is sent again more and more rarely, and at once when its reader is heard.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from handheld.clock import Entropy
from handheld.wire.constants import LetterKind

FIRST_TRY_MS = 350
"""The shortest wait for an ack; longer where a frame takes long on the air."""

AIRTIMES = 12
"""A path of three hops there and back, with the waiting for turns, in airtimes of the longest frame."""

QUICK_TRIES = 6
"""Tries that follow each other closely; then the wait doubles each time."""

SLOWEST_MS = 10 * 60 * 1000
GIVE_UP_S = 7 * 24 * 60 * 60
"""Powered seconds from its writing after which a message is given up, once it was tried again."""

FRONT = 4
"""Messages to one reader that are tried at the same time."""

FRONT_NEAR = 8
"""The same while he answers, where the air is fast.

What was shown but not yet acknowledged takes a place too: with four, one message a second over four hops
and 30 % frame loss stood in line for half a minute (tests/benchmarks/lossy_mail.py).
"""

SILENT_TRIES = QUICK_TRIES + 2
"""After so many tries without any ack in between a reader answers no more: about eight seconds."""

SEALINGS_MAX = 64
"""Commitments kept of one message: an ack of any of them delivers it."""


class State(Enum):
    """Where a message stands, in the word that is stored and shown."""

    QUEUED = "queued"
    WAITING = "waiting"
    """Its reader's prekey is not known yet."""
    AIRED = "aired"
    DELIVERED = "delivered"
    FAILED = "failed"


class Input(Enum):
    """What can happen to it."""

    KEY = "key"
    NO_KEY = "no key"
    SENT = "sent"
    ACKED = "acked"
    TOO_OLD = "too old"


TABLE: dict[State, dict[Input, State]] = {
    State.QUEUED: {
        Input.KEY: State.QUEUED,
        Input.NO_KEY: State.WAITING,
        Input.SENT: State.AIRED,
        Input.ACKED: State.DELIVERED,
        Input.TOO_OLD: State.FAILED,
    },
    State.WAITING: {
        Input.KEY: State.QUEUED,
        Input.NO_KEY: State.WAITING,
        Input.SENT: State.AIRED,
        Input.ACKED: State.DELIVERED,
        Input.TOO_OLD: State.FAILED,
    },
    State.AIRED: {
        Input.KEY: State.AIRED,
        Input.NO_KEY: State.AIRED,
        Input.SENT: State.AIRED,
        Input.ACKED: State.DELIVERED,
        Input.TOO_OLD: State.FAILED,
    },
    State.DELIVERED: dict.fromkeys(Input, State.DELIVERED),
    # An ack that comes after we gave up still tells the truth.
    State.FAILED: {**dict.fromkeys(Input, State.FAILED), Input.ACKED: State.DELIVERED},
}

OPEN = (State.QUEUED, State.WAITING, State.AIRED)
"""States in which a message is still sent again."""


@dataclass(slots=True)
class Entry:
    """One own message; `message` is its id in the store, `reader` a full public key.

    `short`: tries in short form, one after the other, that were not answered.
    `powered`: what the odometer said when it was written, in seconds.
    """

    message: int
    reader: bytes
    seq: int
    lamport: int
    text: bytes = field(repr=False)
    state: State = State.QUEUED
    sealings: list[bytes] = field(default_factory=list)
    tries: int = 0
    at: int = 0
    short: int = 0
    powered: int = 0
    kind: int = LetterKind.TEXT


class Outbox:
    """All open entries, by the commitments that an ack may answer."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._entries: dict[int, Entry] = {}
        self._by_commitment: dict[bytes, Entry] = {}
        self._near: set[bytes] = set()
        self._airtime_us = 0
        self._load_percent = 0

    def __len__(self) -> int:
        return len(self._entries)

    def air(self, airtime_us: int, load_percent: int) -> None:
        """How slow the air is, and how full: waits stretch with both."""
        self._airtime_us = airtime_us
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

    def sealed(self, entry: Entry, commitment: bytes, now: int) -> None:
        """It was sealed once more: remember what its ack will answer, and when to try again."""
        entry.sealings.append(commitment)
        self._by_commitment[commitment] = entry
        if len(entry.sealings) > SEALINGS_MAX:
            self._by_commitment.pop(entry.sealings.pop(0), None)
        entry.tries += 1
        if entry.tries > SILENT_TRIES:
            self._near.discard(entry.reader)
        entry.at = now + self._wait(entry.tries)

    def wait(self, entry: Entry, now: int) -> None:
        """It cannot be sealed yet: look again when its reader is heard, or after the longest wait."""
        entry.at = now + SLOWEST_MS

    def later(self, entry: Entry, now: int) -> None:
        """There is no room for it on the way to the radio: look again soon, and do not count it as a try."""
        entry.at = now + FIRST_TRY_MS + self._entropy.below(FIRST_TRY_MS)

    def answered(self, commitment: bytes) -> Entry | None:
        """The message that an ack answers."""
        return self._by_commitment.get(commitment)

    def heard(self, reader: bytes, now: int) -> None:
        """A reader is in reach again: what has waited long for him is tried soon, and closely."""
        for entry in self._entries.values():
            if entry.reader == reader and entry.at - now > self._wait(QUICK_TRIES):
                entry.tries = min(entry.tries, QUICK_TRIES // 2)
                entry.at = now + self._entropy.below(FIRST_TRY_MS)

    def hurry(self, now: int, reader: bytes | None = None) -> None:
        """Everything, or everything to one reader, is due now: the radio is back, or his key is here."""
        for entry in self._entries.values():
            if reader is None or entry.reader == reader:
                entry.at = now

    def states(self) -> Counter[str]:
        """How many open entries are in each state."""
        return Counter(entry.state.value for entry in self._entries.values())

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
            if ahead[entry.reader] <= self._most(entry.reader):
                yield entry

    def _most(self, reader: bytes) -> int:
        fast = self._first_ms == FIRST_TRY_MS
        return FRONT_NEAR if fast and reader in self._near else FRONT

    @property
    def _first_ms(self) -> int:
        return max(FIRST_TRY_MS, AIRTIMES * self._airtime_us // 1000)

    def _wait(self, tries: int) -> int:
        first = self._first_ms
        quick = min(tries, QUICK_TRIES)
        wait = first * (4 + quick - 1) // 4 << min(max(0, tries - QUICK_TRIES), 16)
        wait = min(wait * 100 // (100 - self._load_percent), max(SLOWEST_MS, first))
        return wait + self._entropy.below(wait // 4 + 1)
