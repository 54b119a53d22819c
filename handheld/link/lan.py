"""Which frames go where between a local network and the radio: pure.

On a network everybody hears everybody, so there are no ways, no names and no waiting: frames flood, or go
one hop. What comes from elsewhere goes on to the other networks and, a little later, to the radio, unless the
radio has heard it meanwhile. Nothing is believed about addresses: they only share out our time.
"""

import hashlib
import hmac
from collections import Counter, OrderedDict
from collections.abc import Hashable

from handheld.clock import Entropy
from handheld.errors import WireError
from handheld.values import dataclass
from handheld.wire.air import NO_MAC, AirFrame, AirPlain, decode_air, hop_byte
from handheld.wire.codec import decode, encode
from handheld.wire.constants import ID_LENGTH, LAN_VERSION, MAC_LENGTH, AirKind, AirMode
from handheld.wire.lan import Datagram

AIRTIME_US = 2_000
"""What the longest frame may be taken to last: as on ESP-NOW, whose pace every node can follow."""

SEEN_MAX = 1_024
SEEN_MS = 10 * 60 * 1_000
"""A frame's id is remembered so long, as radios do."""

ADDRESSES_MAX = 64
NEAR_MS = 15 * 60 * 1_000
"""An address counts as near when it sent something good within this time."""

RATE = 100
BURST = 400
"""New frames a second that one address may send, and at once after a quiet time; all together twice that."""

WAITING_MAX = 64
"""Frames that wait to go to the radio."""

SOONEST_AIRTIMES, LATEST_AIRTIMES = 4, 20
"""When a frame goes on to the radio: by then the radio has heard it if others near have it."""

RADIO_SHARE = 20
RADIO_BURST = 32
"""What comes over the network takes at most one part in so many of the air, and so many frames at once."""

SLOW_US = 50_000
LIGHT_KINDS = 10
"""Air on which the longest frame takes longer than this is slow; only kinds below this number go there."""

_ELSEWHERE = (AirMode.FLOOD, AirMode.COLLECT)
"""Modes in which a frame of the air is for everybody."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame that is new: for the node, and as the datagram for other networks (b"": for none)."""

    air: bytes
    onward: bytes


