"""The session on the cable, host's end: pure, used once, driven by the table in `states`.

The host says hello with a nonce until the radio answers with the same; both then count from 0. What the radio
says outside of frames, boot messages and tracebacks, comes up as lines of text.
"""

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, ClassVar

from handheld.errors import LocalError, WireError
from handheld.link.framing import CRC, FRAME, NONE, TEXT, Deframer, Framer, Loops, frame_max
from handheld.link.hello import host_hello, misfit
from handheld.link.lines import WHAT_TO_DO, Lines
from handheld.link.states import REASONS, TABLE, Action, Input, State
from handheld.link.window import (
    ACKNOWLEDGED,
    KIND,
    NUMBER,
    OWES_BARE,
    OWES_NOTHING,
    SESSION,
    Receiver,
    Sender,
)
from handheld.logs import brief, logger
from handheld.values import dataclass
from handheld.wire.codec import decode
from handheld.wire.constants import LINK_FRAME_MAX, LINK_HEADER, LINK_NUMBERED, LinkKind
from handheld.wire.layout import Frame
from handheld.wire.link import Heard, HelloRadio, Sent, Settings, Status, ToneResult

HELLO_EVERY = 250
PING_AFTER = 4_000
"""A ping and its answer wake the processor twice: that makes an idle node wake every two seconds."""
COUNTERS_EVERY = 10_000
"""A ping is said at least this often, for the counters in its answer."""
SILENCE_AFTER = 10_000
"""Two pings may be lost. A cable that is pulled is noticed at once, without this."""
UNANSWERED_AFTER = 6_000
"""The radio's service window at boot, in which it does not answer, takes two seconds of it."""
TEXT_AFTER = 300
"""Milliseconds of silence after which a line of text that has no end is handed up."""

BACKLOG = 64
"""Numbered frames that wait or are on their way."""
WINDOW = 2_048
"""Bytes we take unacknowledged: half of what the kernel keeps of a serial port."""

_log = logger("link")


@dataclass(frozen=True, slots=True)
class Opened:
    """The session is up; the radio said this of itself."""

    hello: HelloRadio


@dataclass(frozen=True, slots=True)
class FrameHeard:
    """The first copy of a frame from the air; `rssi` in dBm."""

    rssi: int
    air: bytes


@dataclass(frozen=True, slots=True)
class FrameSent:
    """What became of the frame with this token: a SentResult."""

    token: int
    result: int


@dataclass(frozen=True, slots=True)
class CountersHeard:
    """The radio's counters since its boot."""

    status: Status


@dataclass(frozen=True, slots=True)
class SettingsHeard:
    """What became of a Set, and the radio's settings."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """What became of a test tone."""

    tested: ToneResult


@dataclass(frozen=True, slots=True)
class CableFrame:
    """A frame that went over the cable, `out` to the radio or in; told only where `tapped`."""

    out: bool
    frame: bytes


@dataclass(frozen=True, slots=True)
class TextHeard:
    """A line that the radio said outside of frames: as it came, at most 512 bytes, without its end."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over; `reason` is a sentence. No other event but text follows."""

    reason: str


SessionEvent = (
    Opened
    | FrameHeard
    | FrameSent
    | CountersHeard
    | SettingsHeard
    | ToneHeard
    | CableFrame
    | TextHeard
    | Closed
)


@dataclass(frozen=True, slots=True)
class _Cause:
    """What an action needs to know of its input; `reason`: a word for the log, or the sentence of an end."""

    input: Input
    now: int
    payload: bytes = b""
    reason: str = ""


_INPUTS: dict[int, Input] = {LinkKind.ACK: Input.ACK, LinkKind.STATUS: Input.STATUS, LinkKind.BYE: Input.BYE}

_BODIES: dict[int, tuple[type[Frame], Callable[[Any], SessionEvent]]] = {
    LinkKind.HEARD: (Heard, lambda body: FrameHeard(body.rssi, body.air)),
    LinkKind.SENT: (Sent, lambda body: FrameSent(body.token, body.result)),
    LinkKind.STATUS: (Status, CountersHeard),
    LinkKind.SETTINGS: (Settings, SettingsHeard),
    LinkKind.TESTED: (ToneResult, ToneHeard),
}
"""What a radio's frame holds, and the event that it becomes."""


