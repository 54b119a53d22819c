"""Calls for help: an own one is repeated until somebody saw it, others' stay on the screen until we say so.

A relay hands a frame on once in ten minutes for each mode, and the post must stay the same one: so what is
repeated within that time floods in the other mode, and then goes one hop, for who came near meanwhile. A
stranger may be lying: his answer is shown, and makes the repeats rare; it does not end them.
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
"""Alerts that are remembered; beyond, others' oldest go. They stay on their board."""

ANSWERS_MAX = 64
"""People whose answer to one alert is remembered."""

EARLY_MAX = 64
"""Answers to alerts that were not heard yet."""

Which = tuple[bytes, int]
"""The first 8 bytes of an alert's author, and its number."""


class Call:
    """One alert. `answered`: we said that we saw it. `aired`: when it last went in each mode."""

    def __init__(self, keep: KeepPost, message: int) -> None:
        self.keep = keep
        self.message = message
        self.seen: list[bytes] = []
        self.over = False
        self.answered = False
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

    def restore(self, saved: Iterable[tuple[int, KeepPost]]) -> None:
        """What the store held, in the order of its ids. Nothing is told: nobody reads a clock yet."""
        for message, keep in saved:
            self._take(keep, message, 0)

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

    def _called(self, keep: KeepPost, message: int, now: int) -> list[Call]:
        call = Call(keep, message)
        if keep.own:
            call.due = now + REPEAT_MS
            call.aired[AirMode.COLLECT] = now
        which = (keep.author[:8], keep.seq)
        self._calls[which] = call
        if len(self._calls) > CALLS_MAX:
            del self._calls[next((one for one, held in self._calls.items() if not held.keep.own), which)]
        for early in self._early.pop(which, []):
            self._answered(call, early, decode(Alert, early.text), now)
        return [call]

    def _remember_early(self, which: Which, keep: KeepPost) -> None:
        if sum(map(len, self._early.values())) >= EARLY_MAX:
            self._early.pop(next(iter(self._early)))
        self._early.setdefault(which, []).append(keep)

    def _answered(self, call: Call, keep: KeepPost, fields: Alert, now: int) -> None:
        if fields.step == AlertStep.OVER:
            call.over = call.over or keep.author == call.keep.author
        elif keep.own:
            call.answered = True
        elif keep.author not in call.seen and len(call.seen) < ANSWERS_MAX:
            call.seen.append(keep.author)
        if call.over or any(self._is_known(one) for one in call.seen):
            call.due = None
        elif call.seen and call.due is not None:
            call.wait_ms, call.due = REPEAT_MAX_MS, max(call.due, now + REPEAT_MAX_MS)

    def _is_known(self, key: bytes) -> bool:
        person = self._people.person(key, 0)
        return person.level != UNKNOWN or bool(person.petname)

    def _deleted(self, keep: KeepPost) -> list[Call]:
        fields = decode(Deleted, keep.text)
        which = (keep.author[:8], fields.seq)
        call = self._calls.get(which)
        if call is None or call.keep.author != keep.author:
            return []
        del self._calls[which]
        call.over = True
        return [call]

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
        effects: list[Effect] = []
        for which, call in list(self._calls.items()):
            if self._is_gone(call.keep, now):
                del self._calls[which]
            elif self._up and call.due is not None and now >= call.due:
                effects += self._outbound.put(Outgoing(self._frame(call, now), hurry=True), now)
                call.wait_ms = min(2 * call.wait_ms, REPEAT_MAX_MS)
                call.due = now + call.wait_ms
        return effects

    def _is_gone(self, keep: KeepPost, now: int) -> bool:
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
        """All alerts that live, people whom the owner knows first, then the newest."""
        living = [call for call in reversed(self._calls.values()) if not self._is_gone(call.keep, now)]
        living.sort(key=lambda call: (not call.keep.own, not self._is_known(call.keep.author)))
        return [self._shown(call, now) for call in living]

    def _changed(self, call: Call, now: int) -> Tell:
        return Tell(AlertChanged(self._shown(call, now)))

    def _shown(self, call: Call, now: int) -> AlertShown:
        return AlertShown(
            message=self._show(call.keep, call.message, "", now),
            seen_by=[self._people.person(key, now) for key in call.seen],
            over=call.over,
            answered=call.answered,
            repeats=call.due is not None,
        )