class Bucket:
    """Tokens, `rate` in a second up to `most`; full at first."""

    def __init__(self, rate: float, most: int, now: int) -> None:
        self._rate = rate
        self._most = most
        self._tokens = float(most)
        self.at = now

    def take(self, now: int) -> bool:
        """Whether there is one more."""
        self._tokens = min(self._most, self._tokens + (now - self.at) * self._rate / 1_000)
        self.at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Lan:
    """One node's rules. `key`: the network key, 32 bytes; chance spreads what goes on to the radio.

    `counters`: in, out, handed on, to the radio. `dropped` counts by reason.
    """

    def __init__(self, key: bytes, entropy: Entropy, now: int) -> None:
        self.counters: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self._key = key
        self._entropy = entropy
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()
        self._all = Bucket(2 * RATE, 2 * BURST, now)
        self._airtime_us = 0
        self._to_radio = Bucket(0, RADIO_BURST, now)
        self._waiting: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()

    def near(self, now: int) -> int:
        """How many addresses sent something good lately; at most ADDRESSES_MAX."""
        return sum(now - bucket.at <= NEAR_MS for bucket in self._buckets.values())

    def radio(self, airtime_us: int, now: int) -> None:
        """The airtime of the longest frame on the radio beside us; 0: there is none."""
        self._airtime_us = airtime_us
        self._waiting.clear()
        if airtime_us:
            self._to_radio = Bucket(1_000_000 / (RADIO_SHARE * airtime_us), RADIO_BURST, now)

    def receive(self, datagram: bytes, address: Hashable, now: int) -> Taken | None:
        """A datagram; None, and counted, if it is not a frame of this network, or known, or too much."""
        self.counters["in"] += 1
        try:
            air = decode(Datagram, datagram).air
            frame = decode_air(air)
            self._check(frame)
        except WireError as error:
            self.dropped[error.reason] += 1
            return None
        name = _name(frame)
        if self._known(name, now):
            self.dropped["known"] += 1
            return None
        if not (self._bucket(address, now).take(now) and self._all.take(now)):
            self.dropped["too much"] += 1
            return None
        self._note(name, now)
        self._offer_radio(name, frame, now)
        return Taken(air, self._datagram(frame, frame.mode, frame.ttl - 1))

    def from_radio(self, air: bytes, now: int) -> bytes:
        """What to send to the network of a frame that the radio heard; b"": nothing.

        What waits to go to the radio need not go when the radio heard it.
        """
        try:
            frame = decode_air(air)
        except WireError:
            return b""
        name = _name(frame)
        self._waiting.pop(name, None)
        if self._known(name, now):
            return b""
        self._note(name, now)
        if frame.kind == AirKind.HERE or frame.mode not in _ELSEWHERE:
            return b""
        return self._datagram(frame, AirMode.FLOOD, frame.ttl - 1)

    def own(self, air: bytes, now: int) -> bytes:
        """A frame of our node as a datagram; b"" for one that means something to radios only.

        What goes a way on the radio goes one hop here: others need not flood what has its way.
        """
        frame = decode_air(air)
        if frame.kind == AirKind.HERE:
            return b""
        self._note(_name(frame), now)
        mode = AirMode.FLOOD if frame.mode in _ELSEWHERE else AirMode.ONE_HOP
        if frame.mode is AirMode.WAY and not self._airtime_us:
            mode = AirMode.FLOOD
        return self._datagram(frame, mode, frame.ttl)

    def due(self, now: int) -> list[bytes]:
        """The frames that go to the radio now, without a MAC."""
        out = []
        for name in [name for name, (at, _) in self._waiting.items() if at <= now]:
            _, air = self._waiting.pop(name)
            if self._to_radio.take(now):
                self.counters["to the radio"] += 1
                out.append(air)
            else:
                self.dropped["radio busy"] += 1
        return out

    def next_deadline(self) -> int | None:
        """When `due` has something."""
        return min((at for at, _ in self._waiting.values()), default=None)

    def _check(self, frame: AirFrame) -> None:
        if not isinstance(frame, AirPlain):
            raise WireError("mode", f"mode {frame.mode.name.lower()} on a network")
        if not hmac.compare_digest(self._mac(frame.first, frame.hop, frame.body), frame.mac):
            raise WireError("mac", "of another network, or damaged")

    def _mac(self, first: int, hop: int, body: bytes) -> bytes:
        covered = bytes((first,)) + body + bytes((hop,))
        return hmac.digest(self._key, covered, hashlib.sha256)[:MAC_LENGTH]

    def _datagram(self, frame: AirFrame, mode: AirMode, ttl: int) -> bytes:
        if ttl < 1 or (mode is AirMode.ONE_HOP and ttl < frame.ttl):
            return b""
        hop = hop_byte(mode, ttl)
        air = AirPlain(frame.first, hop, self._mac(frame.first, hop, frame.body), frame.body)
        return encode(Datagram(LAN_VERSION, encode(air)))

    def _offer_radio(self, name: bytes, frame: AirFrame, now: int) -> None:
        slow = self._airtime_us > SLOW_US
        if not self._airtime_us or frame.mode is not AirMode.FLOOD or frame.ttl < 2:
            return
        if slow and frame.kind >= LIGHT_KINDS:
            return
        if len(self._waiting) >= WAITING_MAX:
            self.dropped["radio busy"] += 1
            return
        airtimes = SOONEST_AIRTIMES * 1_000 + self._entropy.below(
            (LATEST_AIRTIMES - SOONEST_AIRTIMES) * 1_000
        )
        air = encode(AirPlain(frame.first, hop_byte(AirMode.FLOOD, frame.ttl - 1), NO_MAC, frame.body))
        self._waiting[name] = (now + airtimes * self._airtime_us // 1_000_000, air)

    def _known(self, name: bytes, now: int) -> bool:
        at = self._seen.get(name)
        return at is not None and now - at < SEEN_MS

    def _note(self, name: bytes, now: int) -> None:
        self._seen[name] = now
        self._seen.move_to_end(name)
        if len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)

    def _bucket(self, address: Hashable, now: int) -> Bucket:
        # Whoever makes up addresses pushes out others' buckets, which are full again when they come back,
        # and gains nothing: the bucket of all is the same.
        bucket = self._buckets.get(address)
        if bucket is None:
            if len(self._buckets) >= ADDRESSES_MAX:
                self._buckets.popitem(last=False)
            bucket = self._buckets[address] = Bucket(RATE, BURST, now)
        self._buckets.move_to_end(address)
        return bucket


def _name(frame: AirFrame) -> bytes:
    """The frame's id, by which relays know it again."""
    return hashlib.sha256(bytes((frame.first,)) + frame.body).digest()[:ID_LENGTH]
