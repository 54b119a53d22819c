"""A node and its radio in virtual time: the session on the cable, at the wire's pace, between the two. Pure
but for what the radio is.

    Host (node and store) <-> Session <-> Wire, ten bits a byte, each way <-> VirtualRadio (the real firmware)
"""

from collections.abc import Callable, Sequence

from handheld.clock import Entropy
from handheld.link.hello import fresh_nonce
from handheld.link.session import Closed, FrameHeard, FrameSent, Opened, Session, SessionEvent
from handheld.sim.air import Heard
from handheld.sim.cable import Wire
from handheld.sim.host import Host
from handheld.sim.station import NEVER, RESTART_US, Turn, mac
from handheld.sim.virtual import Reception, VirtualRadio
from handheld.wire.codec import encode
from handheld.wire.constants import LinkKind, SentResult
from handheld.wire.link import Send
from handheld.wire.schema import schema

MILLISECOND_US = 1_000

REOPEN_MS = 1_000
"""How long after a session's end the next one is tried; a service looks for its radio again, too."""

PACKET = 256
"""Bytes of the cable that are handed over together: a frame, mostly. A turn for each 64 only takes time."""


class HostEnd:
    """The node's end of a cable: opens a session, again and again. Microseconds.

    At `next_deadline` at the latest: `take`, all of `next_event`, what there is to `send`, `give`.
    """

    def __init__(self, entropy: Entropy, now_us: int) -> None:
        self._entropy = entropy
        self._up = Wire(packet=PACKET)
        self._down = Wire(packet=PACKET)
        self._nonce = 0
        self._session: Session | None = None
        self._due = now_us // MILLISECOND_US  # when the session, or a new one, wants its turn
        self._touched = False  # so that it is to be asked what it has to say, and when it wants its turn

    def put(self, data: bytes, now_us: int) -> None:
        """The radio wrote this."""
        self._up.put(data, now_us)

    def take(self, now_us: int) -> bytes:
        """What the wire has brought: one way to the session, the other way it is for the radio, now."""
        now = now_us // MILLISECOND_US
        came = self._up.take(now_us)
        if self._session is None and now >= self._due:
            self._nonce = fresh_nonce(self._entropy, self._nonce)
            self._session = Session(self._nonce, now, schema())
        if self._session is not None and (came or now >= self._due):
            self._touched = True
            self._session.receive(came, now)
            self._session.tick(now)
        return self._down.take(now_us)

    def give(self, now_us: int) -> None:
        """Put on the wire what the session has to say."""
        if self._session is None or not self._touched:
            return
        self._touched = False
        now = now_us // MILLISECOND_US
        while data := self._session.data_to_send(now):
            self._down.put(data, now_us)
        deadline = self._session.next_deadline()
        self._due = NEVER if deadline is None else max(deadline, now + 1)

    def next_event(self, now_us: int) -> SessionEvent | None:
        """The oldest event of the session not taken yet. After Closed comes another session."""
        event = self._session.next_event() if self._session else None
        if isinstance(event, Closed):
            self._session = None
            self._due = now_us // MILLISECOND_US + REOPEN_MS
        return event

    def send(self, token: int, air: bytes) -> bool:
        """Give the radio a frame to transmit; False: the cable is full or closed."""
        self._touched = True
        return self._session is not None and self._session.send(LinkKind.SEND, encode(Send(token, air)))

    def next_deadline(self) -> int:
        """When it wants its turn at the latest."""
        times = (self._up.next_deadline(), self._down.next_deadline(), self._due * MILLISECOND_US)
        return min(at_us for at_us in times if at_us is not None)


