"""A radio without MicroPython: the firmware's relay in this process, and its main loop's part around it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from types import ModuleType

from handheld.clock import Entropy
from handheld.sim import firmware
from handheld.sim.air import Channel, Heard
from handheld.sim.host import Host
from handheld.sim.station import RESTART_US, Turn, mac
from handheld.wire.constants import AIR_FRAME_MAX, DEFAULT_NETWORK_KEY, AirMode, SentResult

PERIOD = 1 << 30
EARLY_MS = 60_000
"""Milliseconds before the radio's clock goes round at which it starts, so that each run sees it go round."""

OURSELVES = 0
"""dBm at which a host is told of the hello of its own radio: nobody else is heard as loud."""

TOKEN_BITS = 16
"""A token of the host's; above them stands which of its processes gave it."""

Answer = tuple[int, int]
"""A token, and what became of its frame (SentResult)."""


@dataclass(frozen=True)
class Talk:
    """How a radio gets its turn. Microseconds.

    `spread`: over so many airtimes of a frame its forwards are strewn. `floor`: dBm of the weakest frame
    that is heard. `cad_us`: it listens for so long before it talks (0: the air does that, as with ESP-NOW),
    then needs `turn_us` to begin; finding somebody it waits 1 to `backoffs` times both together.
    `addressed`: its frames say which radio transmitted them.
    """

    spread: int
    floor: int
    cad_us: int = 0
    turn_us: int = 0
    backoffs: int = 16
    addressed: bool = False


ESPNOW_TALK = Talk(spread=24, floor=-97, addressed=True)


@dataclass
class Law:
    """Where it counts air time: the share of an hour, in millionths, and what of it a flash has set aside."""

    share_ppm: int
    kept: int = 0

    def keep(self, eighths: int) -> None:
        """What firmware/duty.py wants to be kept."""
        self.kept = eighths


def lora_talk(cad_us: int) -> Talk:
    """A LoRa radio's, by how long it listens."""
    return Talk(spread=10, floor=-131, cad_us=cad_us, turn_us=5_000)


@cache
def _firmware() -> tuple[ModuleType, ModuleType, ModuleType]:
    relay, duty, verdicts = firmware.load("relay", "duty", "verdicts")
    return relay, duty, verdicts


