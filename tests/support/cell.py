"""Engines of repair in one cell and virtual time: everybody hears everybody, a part of it is lost."""

import heapq
from collections import Counter
from collections.abc import Callable

from handheld.clock import SeededEntropy
from handheld.sync.holdings import Feeds
from handheld.sync.mailbag import Mailbag
from handheld.sync.repair import Repair
from handheld.sync.serving import PROFILE, Record, Wanted
from handheld.wire.air import decode_air, first_byte
from handheld.wire.constants import AirKind

SF9_US = 615_000
ESPNOW_US = 2_540
POST_BYTES = 150


def key_of(number: int) -> bytes:
    return number.to_bytes(32, "little")


def raw_of(key: bytes, seq: int) -> bytes:
    """Stands for a record: the engine never looks inside."""
    kind = AirKind.PROFILE if seq == PROFILE else AirKind.POST
    return (bytes([first_byte(kind)]) + key + seq.to_bytes(4, "big")).ljust(POST_BYTES, b".")


class Peer:
    """One device: an engine, and what its store would hold."""

    def __init__(self, number: int, airtime_us: int) -> None:
        self.number = number
        self.feeds = Feeds()
        self.now = 0
        self.repair = Repair(
            key_of(1_000 + number), self.feeds, Mailbag(), SeededEntropy(f"peer {number}"), self.odometer
        )
        self.airtime_us = airtime_us
        self.free_at = 0
        self.posts: dict[tuple[bytes, int], int] = {}
        self.profiles: set[bytes] = set()
        self.on = False
        self.ages: dict[tuple[bytes, int], int] = {}

    def odometer(self) -> int:
        return self.now // 1_000

    def hold(self, key: bytes, seq: int, age_s: int = 0) -> None:
        """It had this before the play begins."""
        self.posts[key, seq] = 0
        self.feeds.add(key, seq, -age_s)
        self.profiles.add(key)
        self.feeds.profile(key, 1)


class Cell:
    """All of them; `deaf` says who does not hear whom."""

    def __init__(self, count: int, airtime_us: int = SF9_US, loss_percent: int = 0) -> None:
        self.peers = [Peer(number, airtime_us) for number in range(count)]
        self.now = 0
        self.airtime_us = airtime_us
        self.loss_percent = loss_percent
        self.frames: list[tuple[int, int, AirKind, int]] = []
        """Of each transmission: when, by whom, its kind, and how many bytes."""
        self.deaf: Callable[[int, int], bool] = lambda _sender, _hearer: False
        self._chance = SeededEntropy("cell")
        self._queue: list[tuple[int, int, int, int, bytes]] = []
        self._order = 0
        self._air_free = 0

    def start(self, *numbers: int) -> None:
        for number in numbers or range(len(self.peers)):
            peer = self.peers[number]
            peer.on = True
            peer.now = self.now
            peer.repair._fresh = 0 if len(peer.feeds) else 150
            peer.repair.radio_up(self.airtime_us, self.now)

    def post(self, number: int, seq: int, *missed: int) -> None:
        """A post of `number`'s owner reaches all but `missed`, live."""
        for peer in self.peers:
            if peer.number not in missed and peer.on:
                peer.now = self.now
                self._keep(peer, key_of(number), seq, live=True)

    def kinds(self, since: int = 0, sender: int | None = None) -> Counter[str]:
        return Counter(kind.name for at, who, kind, _ in self.frames if at >= since and sender in (None, who))

    def size(self, *kinds: AirKind, since: int = 0) -> int:
        return sum(size for at, _, kind, size in self.frames if at >= since and kind in kinds)

    def run(self, milliseconds: int) -> None:
        end = self.now + milliseconds
        while True:
            due = [
                (max(at, self.now), peer.number)
                for peer in self.peers
                if peer.on and (at := peer.repair.next_deadline()) is not None
            ]
            wake = min(due, default=(end + 1, 0))
            if self._queue and self._queue[0][0] <= min(wake[0], end):
                at, _, _sender, hearer, data = heapq.heappop(self._queue)
                self.now = at
                self._hear(self.peers[hearer], data)
            elif wake[0] <= end:
                self.now = wake[0]
                self._tick(self.peers[wake[1]])
            else:
                self.now = end
                return

    def _tick(self, peer: Peer) -> None:
        peer.now = self.now
        before = peer.repair.next_deadline()
        todo = peer.repair.due(self.now, 0, busy=False)
        for data in todo.air:
            self._send(peer, data)
        if todo.fetch:
            found = [self._record(peer, what) for what in todo.fetch]
            for data in peer.repair.fetched([one for one in found if one]):
                self._send(peer, data)
        after = peer.repair.next_deadline()
        assert (todo.air or todo.fetch) or before != after or (after or 0) > self.now, "it spins"

    def _record(self, peer: Peer, what: Wanted) -> Record | None:
        if what.seq == PROFILE:
            return Record(what, raw_of(what.key, PROFILE)) if what.key in peer.profiles else None
        if (what.key, what.seq) not in peer.posts:
            return None
        born = peer.feeds.born(what.key, what.seq) or 0
        return Record(what, raw_of(what.key, what.seq), max(0, peer.odometer() - born))

    def _send(self, peer: Peer, data: bytes) -> None:
        kind = AirKind(data[0] >> 2 & 15)
        begin = max(self.now, self._air_free)
        airtime_ms = self.airtime_us * (len(data) + 40) // 290 // 1_000
        self._air_free = begin + max(1, airtime_ms)
        self.frames.append((self.now, peer.number, kind, len(data)))
        for other in self.peers:
            if other is peer or not other.on or self.deaf(peer.number, other.number):
                continue
            if self._chance.below(100) >= self.loss_percent:
                self._order += 1
                heapq.heappush(self._queue, (self._air_free, self._order, peer.number, other.number, data))

    def _hear(self, peer: Peer, data: bytes) -> None:
        peer.now = self.now
        air = decode_air(data)
        if air.kind in (AirKind.BEACON, AirKind.VECTOR, AirKind.OFFER):
            peer.repair.receive(air.kind, air.body, self.now)
            return
        key, seq = air.body[:32], int.from_bytes(air.body[32:36], "big")
        what = Wanted(key, seq)
        peer.repair.heard(what, self.now)
        age_s = peer.repair.age_of(what)
        if seq == PROFILE:
            peer.profiles.add(key)
            peer.feeds.profile(key, 1)
        elif key in peer.profiles:
            peer.ages.setdefault((key, seq), age_s)
            self._keep(peer, key, seq, live=False, age_s=age_s)

    def _keep(self, peer: Peer, key: bytes, seq: int, *, live: bool, age_s: int = 0) -> None:
        peer.posts.setdefault((key, seq), self.now)
        peer.repair.kept(key, seq, age_s, self.now, live=live)
