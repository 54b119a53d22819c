"""A meeting of 2 to 10 people who stand together: each device commits, reveals, and shows four words.

What is on the air is in `wire.meeting`, why it is safe in `crypto.meeting`. Frames get lost, so each device
says its part again until the meeting is over. Whose commitments count is decided in `_close`, what was
revealed is believed in `_believe`, and nowhere else.
"""

from contextlib import suppress
from dataclasses import field
from enum import StrEnum

from handheld.clock import Entropy
from handheld.crypto.identity import Identity
from handheld.crypto.meeting import commitment_of, group_of, own_reveal, sign_reveal, verify_reveal, words_of
from handheld.errors import CryptoError, Refused, WireError
from handheld.node.effects import Effect
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.prekeys import Prekeys
from handheld.values import dataclass
from handheld.wire.constants import MeetStep
from handheld.wire.meeting import (
    NONCE,
    NUMBER_MAX,
    PEOPLE_MAX,
    PEOPLE_MIN,
    MeetCommit,
    MeetReveal,
    decode_step,
    one_hop,
)

REPEAT_MS = 700
"""A device says its part again after so long, and longer where a frame takes long on the air."""

SHARE = 3
"""All devices of a meeting together take one part in this many of the air."""

PATIENCE_MS = 3 * 60 * 1000
REPEATS_MIN = 12
"""A meeting waits for its devices so long, and for so many repetitions at the least."""

COMPARE_MS = 10 * 60 * 1000
"""So long may people take to compare their words."""

LINGER_MS = 30_000
"""Somebody who has his words says his part on for so long: others may still lack it."""

_NOBODY = "Nobody is met."


class Stage(StrEnum):
    """How far a meeting has come."""

    NONE = "none"
    GATHERING = "gathering"
    COMPARING = "comparing"
    MET = "met"
    OVER = "over"


@dataclass(slots=True)
class _Round:
    """One meeting from its number to its end. `others`: commitments of the others, and what they were of."""

    number: int
    people: int
    reveal: MeetReveal
    ends: int
    next: int
    turn: int = 0
    stage: Stage = Stage.GATHERING
    others: dict[bytes, MeetReveal | None] = field(default_factory=dict)
    claimed: dict[bytes, MeetReveal] = field(default_factory=dict)
    """Revealed before the set was closed, so that the signature could not be checked yet."""
    group: bytes = b""
    words: tuple[str, ...] = ()
    say: str = ""

    @property
    def closed(self) -> bool:
        """Whether it is decided whose commitments count."""
        return bool(self.group)