class FastRadio:
    """One radio. To be taken from there: in `answers` what became of the host's frames, in `hello` one."""

    def __init__(
        self,
        channel: Channel,
        talk: Talk,
        chance: Random,
        start_ttl: int | None = None,
        law: Law | None = None,
        now_us: int = 0,
    ) -> None:
        self._module, duty, verdicts = _firmware()
        self._for_host = verdicts.NEW, verdicts.BETTER
        self._channel = channel
        self._talk = talk
        self._chance = chance
        self._start_ttl = start_ttl
        self._relay = self._module.Relay(DEFAULT_NETWORK_KEY, self, self._below)
        self._duty = duty.Duty(law.share_ppm, law.kept, law.keep, _ticks(now_us)) if law else None
        self._free_us = 0
        self._listening_until: int | None = None
        self.answers: deque[Answer] = deque()
        self.hello = b""

    @property
    def spread(self) -> int:
        """As firmware/radio.py has it."""
        return self._talk.spread

    @property
    def floor(self) -> int:
        """As firmware/radio.py has it."""
        return self._talk.floor

    def airtime(self, n: int) -> int:
        """Microseconds of a frame of `n` bytes."""
        return self._channel.airtime_us(n)

    @property
    def longest_us(self) -> int:
        """The airtime of the longest frame."""
        return self._channel.airtime_us(AIR_FRAME_MAX)

    def hear(self, frame: bytearray, heard: Heard, now_us: int) -> bool:
        """A frame from the air, as `frame`; whether the host should have it, as it is there then."""
        address = mac(heard.alias) if self._talk.addressed else None
        verdict = self._relay.receive(frame, len(frame), heard.rssi, _ticks(now_us), address)
        self._tell_lost()
        return verdict in self._for_host

    def submit(self, token: int, frame: bytes, now_us: int) -> None:
        """The host's own frame."""
        own = bytearray(frame)
        if self._start_ttl and own[1] >> 6 in (AirMode.FLOOD, AirMode.COLLECT):
            own[1] = own[1] & 0xC3 | self._start_ttl << 2
        refused = self._relay.submit(own, len(own), token, _ticks(now_us))
        if refused:
            self.answers.append((token, refused))
        self._tell_lost()

    def act(self, now_us: int, sensed: bool | None) -> Turn:
        """Transmit what may go; `sensed` is what it found when it listened."""
        if self._listening_until is not None:
            return self._heard_silence(now_us, sensed)
        ticks = _ticks(now_us)
        wait_ms = self._relay.deadline(ticks)
        if self._duty and self._free_us <= now_us:
            wait_ms = max(wait_ms, self._duty.wait(self.longest_us, ticks))
        at_us = max(now_us if wait_ms == 0 else (now_us // 1000 + wait_ms) * 1000, self._free_us)
        if at_us > now_us:
            return Turn(wake_us=at_us)
        if not self._talk.cad_us:
            return self._transmit(now_us)
        self._listening_until = now_us + self._talk.cad_us
        return Turn(cad_us=self._talk.cad_us)

    def _heard_silence(self, now_us: int, sensed: bool | None) -> Turn:
        if sensed is None:
            return Turn()  # something else came meanwhile; it is still listening
        self._listening_until = None
        if not sensed:
            return self._transmit(now_us)
        step_us = self._talk.cad_us + self._talk.turn_us
        self._free_us = now_us + step_us * (1 + self._below(self._talk.backoffs))
        return Turn(wake_us=self._free_us)

    def _transmit(self, now_us: int) -> Turn:
        slot = self._relay.next_due(_ticks(now_us))
        self._tell_lost()
        if slot < 0:
            # It was silenced while we listened, or nothing but a greeting was due to be made.
            return self.act(now_us, None)
        frame = bytes(self._relay.fetch(slot))
        if self._duty:
            self._duty.spend(self._channel.airtime_us(len(frame)), _ticks(now_us))
        token = self._relay.sent(slot, _ticks(now_us))
        airtime_us = self._talk.turn_us + self._channel.airtime_us(len(frame))
        self._free_us = now_us + (airtime_us // 1000 + 1) * 1000
        if token >= 0:
            self.answers.append((token, SentResult.ON_AIR))
        elif token == self._module.HELLO:
            self.hello = frame
        turn = self.act(now_us, None)
        turn.transmit.append(frame)
        turn.after_us = self._talk.turn_us
        return turn

    def _tell_lost(self) -> None:
        if self._relay.lost_token >= 0:
            self.answers.append((self._relay.lost_token, SentResult.QUEUE_FULL))

    def _below(self, limit: int) -> int:
        return int(self._chance.random() * limit)


def _ticks(now_us: int) -> int:
    return (PERIOD - EARLY_MS + now_us // 1000) % PERIOD


class FastStation:
    """A fast radio and its host, joined without a cable."""

    def __init__(
        self,
        make_radio: Callable[..., FastRadio],
        make_host: Callable[[Callable[[int, bytes], None]], Host] | None,
    ) -> None:
        self._make_radio = make_radio
        self._radio = make_radio()
        self._now_us = 0
        # When the host is there again, while it is not.
        self._back_us: int | None = 0 if make_host else None
        self._touched = False
        self._deadline: int | None = None
        self._host = make_host(self._submit) if make_host else None
        self._up = False
        self._session = 0

    def turn(self, now_us: int, heard: Sequence[Heard] = (), sensed: bool | None = None) -> Turn:
        """Let it do what is due at `now_us`, having heard these frames until now."""
        self._now_us = now_us
        now = now_us // 1000
        if self._back_us is not None and now_us >= self._back_us:
            self._open(now)
        for one in heard:
            # The radio weighs its last link into what it hands up, so it gets a copy.
            frame = bytearray(one.data)
            if self._radio.hear(frame, one, now_us) and self._host and self._up:
                self._touched = True
                self._host.heard(bytes(frame), one.rssi, now)
        self._serve(now)
        turn = self._radio.act(now_us, sensed)
        if self._radio.hello and self._host and self._up:
            self._touched = True
            self._host.heard(self._radio.hello, OURSELVES, now)
        self._radio.hello = b""
        if self._radio.answers:
            # A frame left its place in the queue: the host may have another for it.
            self._serve(now)
            later = self._radio.act(now_us, None)
            turn.cad_us, turn.wake_us = turn.cad_us or later.cad_us, min(turn.wake_us, later.wake_us)
            turn.transmit += later.transmit
            turn.after_us = max(turn.after_us, later.after_us)
        if self._deadline is not None:
            turn.wake_us = min(turn.wake_us, max(self._deadline, now + 1) * 1000)
        if self._back_us is not None:
            turn.wake_us = min(turn.wake_us, self._back_us)
        return turn

    def power(self, now_us: int, *, on: bool) -> None:
        """Switch it off, or on again: only what is saved is still there."""
        if on:
            self._radio = self._make_radio(now_us=now_us)
            self._back_us = now_us if self._host else None
        else:
            self._stop()

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
        self._now_us = now_us
        if self._host is None or not self._up:
            return False
        self._touched = True
        self._host.write(reader, text, now_us // 1000, size)
        return True

    def _open(self, now: int) -> None:
        self._back_us = None
        if self._host:
            self._up = self._touched = True
            self._host.radio_up(self._radio.longest_us, now)

    def _stop(self) -> None:
        if self._host and self._up:
            self._session += 1
            self._host.restart()
        self._up = self._touched = False
        self._back_us = self._deadline = None

    def _serve(self, now: int) -> None:
        """Tell the host what became of its frames, and that its time has come."""
        if self._host is None or not self._up:
            self._radio.answers.clear()
            return
        while self._radio.answers:
            token, result = self._radio.answers.popleft()
            # What a process that is gone had given to the radio is no business of this one.
            if token >> TOKEN_BITS == self._session:
                self._touched = True
                self._host.sent(token & (1 << TOKEN_BITS) - 1, result, now)
        if self._deadline is not None and self._deadline <= now:
            self._touched = True
            self._host.tick(now)
        # Asking costs more than most turns, and only what was done to it changes its answer.
        if self._touched:
            self._touched = False
            self._deadline = self._host.next_deadline()

    def _submit(self, token: int, frame: bytes) -> None:
        self._radio.submit(self._session << TOKEN_BITS | token, frame, self._now_us)