class WiredStation:
    """A virtual radio and, unless it is a repeater, the host on its cable."""

    def __init__(
        self,
        make_radio: Callable[[], VirtualRadio],
        entropy: Entropy,
        make_host: Callable[[Callable[[int, bytes], None]], Host] | None,
    ) -> None:
        self._make_radio = make_radio
        self._entropy = entropy
        self._radio: VirtualRadio | None = None
        self._radio_us = 0
        self._listens = False
        self._host = make_host(self._transmit) if make_host else None
        self._host_due = NEVER
        # When the host is there again, while it is not.
        self._back_us = 0 if make_host else NEVER
        self._end: HostEnd | None = None
        self._refused: list[int] = []
        self._touched = False

    def turn(self, now_us: int, heard: Sequence[Heard] = (), sensed: bool | None = None) -> Turn:
        """Let it do what is due at `now_us`, having heard these frames until now."""
        if now_us >= self._back_us:
            self._back_us = NEVER
            self._end = HostEnd(self._entropy, now_us)
            self._touched = True
        down = self._end.take(now_us) if self._end else b""
        if not self._listens:
            sensed = None
        turn = Turn()
        if heard or down or sensed is not None or now_us >= self._radio_us:
            self._live(turn, now_us, heard, down, sensed)
        turn.wake_us = min(self._radio_us, self._serve(now_us), self._back_us)
        return turn

    def power(self, now_us: int, *, on: bool) -> None:
        """Switch it off, or on again: only what is saved is still there."""
        self._radio_us = now_us
        if on:
            self._back_us = now_us if self._host else NEVER
            return
        self._stop()
        if self._radio:
            self._radio.close()
        self._radio = None
        self._listens = False

    def kill(self, now_us: int) -> None:
        """Its host's process dies, and is started again some seconds later; the radio goes on."""
        if self._host:
            self._stop()
            self._back_us = now_us + RESTART_US

    def back_up(self) -> None:
        """Make a backup of its host."""
        if self._host:
            self._host.back_up()

    def restore(self, entropy: Entropy, now_us: int) -> None:
        """Its host is lost, and made anew from the backup."""
        if self._host:
            self._host.restore(entropy)
            self.kill(now_us)

    def jump(self, seconds: int) -> None:
        """Set the calendar of its host forward, or back."""
        if self._host:
            self._host.jump(seconds)

    def write(self, reader: bytes | None, text: str, now_us: int, size: int = 0) -> bool:
        """Its owner writes; what comes of it goes out with the next turn. False: no host runs just now."""
        if self._host is None or self._end is None:
            return False
        self._touched = True
        self._host.write(reader, text, now_us // MILLISECOND_US, size)
        return True

    def _live(
        self, turn: Turn, now_us: int, heard: Sequence[Heard], down: bytes, sensed: bool | None
    ) -> None:
        """The radio has its turn."""
        if self._radio is None:
            self._radio = self._make_radio()
        receptions = [Reception(mac(one.alias), one.rssi, one.data) for one in heard]
        done = self._radio.turn(now_us, receptions, down, sensed)
        turn.transmit, turn.cad_us = done.transmit, done.cad_us
        self._listens = done.cad_us is not None or (self._listens and sensed is None)
        self._radio_us = NEVER if done.wake_us is None else done.wake_us
        if self._end:
            self._end.put(done.cable, now_us)

    def _serve(self, now_us: int) -> int:
        """The host does what is due; when it wants to again."""
        host, end = self._host, self._end
        if host is None or end is None:
            return NEVER
        now = now_us // MILLISECOND_US
        while event := end.next_event(now_us):
            self._touched = True
            _tell(host, event, now)
        while self._refused:
            host.sent(self._refused.pop(0), SentResult.QUEUE_FULL, now)
        if now >= self._host_due:
            self._touched = True
            host.tick(now)
        # Asking costs more than most turns, and only what was done to it changes its answer.
        if self._touched:
            self._touched = False
            deadline = host.next_deadline()
            self._host_due = NEVER if deadline is None else max(deadline, now + 1)
        end.give(now_us)
        return min(end.next_deadline(), self._host_due * MILLISECOND_US)

    def _stop(self) -> None:
        """The host's process is gone, and with it what was on the cable."""
        if self._host and self._end:
            self._host.restart()
        self._end = None
        self._back_us = self._host_due = NEVER
        self._refused.clear()
        self._touched = False

    def _transmit(self, token: int, air: bytes) -> None:
        # The cable is full or gone: the node gives it again in a moment, or when the radio is back.
        if self._end is None or not self._end.send(token, air):
            self._touched = True
            self._refused.append(token)


def _tell(host: Host, event: SessionEvent, now: int) -> None:
    match event:
        case Opened(hello):
            host.radio_up(hello.airtime, now)
        case Closed():
            host.radio_down(now)
        case FrameHeard(rssi, air):
            host.heard(air, rssi, now)
        case FrameSent(token, result):
            host.sent(token, result, now)
