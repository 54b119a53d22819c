"""Who may be written to in short form, and by which chain; all of it is forgotten when the node ends.

A pair that loses frames, or one side of which starts anew, is never stuck: what a chain cannot carry is
sealed, and the ack of that begins the next chain. See `crypto.chain` for what a chain is.
"""

from collections import OrderedDict, deque
from dataclasses import field
from typing import NamedTuple

from handheld.crypto.chain import Step, advance, begin
from handheld.values import dataclass

PAIRS_MAX = 64
"""People with whom there are chains; beyond, the pair that was quiet the longest is forgotten."""

SEEDS_MAX = 4
"""Own sealings to one reader whose seeds are held: any of them may be the one that he answers."""

RECEIVING_MAX = 6
"""Chains from one writer that are listened to: each sealing of his offers up to SEEDS_MAX."""

OFFERED = 8
"""Frames ahead that are expected on a chain before its first one was heard."""

AHEAD = 32
"""The same after that, and how far back a late one is still opened."""

STEPS_MAX = 64
"""Frames on one chain; then a sealed message begins another, with fresh chance in it."""

LIFE_S = 12 * 3600
"""Powered seconds after which the same happens."""


class _Said(NamedTuple):
    """An own sealing: its seed, and the reader's seed that we held when we sealed it."""

    commitment: bytes
    seed: bytes
    basis: bytes


@dataclass()
class _Sending:
    """The chain on which we write; `open` are commitments of frames that were not acknowledged."""

    state: bytes
    since: int
    used: int = 0
    acked: int = 0
    open: dict[bytes, int] = field(default_factory=dict)

    def fit(self, powered: int) -> bool:
        """Whether the reader can be expected to know the next label, and the chain is not too old."""
        ahead = AHEAD - OFFERED if self.acked else OFFERED
        young = self.used < STEPS_MAX and powered - self.since < LIFE_S
        return young and self.used - self.acked < ahead

    def next(self) -> Step:
        """The next frame's secrets."""
        self.state, step = advance(self.state)
        self.used += 1
        self.open[step.commitment] = self.used
        return step


@dataclass()
class _Receiving:
    """A chain on which he may write: the steps that are expected, by number from 1."""

    offer: bytes
    state: bytes
    derived: int = 0
    heard: bool = False
    steps: dict[int, Step] = field(default_factory=dict)


@dataclass()
class _Pair:
    """What is held of one person. `seed`: of his latest sealing that was acknowledged."""

    seed: bytes = b""
    said: deque[_Said] = field(default_factory=lambda: deque(maxlen=SEEDS_MAX))
    sending: _Sending | None = None
    receiving: list[_Receiving] = field(default_factory=list)


class Chains:
    """The chains of all pairs; `own` is our identity."""

    def __init__(self, own: bytes) -> None:
        self._own = own
        self._pairs: OrderedDict[bytes, _Pair] = OrderedDict()
        self._labels: dict[bytes, tuple[bytes, _Receiving, int]] = {}

    def sealed(self, reader: bytes, commitment: bytes, seed: bytes) -> None:
        """We sealed something to this reader."""
        pair = self._pair(reader)
        pair.said.append(_Said(commitment, seed, pair.seed))

    def acked(self, reader: bytes, commitment: bytes, powered: int) -> None:
        """He acknowledged something: a sealing begins a chain, if we had acknowledged one of his."""
        pair = self._pair(reader)
        if pair.sending is not None and commitment in pair.sending.open:
            pair.sending.acked = max(pair.sending.acked, pair.sending.open.pop(commitment))
        for said in pair.said:
            if said.commitment == commitment and said.basis:
                pair.sending = _Sending(begin(said.seed, said.basis, self._own, reader), powered)

    def step(self, reader: bytes, powered: int) -> Step | None:
        """The secrets of the next frame to this reader; None when it has to be sealed."""
        pair = self._pairs.get(reader)
        if pair is None or pair.sending is None or not pair.sending.fit(powered):
            return None
        return pair.sending.next()

    def give_up(self, reader: bytes) -> None:
        """He does not answer on the chain: no more of it."""
        if (pair := self._pairs.get(reader)) is not None:
            pair.sending = None

    def heard(self, writer: bytes, commitment: bytes, seed: bytes) -> None:
        """A sealing of his is acknowledged for the first time: he may begin a chain with it."""
        pair = self._pair(writer)
        pair.seed = seed
        for said in pair.said:
            chain = _Receiving(commitment, begin(seed, said.seed, writer, self._own))
            self._expect(writer, chain, OFFERED)
            pair.receiving.append(chain)
        while len(pair.receiving) > RECEIVING_MAX:
            self._forget(pair.receiving.pop(0))

    def find(self, label: bytes) -> tuple[bytes, Step] | None:
        """Whose frame it is and how to open it; None for a label that nobody may use now."""
        if (found := self._labels.get(label)) is None:
            return None
        writer, chain, number = found
        return writer, chain.steps[number]

    def opened(self, label: bytes) -> None:
        """The frame with this label was opened: its secrets are gone, and later ones are expected."""
        writer, chain, number = self._labels.pop(label)
        del chain.steps[number]
        if not chain.heard:
            chain.heard = True
            self._drop_siblings(writer, chain)
        for late in [held for held in chain.steps if held < number - AHEAD]:
            del self._labels[chain.steps.pop(late).label]
        self._expect(writer, chain, number + AHEAD)

    def _drop_siblings(self, writer: bytes, chain: _Receiving) -> None:
        """He chose this one of the chains that one sealing offers."""
        pair = self._pair(writer)
        for other in [one for one in pair.receiving if one.offer == chain.offer and one is not chain]:
            pair.receiving.remove(other)
            self._forget(other)

    def _expect(self, writer: bytes, chain: _Receiving, until: int) -> None:
        while chain.derived < until:
            chain.derived += 1
            chain.state, step = advance(chain.state)
            chain.steps[chain.derived] = step
            self._labels[step.label] = (writer, chain, chain.derived)

    def _forget(self, chain: _Receiving) -> None:
        for step in chain.steps.values():
            del self._labels[step.label]

    def _pair(self, key: bytes) -> _Pair:
        pair = self._pairs.pop(key, None) or _Pair()
        self._pairs[key] = pair
        while len(self._pairs) > PAIRS_MAX:
            _, quiet = self._pairs.popitem(last=False)
            for chain in quiet.receiving:
                self._forget(chain)
        return pair
