"""Calls for help: an own one is repeated until somebody saw it, others' stay on the screen until we say so.

A relay hands a frame on once in ten minutes for each mode, and the post must stay the same one: so what is
repeated within that time floods in the other mode, and then goes one hop, for who came near meanwhile. A
stranger may be lying: his answer is shown, and makes the repeats rare; it does not end them. Where there is
no room for all, those of strangers go first, and of somebody blocked nothing is kept.
"""

from collections.abc import Callable, Iterable

from handheld.errors import Refused
from handheld.events import Alert as AlertShown
from handheld.events import AlertChanged, Message
from handheld.node.effects import Effect, KeepPost, Tell
from handheld.node.names import UNKNOWN
from handheld.node.odometer import Odometer
from handheld.node.outbound import Outbound, Outgoing
from handheld.node.people import People
from handheld.node.public import post_frame
from handheld.node.standing import BLOCKED
from handheld.wire.air import flood, one_hop
from handheld.wire.codec import decode
from handheld.wire.constants import (
    POST_LIFE_S,
    PUBLIC_START_TTL,
    AirFlag,
    AirKind,
    AirMode,
    AlertStep,
    PostType,
)
from handheld.wire.notices import Alert, Deleted

REPEAT_MS = 60 * 1000
"""From the first time on the air to the second; doubled each time."""

REPEAT_MAX_MS = 15 * 60 * 1000

FORGOTTEN_MS = 11 * 60 * 1000
"""After so long relays hand the same frame on again, in the same mode."""

CALLS_MAX = 64
"""Alerts that are remembered; beyond, strangers' oldest go. They stay on their board."""

ANSWERS_MAX = 64
"""People whose answer to one alert is remembered."""

EARLY_MAX = 64
"""Answers to alerts that were not heard yet."""

Which = tuple[bytes, int]
"""The first 8 bytes of an alert's author, and its number."""


class Call:
    """One alert. `answered`: we said that we saw it. `dismissed`: its owner wants to see it no more.

    `aired`: when it last went in each mode.
    """

    def __init__(self, keep: KeepPost, message: int) -> None:
        self.keep = keep
        self.message = message
        self.seen: list[bytes] = []
        self.over = False
        self.answered = False
        self.dismissed = False
        self.gone = False
        self.wait_ms = REPEAT_MS
        self.due: int | None = None
        self.aired: dict[AirMode, int] = {}


