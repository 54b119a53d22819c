"""Two other meshes on our air, to compare with: plain flooding, and a managed flood as one in use has it.

Nothing is sealed or signed, and nobody announces himself: only messages, their copies and acks are sent.
The figures of the managed flood are those of SCENARIOS (Meshtastic 2.7, without its next-hop mode).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from handheld.sim.air import Channel, Heard
from handheld.sim.ledger import LIVE
from handheld.sim.run import Options, Village
from handheld.sim.scenario import Scenario
from handheld.sim.station import NEVER, Turn
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind

NOISE_DBM = -119.25
SLOT_US = 28_080
"""2.5 symbols and 7.6 ms."""
SNR_MIN, SNR_MAX = -20, 10
WINDOW_MIN, WINDOW_MAX = 3, 8
LISTEN_US = 16_384
TURN_US = 5_000
ATTEMPTS = 3

EVERYBODY = 0xFFFF
_HEAD = 10


@dataclass(frozen=True)
class Kind:
    """One mesh. `managed`: weigh the delay by the signal, and keep silent after one copy of somebody else.

    `spread_us`: what plain forwards are strewn over. `overhead`: bytes around the text; `ack`: of an ack.
    """

    managed: bool
    hops: int
    overhead: int
    ack: int
    spread_us: int = 4_000_000


@dataclass(eq=False)
class Waiting:
    """A frame that wants to go out, from `due_us` on."""

    frame: bytes
    due_us: int
    rssi: int | None = None


@dataclass
class Pending:
    """An own message that nobody was heard to have got yet."""

    frame: bytes
    left: int
    due_us: int


@dataclass(eq=False)
class Other:
    """A node of such a mesh: radio and host in one. Frames: kind 1, hops left 1, from 2, to 2, id 4, text."""

    kind: Kind
    number: int
    channel: Channel
    chance: Random
    find: Callable[[bytes], int]
    kept: Callable[[bytes, str], None]
    acked: Callable[[bytes], None]
    waiting: list[Waiting] = field(default_factory=list)
    pending: dict[bytes, Pending] = field(default_factory=dict)
    own: dict[bytes, bytes] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    shown: set[bytes] = field(default_factory=set)
    listening: Waiting | None = None
    free_us: int = 0
    count: int = 0

    def turn(self, now_us: int, heard: Sequence[Heard] = (), sensed: bool | None = None) -> Turn:
        for one in heard:
            self._hear(one.data, one.rssi, now_us)
        for pending in list(self.pending.values()):
            if pending.due_us <= now_us:
                self._try(pending, now_us)
        turn = Turn()
        if sensed is not None:
            self._talk(turn, sensed, now_us)
        self._listen(turn, now_us)
        return turn

    def write(self, reader: bytes | None, text: str, now_us: int, size: int = 0) -> bool:
        to = EVERYBODY if reader is None else self.find(reader)
        kind = AirKind.POST if reader is None else AirKind.PRIVATE
        frame = self._make(kind, to, text.encode(), len(text) + self.kind.overhead)
        self.own[frame[6:10]] = text.encode()
        self.pending[frame[6:10]] = Pending(frame, ATTEMPTS, now_us)
        return True

    def power(self, now_us: int, *, on: bool) -> None:
        raise NotImplementedError

    def kill(self, now_us: int) -> None:
        raise NotImplementedError

    def jump(self, seconds: int) -> None:
        raise NotImplementedError

    def _make(self, kind: AirKind, to: int, text: bytes, size: int) -> bytes:
        self.count += 1
        name = self.number.to_bytes(2, "big") + self.count.to_bytes(2, "big")
        self.seen.add(name)
        head = bytes([first_byte(kind), self.kind.hops + 1]) + self.number.to_bytes(2, "big")
        return (head + to.to_bytes(2, "big") + name + text).ljust(size, b"\0")

    def _try(self, pending: Pending, now_us: int) -> None:
        if not pending.left:
            del self.pending[pending.frame[6:10]]
            return
        pending.left -= 1
        airtime_us = self.channel.airtime_us(len(pending.frame))
        slots = (1 << WINDOW_MIN) + 2 * WINDOW_MAX + 32
        pending.due_us = now_us + 2 * airtime_us + slots * SLOT_US + 4_500_000
        self.waiting.append(Waiting(pending.frame, now_us + self._delay(None)))

    def _hear(self, frame: bytes, rssi: int, now_us: int) -> None:
        name, to = frame[6:10], int.from_bytes(frame[4:6], "big")
        if name in self.seen:
            self._heard_again(name)
            return
        self.seen.add(name)
        text = frame[_HEAD:].rstrip(b"\0")
        if to in (self.number, EVERYBODY):
            self._arrived(frame, text, now_us)
        if to != self.number and frame[1] > 1:
            onward = bytes([frame[0], frame[1] - 1]) + frame[2:]
            self.waiting.append(Waiting(onward, now_us + self._delay(rssi), rssi))

    def _heard_again(self, name: bytes) -> None:
        # Somebody hands ours on: that is taken for an ack. Of others' frames one more copy is enough.
        self.pending.pop(name, None)
        if self.kind.managed:
            self.waiting = [one for one in self.waiting if one.frame[6:10] != name or one.rssi is None]
            if self.listening and self.listening not in self.waiting:
                self.listening = Waiting(b"", 0)

    def _arrived(self, frame: bytes, text: bytes, now_us: int) -> None:
        if frame[0] == first_byte(AirKind.ACK):
            acked = frame[_HEAD : _HEAD + 4]
            self.pending.pop(acked, None)
            self.acked(self.own[acked])
            return
        if text not in self.shown:
            self.shown.add(text)
            self.kept(text, LIVE)
        if frame[0] == first_byte(AirKind.PRIVATE):
            to = int.from_bytes(frame[2:4], "big")
            ack = self._make(AirKind.ACK, to, frame[6:10], self.kind.ack)
            self.waiting.append(Waiting(ack, now_us + self._delay(None)))

    def _delay(self, rssi: int | None) -> int:
        if not self.kind.managed:
            return 0 if rssi is None else int(self.chance.random() * self.kind.spread_us)
        if rssi is None:
            return int(self.chance.random() * (1 << WINDOW_MIN)) * SLOT_US
        share = (min(max(rssi - NOISE_DBM, SNR_MIN), SNR_MAX) - SNR_MIN) / (SNR_MAX - SNR_MIN)
        window = WINDOW_MIN + int(share * (WINDOW_MAX - WINDOW_MIN))
        return (2 * WINDOW_MAX + int(self.chance.random() * (1 << window))) * SLOT_US

    def _listen(self, turn: Turn, now_us: int) -> None:
        times = [one.due_us for one in self.pending.values()]
        first = min(self.waiting, key=lambda one: one.due_us, default=None)
        if first is not None and self.listening is None:
            at_us = max(first.due_us, self.free_us)
            if at_us <= now_us:
                self.listening, turn.cad_us = first, LISTEN_US
            else:
                times.append(at_us)
        turn.wake_us = min(times, default=NEVER)

    def _talk(self, turn: Turn, sensed: bool, now_us: int) -> None:
        chosen, self.listening = self.listening, None
        if chosen is None or chosen not in self.waiting:
            return
        if sensed:
            redrawn = self._delay(chosen.rssi) if self.kind.managed else int(self.chance.random() * 340_000)
            chosen.due_us = now_us + max(redrawn, SLOT_US)
            return
        self.waiting.remove(chosen)
        turn.transmit.append(chosen.frame)
        turn.after_us = TURN_US
        self.free_us = now_us + TURN_US + self.channel.airtime_us(len(chosen.frame))


class OtherVillage(Village):
    """A scenario with the nodes of another mesh; the same air, places, messages and seed."""

    def __init__(self, scenario: Scenario, kind: Kind) -> None:
        self._kind = kind
        self._seed = scenario.seed
        super().__init__(scenario, Options())

    def station(self, number: int) -> Other:
        chance = Random(f"{self._seed}/other/{number}")
        return Other(
            self._kind, number, self.channel, chance, self._find, partial(self.kept, number), self.acked
        )

    def _find(self, key: bytes) -> int:
        return next(number for number in range(len(self.ground)) if self.inhabitants.key(number) == key)


def play(scenario: Scenario, kind: Kind) -> dict[str, Any]:
    """The answer of another mesh to the same scenario."""
    village = OtherVillage(scenario, kind)
    village.play()
    return village.answer()