class Session:
    """One opening of the cable. `schema`: the four bytes of what both ends must agree on.

    After `receive`, `send`, `tick` and `close`, take `data_to_send` and the events; call `tick` at
    `next_deadline`. `dropped` counts by reason what was whole and yet made no sense. `tapped`: every frame
    of the cable becomes an event, too.
    """

    def __init__(self, nonce: int, now: int, schema: bytes) -> None:
        self.state = State.OPENING
        self.tapped = False
        self.dropped: Counter[str] = Counter()
        self._nonce = nonce
        self._schema = schema
        self._boot = -1
        self._events: deque[SessionEvent] = deque()
        self._sender = Sender(BACKLOG, LINK_FRAME_MAX + CRC)
        self._receiver = Receiver()
        self._framer = Framer(Loops, LINK_FRAME_MAX)
        self._deframer = Deframer(Loops, LINK_FRAME_MAX)
        self._lines = Lines()
        self._parting = False
        self._born = self._greet_at = self._heard_at = self._text_at = now
        self._spoke_at = self._pinged_at = now

    def receive(self, data: bytes, now: int) -> None:
        """Bytes came from the radio, in pieces of any size."""
        self._deframer.feed(data, len(data))
        while (found := self._deframer.next()) != NONE:
            if found == FRAME:
                self._frame(bytes(self._deframer.frame[: self._deframer.length]), now)
            else:
                self._text(now)
        if self._deframer.held:
            self._text_at = now

    def next_event(self) -> SessionEvent | None:
        """The oldest event not taken yet."""
        return self._events.popleft() if self._events else None

    def send(self, kind: LinkKind, body: bytes) -> bool:
        """Give a numbered frame to the radio, which gets it once and in order; False: not up, or no room."""
        if kind < LINK_NUMBERED or len(body) > LINK_FRAME_MAX - LINK_HEADER:
            raise LocalError(f"link kind {kind} with {len(body)} bytes cannot be sent in order")
        slot = self._sender.claim() if self.state is State.UP else None
        if slot is None:
            return False
        count = LINK_HEADER + len(body)
        slot[KIND] = kind
        slot[LINK_HEADER:count] = body
        self._sender.commit(count, frame_max(count))
        return True

    def data_to_send(self, now: int) -> bytes:
        """What goes to the radio now; to be written whole before the next call."""
        if self.state is State.OPENING and now >= self._greet_at:
            self._greet_at = now + HELLO_EVERY
            return host_hello(self._framer, self._nonce, self._schema, WINDOW)
        if self._parting:
            self._parting = False
            return self._bare(LinkKind.BYE)
        return self._frames(now) if self.state is State.UP else b""

    def next_deadline(self) -> int | None:
        """When to call `tick` at the latest; None: there is nothing to wait for."""
        deadlines = []
        if self.state is State.OPENING:
            deadlines += [self._greet_at, self._born + UNANSWERED_AFTER]
        if self.state is State.UP:
            deadlines += [self._ping_at(), self._heard_at + SILENCE_AFTER]
            patience = self._sender.patience()
            if patience >= 0:
                deadlines.append(self._sender.started + patience)
        if self._deframer.held or self._lines.pending:
            deadlines.append(self._text_at + TEXT_AFTER)
        return min(deadlines, default=None)

    def tick(self, now: int) -> None:
        """Time has passed."""
        if now >= self._text_at + TEXT_AFTER:
            self._flush_text()
        if now >= self._born + UNANSWERED_AFTER:
            self._step(_Cause(Input.UNANSWERED, now))
        if now >= self._heard_at + SILENCE_AFTER:
            self._step(_Cause(Input.SILENCE, now))
        self._sender.tick(now)

    def close(self, now: int) -> None:
        """The owner is done: the last data to send tell the radio."""
        self._step(_Cause(Input.CLOSE, now))

    # From frames to inputs.

    def _frame(self, payload: bytes, now: int) -> None:
        kind = payload[KIND]
        if self.tapped:
            self._events.append(CableFrame(False, payload))
        if len(payload) < LINK_HEADER:
            cause = _Cause(Input.STRANGE, now, payload, "short")
        elif kind == LinkKind.HELLO_RADIO:
            cause = self._hello_heard(payload, now)
        elif payload[SESSION] != self._nonce & 255:
            cause = _Cause(Input.STRANGE, now, payload, "session")
        elif kind >= LINK_NUMBERED:
            cause = _Cause(Input.NUMBERED, now, payload, "early")
        else:
            cause = _Cause(_INPUTS.get(kind, Input.STRANGE), now, payload, "kind")
        self._step(cause)

    def _hello_heard(self, payload: bytes, now: int) -> _Cause:
        body = payload[LINK_HEADER:]
        try:
            reason = misfit(body, self._schema)
            if reason:
                return _Cause(Input.FOREIGN, now, payload, reason)
            hello = decode(HelloRadio, body)
        except WireError as error:
            return _Cause(Input.STRANGE, now, payload, error.reason)
        if hello.nonce == 0 or (self.state is State.UP and hello.boot != self._boot):
            return _Cause(Input.RESTART, now, payload)
        return _Cause(Input.ANSWER if hello.nonce == self._nonce else Input.STALE, now, payload, "stale")

    # From inputs to actions.

    def _step(self, cause: _Cause) -> None:
        action, self.state = TABLE[self.state][cause.input]
        self._ACTIONS[action](self, cause)

    def _open(self, cause: _Cause) -> None:
        hello = decode(HelloRadio, cause.payload[LINK_HEADER:])
        self._boot = hello.boot
        self._sender.window = hello.window
        self._heard_at = self._spoke_at = cause.now
        # So that a ping goes at once: its answer brings the counters.
        self._pinged_at = cause.now - COUNTERS_EVERY
        self._events.append(Opened(hello))

    def _greet(self, cause: _Cause) -> None:
        self._greet_at = cause.now

    def _take(self, cause: _Cause) -> None:
        self._confirm(cause)
        if self._receiver.accept(cause.payload[NUMBER]):
            self._hand_up(cause)

    def _confirm(self, cause: _Cause) -> None:
        self._heard_at = cause.now
        number = cause.payload[ACKNOWLEDGED]
        if not self._sender.acknowledged(number, cause.now) and cause.input is Input.ACK:
            self._sender.missed(number)

    def _count(self, cause: _Cause) -> None:
        self._confirm(cause)
        self._hand_up(cause)

    def _hand_up(self, cause: _Cause) -> None:
        # A numbered frame whose body is wrong has had its turn: to wait for a better one would be for ever.
        known = _BODIES.get(cause.payload[KIND])
        if known is None:
            self._note("kind", cause.payload)
            return
        kind, event = known
        try:
            self._events.append(event(decode(kind, cause.payload[LINK_HEADER:])))
        except WireError as error:
            self._note(error.reason, cause.payload)

    def _drop(self, cause: _Cause) -> None:
        self._note(cause.reason, cause.payload)

    def _note(self, reason: str, payload: bytes) -> None:
        self.dropped[reason] += 1
        _log.debug("dropped from the cable: %s %s", reason, brief(payload))

    def _ignore(self, cause: _Cause) -> None:
        pass

    def _end(self, cause: _Cause) -> None:
        self._events.append(Closed(REASONS.get(cause.input) or cause.reason or self._no_radio()))

    def _part(self, cause: _Cause) -> None:
        self._parting = True
        self._end(cause)

    # Text between frames.

    def _text(self, now: int) -> None:
        self._text_at = now
        self._hand_up_text(self._deframer.length, ended=not self._deframer.torn)

    def _flush_text(self) -> None:
        found = self._deframer.flush()
        self._hand_up_text(self._deframer.length if found == TEXT else 0, ended=True)

    def _hand_up_text(self, length: int, *, ended: bool) -> None:
        lines = self._lines.add(bytes(self._deframer.text[:length]), ended=ended)
        self._events.extend(TextHeard(line) for line in lines)

    def _no_radio(self) -> str:
        said = self._lines.quote()
        if not said:
            return f"It says nothing that a pocketmesh radio would say. {WHAT_TO_DO}"
        return f'It does not answer as a pocketmesh radio. It said: "{said}" {WHAT_TO_DO}'

    # Down.

    def _frames(self, now: int) -> bytes:
        out = bytearray()
        if self._receiver.owed == OWES_BARE:
            out += self._bare(LinkKind.ACK)
        while (payload := self._sender.take(now)) is not None:
            out += self._framed(payload, self._sender.taken)
        if now >= self._ping_at():
            self._pinged_at = now
            out += self._bare(LinkKind.PING)
        if not out and self._receiver.owed != OWES_NOTHING:
            out += self._bare(LinkKind.ACK)
        if out:
            self._spoke_at = now
            self._receiver.owed = OWES_NOTHING
        return bytes(out)

    def _ping_at(self) -> int:
        return min(self._spoke_at + PING_AFTER, self._pinged_at + COUNTERS_EVERY)

    def _bare(self, kind: LinkKind) -> bytes:
        return self._framed(bytearray((kind, 0, 0, 0)) + bytes(CRC), LINK_HEADER)

    def _framed(self, payload: bytearray, count: int) -> bytes:
        payload[SESSION] = self._nonce & 255
        payload[ACKNOWLEDGED] = self._receiver.expected
        if self.tapped:
            self._events.append(CableFrame(True, bytes(payload[:count])))
        size = self._framer.close(payload, count)
        return bytes(self._framer.frame[:size])

    _ACTIONS: ClassVar[dict[Action, Callable[["Session", _Cause], None]]] = {
        Action.OPEN: _open,
        Action.GREET: _greet,
        Action.TAKE: _take,
        Action.CONFIRM: _confirm,
        Action.COUNT: _count,
        Action.DROP: _drop,
        Action.IGNORE: _ignore,
        Action.END: _end,
        Action.PART: _part,
    }
