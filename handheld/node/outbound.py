"""Frames on their way to the radio: kept until the radio says they were on the air."""

from collections import OrderedDict

from handheld.errors import Refused
from handheld.node.effects import Effect, Transmit
from handheld.values import dataclass
from handheld.wire.constants import SentResult

QUEUE_MAX = 256
BUSY = 32

IN_FLIGHT_MAX = 4
"""Frames the radio holds at once: its own queue stays free to relay for others."""

RETRY_MS = 500
ANSWER_MS = 30_000
"""A radio that says nothing of a frame for this long is given it again."""


@dataclass(slots=True)
class _Flying:
    item: "Outgoing"
    since: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A frame, and the id of the own message it carries (0: none, such as a profile).

    `waits`: it is kept while there is no radio; what does not wait is made anew by who gave it. `hurry`:
    it goes before what waits already.
    """

    air: bytes
    message: int = 0
    waits: bool = False
    hurry: bool = False


class Outbound:
    """A bounded queue in order of writing. While there is no radio, posts wait in it."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, Outgoing] = OrderedDict()
        self._flying: dict[int, _Flying] = {}
        self._touched: set[int] = set()
        self._token = 0
        self._up = False
        self._not_before = 0

    def __len__(self) -> int:
        """Frames that wait for the air and are kept for it."""
        held = [*self._waiting.values(), *(flying.item for flying in self._flying.values())]
        return sum(item.waits for item in held)

    @property
    def idle(self) -> bool:
        """Whether there is a radio, and nothing waits or is on its way to it: files come last."""
        return self._up and not self._waiting and not self._flying

    @property
    def waiting(self) -> int:
        """Frames that the radio has not been given yet."""
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether what is made anew at each try had better wait: enough is on its way to the radio."""
        return len(self._waiting) >= BUSY

    def room(self) -> None:
        """Refused if nothing more can be taken: asked before a message is saved, so none is lost."""
        if len(self._waiting) >= QUEUE_MAX:
            raise Refused(
                f"{QUEUE_MAX} messages wait for the radio already. Plug one in, or wait until they are out."
            )

    def put(self, item: Outgoing, now: int) -> list[Effect]:
        """Take a frame; it goes out as soon as the radio has room."""
        if not item.waits and (not self._up or len(self._waiting) >= QUEUE_MAX):
            return []
        self._token = self._token % 0xFFFF + 1
        self._waiting[self._token] = item
        if item.hurry:
            self._waiting.move_to_end(self._token, last=False)
        return self.pump(now)

    def pump(self, now: int) -> list[Effect]:
        """Give the radio what it has room for."""
        for token, flying in list(self._flying.items()):
            if now - flying.since >= ANSWER_MS:
                self._again(token)
        effects: list[Effect] = []
        while self._up and now >= self._not_before and self._waiting and len(self._flying) < IN_FLIGHT_MAX:
            token, item = self._waiting.popitem(last=False)
            self._flying[token] = _Flying(item, now)
            if item.waits:
                self._touched.add(item.message)
            effects.append(Transmit(token, item.air))
        return effects

    def sent(self, token: int, result: int, now: int) -> Outgoing | None:
        """What the radio says of a frame: what went on the air now, if anything. Then `pump` again.

        Answers to tokens we do not wait for mean nothing.
        """
        flying = self._flying.get(token)
        if flying is None:
            return None
        if result == SentResult.QUEUE_FULL:
            self._again(token)
            self._not_before = now + RETRY_MS
            return None
        del self._flying[token]
        self._touched.discard(flying.item.message)
        return flying.item if result == SentResult.ON_AIR else None

    def untouched(self, message: int) -> bool:
        """Whether this message waits here and the radio was never given it."""
        waits = any(item.message == message for item in self._waiting.values())
        return waits and message not in self._touched

    def release(self, message: int) -> bool:
        """Copies of this message that wait for the radio need not go; whether there were any."""
        tokens = [token for token, item in self._waiting.items() if item.message == message]
        for token in tokens:
            del self._waiting[token]
        return bool(tokens)

    def radio_up(self, now: int) -> list[Effect]:
        """A radio is there: send what has waited."""
        self._up = True
        self._not_before = now
        return self.pump(now)

    def radio_down(self) -> None:
        """The radio went. What it held may not have been sent: what waits, waits again."""
        self._up = False
        for token in reversed(list(self._flying)):
            self._again(token)
        for token in [token for token, item in self._waiting.items() if not item.waits]:
            del self._waiting[token]

    def next_deadline(self) -> int | None:
        """When `pump` has something to do without being told."""
        if not self._up:
            return None
        answers = [flying.since + ANSWER_MS for flying in self._flying.values()]
        if self._waiting and len(self._flying) < IN_FLIGHT_MAX:
            answers.append(self._not_before)
        return min(answers, default=None)

    def _again(self, token: int) -> None:
        self._waiting[token] = self._flying.pop(token).item
        self._waiting.move_to_end(token, last=False)