class Alarms:
    """Verbs: `kept`, `tick`, `next_deadline`, and what the radio says. `show` makes a Message of a row."""

    def __init__(
        self,
        people: People,
        odometer: Odometer,
        outbound: Outbound,
        show: Callable[[KeepPost, int, str, int], Message],
        invisible: bool,
    ) -> None:
        self._people = people
        self._odometer = odometer
        self._outbound = outbound
        self._show = show
        self._invisible = invisible
        self._calls: dict[Which, Call] = {}
        self._early: dict[Which, list[KeepPost]] = {}
        self._up = False

    def restore(self, saved: Iterable[tuple[int, KeepPost]], dismissed: Iterable[int] = ()) -> None:
        """What the store held, in the order of its ids. Nothing is told: nobody reads a clock yet."""
        put_away = set(dismissed)
        for message, keep in saved:
            for call in self._take(keep, message, 0):
                call.dismissed = call.message in put_away

    def kept(self, keep: KeepPost, message: int, now: int) -> list[Effect]:
        """A new post is on the disk: what it means for alerts, if anything."""
        return [self._changed(call, now) for call in self._take(keep, message, now)]

    def _take(self, keep: KeepPost, message: int, now: int) -> list[Call]:
        """The alerts that a post changes."""
        if keep.kind == PostType.DELETED:
            return self._deleted(keep)
        if keep.kind != PostType.ALERT:
            return []
        fields = decode(Alert, keep.text)
        if fields.step == AlertStep.HELP:
            return self._called(keep, message, now)
        which = (fields.author, fields.seq)
        if (call := self._calls.get(which)) is None:
            self._remember_early(which, keep)
            return []
        self._answered(call, keep, fields, now)
        return [call]

    def _rank(self, author: bytes) -> int:
        return self._people.standing.rank(author)

    def _called(self, keep: KeepPost, message: int, now: int) -> list[Call]:
        if self._rank(keep.author) == BLOCKED:
            return []
        call = Call(keep, message)
        if keep.own:
            call.due = now + REPEAT_MS
            call.aired[AirMode.COLLECT] = now
        which = (keep.author[:8], keep.seq)
        self._calls[which] = call
        for early in self._early.pop(which, []):
            self._answered(call, early, decode(Alert, early.text), now)
        return [*self._make_room(), call]

    def _make_room(self) -> list[Call]:
        if len(self._calls) <= CALLS_MAX:
            return []
        # The first of the greatest: the oldest of those who count least.
        worst = max(self._calls, key=lambda which: self._rank(self._calls[which].keep.author))
        return self._forget(worst)

    def _forget(self, which: Which) -> list[Call]:
        call = self._calls.pop(which)
        call.over = call.gone = True
        return [call]

    def _remember_early(self, which: Which, keep: KeepPost) -> None:
        self._early.setdefault(which, []).append(keep)
        held = [(one, early) for one, answers in self._early.items() for early in answers]
        if len(held) > EARLY_MAX:
            worst, early = max(held, key=lambda item: self._rank(item[1].author))
            self._early[worst].remove(early)
            if not self._early[worst]:
                del self._early[worst]

    def _answered(self, call: Call, keep: KeepPost, fields: Alert, now: int) -> None:
        if fields.step == AlertStep.OVER:
            call.over = call.over or keep.author == call.keep.author
        elif keep.own:
            call.answered = True
        elif keep.author not in call.seen:
            call.seen.append(keep.author)
            if len(call.seen) > ANSWERS_MAX:
                call.seen.remove(max(reversed(call.seen), key=self._rank))
        if call.over or self._is_seen(call):
            call.due = None
        elif call.seen and call.due is not None:
            call.wait_ms, call.due = REPEAT_MAX_MS, max(call.due, now + REPEAT_MAX_MS)

    def _is_seen(self, call: Call) -> bool:
        """Whether somebody whom the owner knows said that he saw it."""
        return any(self._is_known(one) for one in call.seen)

    def _is_known(self, key: bytes) -> bool:
        person = self._people.person(key, 0)
        return person.level != UNKNOWN or bool(person.petname)

    def _deleted(self, keep: KeepPost) -> list[Call]:
        fields = decode(Deleted, keep.text)
        numbers = range(fields.seq, fields.seq + fields.count)
        return [call for seq in numbers for call in self._lost(keep.author, seq)]

    def _lost(self, author: bytes, seq: int) -> list[Call]:
        which = (author[:8], seq)
        call = self._calls.get(which)
        return [] if call is None or call.keep.author != author else self._forget(which)

    def lost(self, author: bytes, seq: int, now: int) -> list[Effect]:
        """A post is held no more."""
        return [self._changed(call, now) for call in self._lost(author, seq)]

    def dismiss(self, message: int, now: int) -> list[Effect]:
        """Somebody's alert is not to stand on top any more; nobody is told. Refused if there is none."""
        for call in self._calls.values():
            if call.message == message and not call.keep.own:
                call.dismissed = True
                return [self._changed(call, now)]
        raise Refused(f"Number {message} is no alert of somebody else. See: pocketmesh alert --list")

    def radio(self, *, up: bool) -> None:
        """Whether there is a radio."""
        self._up = up

    def next_deadline(self) -> int | None:
        """When `tick` is wanted."""
        if not self._up:
            return None
        return min((call.due for call in self._calls.values() if call.due is not None), default=None)

    def tick(self, now: int) -> list[Effect]:
        """Repeat what is due, forget what has expired."""
        effects = self.sweep(now)
        for call in self._calls.values():
            if self._up and call.due is not None and now >= call.due:
                if self._is_seen(call):  # its reader was named since
                    call.due = None
                    effects.append(self._changed(call, now))
                    continue
                effects += self._outbound.put(Outgoing(self._frame(call, now), hurry=True), now)
                call.wait_ms = min(2 * call.wait_ms, REPEAT_MAX_MS)
                call.due = now + call.wait_ms
        return effects

    def sweep(self, now: int) -> list[Effect]:
        """Forget what has expired, and what somebody wrote who is blocked by now."""
        gone = [which for which, call in self._calls.items() if self._is_gone(call.keep, now)]
        return [self._changed(call, now) for which in gone for call in self._forget(which)]

    def _is_gone(self, keep: KeepPost, now: int) -> bool:
        if self._rank(keep.author) == BLOCKED:
            return True
        life = POST_LIFE_S if keep.expires is None else keep.expires
        return keep.age + self._odometer.read(now) - keep.powered >= life

    def _frame(self, call: Call, now: int) -> bytes:
        raw, body = call.keep.raw, call.keep.raw[1:]

        def rested(mode: AirMode) -> bool:
            at = call.aired.get(mode)
            return at is None or now - at >= FORGOTTEN_MS

        if rested(AirMode.COLLECT):
            call.aired[AirMode.COLLECT] = now
            return post_frame(raw, invisible=self._invisible)
        if rested(AirMode.FLOOD) and not self._invisible:
            call.aired[AirMode.FLOOD] = now
            return flood(AirKind.POST, PUBLIC_START_TTL, body, AirFlag.URGENT)
        return one_hop(AirKind.POST, body, AirFlag.URGENT)

    def own(self) -> Call:
        """The newest own alert that is not over. Refused if there is none."""
        for call in reversed(self._calls.values()):
            if call.keep.own and not call.over:
                return call
        raise Refused("You have no alert on the air.")

    def everything(self, now: int) -> list[AlertShown]:
        """All alerts that live: the own ones, then by how much their authors count, then the newest."""
        living = [call for call in reversed(self._calls.values()) if not self._is_gone(call.keep, now)]
        living.sort(key=lambda call: self._rank(call.keep.author))
        return [self._shown(call, now) for call in living]

    def _changed(self, call: Call, now: int) -> Tell:
        return Tell(AlertChanged(self._shown(call, now)))

    def _shown(self, call: Call, now: int) -> AlertShown:
        return AlertShown(
            message=self._show(call.keep, call.message, "", now),
            seen_by=[self._people.person(key, now) for key in call.seen],
            over=call.over,
            answered=call.answered,
            repeats=call.due is not None and not self._is_seen(call),
            rank=self._rank(call.keep.author),
            dismissed=call.dismissed,
            gone=call.gone,
        )
