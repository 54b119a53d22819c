"""Whole nodes with their stores on one lossy air, without radios: what one sends all others may hear."""

import heapq
from collections.abc import Iterable
from random import Random

from handheld.clock import SeededEntropy
from handheld.commands import Share
from handheld.crypto.identity import Identity
from handheld.events import FileInfo
from handheld.node.node import Node
from handheld.node.shelf import Entry
from handheld.sim.host import Host
from handheld.wire.constants import AirKind, SentResult

AIRTIME_US = 2_540
SLOW_AIRTIME_US = 600_000
FRAME_MS = 25
"""What a frame takes from one host to the next."""


class Village:
    """Everybody hears everybody, but for `loss` in a hundred frames and pairs in `deaf`. "box" is one."""

    def __init__(
        self, names: Iterable[str], *, loss: int = 0, airtime_us: int = AIRTIME_US, seed: int = 1
    ) -> None:
        self.now = 0
        self.loss = loss
        self.deaf: set[tuple[str, str]] = set()
        self.off: set[str] = set()
        self.aired: list[tuple[int, str, bytes]] = []
        self.airtime_us = airtime_us
        self.frame_ms = max(FRAME_MS, airtime_us // 1000)
        self.texts: list[tuple[int, str, bytes]] = []
        self._seed = seed
        self._chance = Random(seed)
        self._queue: list[tuple[int, int, str, object]] = []
        self._count = 0
        self._free_at = 0
        self.hosts = {name: self._host(name) for name in names}

    def _host(self, name: str) -> Host:
        identity = Identity.create(SeededEntropy(f"{name} keys"))
        entropy = SeededEntropy(f"{name} {self._seed}")
        return Host(
            identity,
            lambda ours, saved: Node(ours, name, entropy, saved, box=name == "box"),
            lambda token, air: self._transmit(name, token, air),
            lambda text, _how: self.texts.append((self.now, name, text)),
            lambda _text: None,
        )

    def start(self) -> None:
        """All radios are there, and everybody has heard of everybody."""
        for name in self.hosts:
            self.radio(name)
        loss, self.loss = self.loss, 0
        self.run(5_000)
        self.loss = loss

    def radio(self, name: str) -> None:
        self.off.discard(name)
        self.hosts[name].radio_up(self.airtime_us, self.now)

    def slow_radios(self) -> None:
        """Everybody changes to LoRa."""
        self.airtime_us, self.frame_ms = SLOW_AIRTIME_US, SLOW_AIRTIME_US // 1000
        for name in self.hosts:
            self.radio(name)

    def fast_radios(self) -> None:
        """And back."""
        self.airtime_us, self.frame_ms = AIRTIME_US, FRAME_MS
        for name in self.hosts:
            self.radio(name)

    def sent(self, kind: AirKind, since: int = 0, by: str = "") -> int:
        """How many frames of a kind went on the air from then on."""
        return sum(
            at >= since and air[0] >> 2 & 15 == kind and by in ("", name) for at, name, air in self.aired
        )

    def cut(self, name: str) -> None:
        """Its power fails: what it had not saved is gone."""
        self.off.add(name)
        self._queue = [item for item in self._queue if item[2] != name]
        heapq.heapify(self._queue)
        self.hosts[name].restart()

    def share(
        self, name: str, content: bytes, path: str = "map.png", *, yes: bool = True, **where: str
    ) -> None:
        self.hosts[name].share(Share(path, yes=yes, **where), content, self.now)

    def get(self, name: str, *, yes: bool = False) -> None:
        """The owner wants the one file that he knows of."""
        host, (entry,) = self.hosts[name], self.entries(name)
        host.carry_out(host.node.files.organ.resume(entry, self.now, yes=yes), self.now)

    def entries(self, name: str) -> list[Entry]:
        return list(self.hosts[name].node.files.organ.shelf)

    def files(self, name: str) -> list[FileInfo]:
        sharing = self.hosts[name].node.files.organ
        return [sharing.info(entry, self.now) for entry in sharing.shelf]

    def content(self, name: str, number: int = 0) -> bytes:
        """A whole file, read from the store if it is not in memory."""
        host, entry = self.hosts[name], self.entries(name)[number]
        host.carry_out(host.node.files.organ.courier.load(entry.tag), self.now)
        return host.node.files.organ.content(entry)

    def whole(self) -> bool:
        return all(
            entries and all(entry.whole for entry in entries)
            for name in self.hosts
            if name not in self.off
            for entries in [self.entries(name)]
        )

    def run(self, milliseconds: int) -> None:
        """Let time pass, frame by frame and deadline by deadline."""
        end = self.now + milliseconds
        while True:
            due = min(
                (
                    (at, name)
                    for name in self.hosts
                    if name not in self.off and (at := self.hosts[name].next_deadline()) is not None
                ),
                default=(end + 1, ""),
            )
            if self._queue and self._queue[0][0] <= min(due[0], end):
                at, _, name, what = heapq.heappop(self._queue)
                self.now = max(self.now, at)
                if isinstance(what, bytes):
                    self.hosts[name].heard(what, -60, self.now)
                else:
                    self.hosts[name].sent(int(str(what)), SentResult.ON_AIR, self.now)
            elif due[0] <= end:
                self.now = max(self.now, due[0])
                self.hosts[due[1]].tick(self.now)
            else:
                self.now = end
                return

    def until(self, milliseconds: int, step: int = 500) -> bool:
        """Until everybody has everything, or the time is over."""
        end = self.now + milliseconds
        while self.now < end and not self.whole():
            self.run(step)
        return self.whole()

    def _put(self, at: int, name: str, what: object) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, name, what))

    def _transmit(self, sender: str, token: int, air: bytes) -> None:
        # One air: whoever speaks waits until the one before has ended.
        self._free_at = max(self.now, self._free_at) + self.frame_ms
        at = self._free_at
        self.aired.append((at, sender, air))
        self._put(at, sender, token)
        for name in self.hosts:
            silent = name == sender or name in self.off or (sender, name) in self.deaf
            if not silent and self._chance.randrange(100) >= self.loss:
                self._put(at, name, air)