class Meet:
    """Verbs as of the node: `receive`, `tick`, `next_deadline`; `begin` and `answer` are the owner's."""

    def __init__(self, prekeys: Prekeys, nickname: bytes, outbound: Outbound, entropy: Entropy) -> None:
        self._prekeys = prekeys
        self._nickname = nickname
        self._outbound = outbound
        self._entropy = entropy
        self._airtime_ms = 0
        self._round: _Round | None = None

    @property
    def _identity(self) -> Identity:
        # Asked for each time: a kept one would hold prekeys that were erased since.
        return self._prekeys.identity

    def radio(self, airtime_us: int) -> None:
        """A radio is there whose longest frame takes so long."""
        self._airtime_ms = airtime_us // 1000

    @property
    def round(self) -> _Round | None:
        """The meeting that runs, or the last one."""
        return self._round

    @property
    def revealed(self) -> list[MeetReveal]:
        """The others, in the order of their keys, once all of them are believed."""
        shown = self._round is not None and self._round.stage in {Stage.COMPARING, Stage.MET}
        others = [one for one in self._round.others.values() if one] if self._round and shown else []
        return sorted(others, key=lambda one: one.key)

    def begin(self, number: int, people: int, now: int) -> None:
        """Meet under this number. Refused, with nothing changed, for a number or a crowd that cannot be."""
        if not 0 <= number <= NUMBER_MAX:
            raise Refused(
                "The number of a meeting has two digits: 00 to 99. One of you says it, all type it."
            )
        if not PEOPLE_MIN <= people <= PEOPLE_MAX:
            raise Refused(
                f"A meeting is for {PEOPLE_MIN} to {PEOPLE_MAX} people, you included. With more, meet in "
                "groups; whoever is in two of them can introduce the others."
            )
        reveal = own_reveal(self._identity, number, people, self._entropy.take(NONCE), self._nickname)
        patience = max(PATIENCE_MS, REPEATS_MIN * self._interval_ms(people))
        # A moment at random: all of them press Enter together.
        self._round = _Round(
            number, people, reveal, now + patience, now + self._entropy.below(REPEAT_MS // 2)
        )

    def answer(self, now: int, *, same: bool) -> list[MeetReveal]:
        """Whether all screens show the same words; who is met by that. Refused while there are no words."""
        meeting = self._round
        if meeting is None or (same and meeting.stage is not Stage.COMPARING):
            raise Refused("There are no words to compare. Begin with: pocketmesh meet NUMBER PEOPLE")
        if not same:
            self._end(
                meeting, "The words differ, or you left: nobody is met. Begin again with another number."
            )
            return []
        met = self.revealed
        meeting.stage, meeting.ends = Stage.MET, now + max(LINGER_MS, 4 * self._interval_ms(meeting.people))
        return met

    def receive(self, body: bytes, now: int) -> bool:
        """A frame of some meeting; whether ours changed by it. Raises WireError and CryptoError."""
        step = decode_step(body)
        meeting = self._round
        if meeting is None or meeting.stage is Stage.OVER or step.number != meeting.number:
            raise WireError("meeting", "not ours")
        if step.people != meeting.people:
            return self._say(meeting, f"Somebody with number {step.number:02} counted {step.people} people.")
        commitment = commitment_of(step) if isinstance(step, MeetReveal) else step.commitment
        if commitment == commitment_of(meeting.reveal):
            raise WireError("own", "our own part of a meeting came back")
        changed = self._take(meeting, commitment, now)
        if isinstance(step, MeetReveal) and meeting.stage is Stage.GATHERING:
            return self._claim(meeting, commitment, step, now) or changed
        return changed

    def next_deadline(self) -> int | None:
        """When `tick` has something to do."""
        meeting = self._round
        return None if meeting is None or meeting.stage is Stage.OVER else min(meeting.next, meeting.ends)

    def tick(self, now: int) -> tuple[list[Effect], bool]:
        """Say our part if it is due; what to do, and whether the meeting changed."""
        meeting = self._round
        if meeting is None or meeting.stage is Stage.OVER:
            return [], False
        if now >= meeting.ends:
            return [], self._time_is_up(meeting)
        if now < meeting.next:
            return [], False
        interval = self._interval_ms(meeting.people)
        meeting.next = now + interval + self._entropy.below(interval // 4)
        meeting.turn = meeting.turn + 1 & 0xFF
        return self._outbound.put(Outgoing(one_hop(self._part(meeting))), now), False

    def _part(self, meeting: _Round) -> MeetCommit | MeetReveal:
        if meeting.closed:
            own = meeting.reveal
            fields = (own.step, own.number, own.people, meeting.turn, own.key, own.nonce, own.nickname)
            return MeetReveal(*fields, own.signature)
        commitment = commitment_of(meeting.reveal)
        return MeetCommit(MeetStep.COMMIT, meeting.number, meeting.people, meeting.turn, commitment)

    def _interval_ms(self, people: int) -> int:
        return max(REPEAT_MS, SHARE * people * self._airtime_ms)

    def _take(self, meeting: _Round, commitment: bytes, now: int) -> bool:
        if commitment in meeting.others:
            return False
        if meeting.stage is Stage.MET:
            raise WireError("meeting", "too late")
        if meeting.closed:
            crowd = f"More than {meeting.people} devices use number {meeting.number:02}."
            return self._end(meeting, f"{crowd} {_NOBODY} Agree on another number.")
        meeting.others[commitment] = None
        if len(meeting.others) == meeting.people - 1:
            self._close(meeting, now)
        return True

    def _close(self, meeting: _Round, now: int) -> None:
        """As many as were counted: whose commitments count is decided, and only now do we reveal."""
        own = commitment_of(meeting.reveal)
        meeting.group = group_of([own, *meeting.others])
        meeting.reveal = sign_reveal(self._identity, meeting.reveal, meeting.group)
        meeting.next = now + self._entropy.below(REPEAT_MS // 4)
        for commitment, claim in meeting.claimed.items():
            with suppress(CryptoError):  # he closed with others than we did, or it was not he
                self._believe(meeting, commitment, claim, now)

    def _claim(self, meeting: _Round, commitment: bytes, reveal: MeetReveal, now: int) -> bool:
        if not meeting.closed:
            meeting.claimed[commitment] = reveal
            return False
        return meeting.others[commitment] is None and self._believe(meeting, commitment, reveal, now)

    def _believe(self, meeting: _Round, commitment: bytes, reveal: MeetReveal, now: int) -> bool:
        """What he revealed is what he committed to; CryptoError unless he signed it in this very group."""
        verify_reveal(reveal, meeting.group)
        meeting.others[commitment] = reveal
        shown = [one for one in meeting.others.values() if one is not None]
        if len({self._identity.key, *(one.key for one in shown)}) <= len(shown):
            return self._end(meeting, f"Two devices here have the same key: one is a copy. {_NOBODY}")
        if len(shown) == meeting.people - 1:
            meeting.words = words_of([meeting.reveal, *shown])
            meeting.stage, meeting.say, meeting.ends = Stage.COMPARING, "", now + COMPARE_MS
        return True

    def _time_is_up(self, meeting: _Round) -> bool:
        if meeting.stage is Stage.MET:
            meeting.stage = Stage.OVER
            return False
        if meeting.stage is Stage.COMPARING:
            return self._end(meeting, f"Nobody said whether the words are the same. {_NOBODY}")
        here = 1 + (sum(map(bool, meeting.others.values())) if meeting.closed else len(meeting.others))
        heard = f"Only {here} of {meeting.people} devices were heard to the end."
        return self._end(meeting, f"{heard} {_NOBODY} Stand closer together and agree on another number.")

    def _end(self, meeting: _Round, why: str) -> bool:
        meeting.stage, meeting.words = Stage.OVER, ()
        return self._say(meeting, why)

    def _say(self, meeting: _Round, sentence: str) -> bool:
        changed, meeting.say = meeting.say != sentence, sentence
        return changed
