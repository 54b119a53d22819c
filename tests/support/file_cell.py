"""A cell of radios that share one air, frame by frame: who hears whom, with what loss; and what is sent."""

from collections.abc import Callable
from random import Random

from handheld.clock import SeededEntropy
from handheld.files.shape import Shape, cut, digest_of
from handheld.files.transfer import Lack, Sym, Transfer

FRAME_MS = 10
TAG = b"cell 1"

Lost = Callable[[int, int], bool]
"""(sender, hearer) -> whether this frame is lost between them."""


def independent(loss: float, chance: Random) -> Lost:
    """Each frame is lost by itself."""
    return lambda _sender, _hearer: chance.random() < loss


def bursts(loss: float, chance: Random, mean: float = 5.0) -> Lost:
    """Gilbert's model: bad times of `mean` frames in which everything is lost, of the same share."""
    bad: dict[tuple[int, int], bool] = {}
    into, out = loss / (1 - loss) / mean, 1 / mean

    def lost(sender: int, hearer: int) -> bool:
        was = bad.get((sender, hearer), chance.random() < loss)
        bad[sender, hearer] = chance.random() < (1 - out if was else into)
        return was

    return lost


class Cell:
    """Node 0 has the file. `links`: who hears whom; all hear all without."""

    def __init__(
        self, size: int, receivers: int, lost: Lost, seed: int, links: set[tuple[int, int]] | None = None
    ) -> None:
        self.payload = Random(seed).randbytes(size)
        digest = digest_of(self.payload)
        symbols, top = cut(self.payload, digest)
        self.shape = Shape(size)
        self.nodes = [
            Transfer(TAG, self.shape, digest, top, SeededEntropy(f"{seed} {number}"))
            for number in range(receivers + 1)
        ]
        for number, symbol in enumerate(symbols):
            self.nodes[0].gathering.add(number, symbol)
        for node in self.nodes:
            node.frame_ms = FRAME_MS
        self._chance = Random(seed + 1)
        self._lost = lost
        self._links = links
        self.now = 0
        self.data = self.control = 0
        self.sent_by = [0] * len(self.nodes)
        self.off: set[int] = set()

    def begin(self) -> None:
        for node in self.nodes[1:]:
            node.want(self.now, 50)  # the manifest was just heard: symbols follow it
        self.nodes[0].offer(self.now)

    @property
    def done(self) -> bool:
        return all(node.whole for number, node in enumerate(self.nodes) if number not in self.off)

    def run(self, until_ms: int) -> None:
        while self.now < until_ms and not self.done:
            self.step()

    def step(self) -> None:
        """One frame of one node that has something to say, or time passes."""
        order = [number for number in range(len(self.nodes)) if number not in self.off]
        self._chance.shuffle(order)
        for number in order:
            frame = self.nodes[number].next(self.now)
            if frame is not None:
                self.now += FRAME_MS
                self._deliver(number, frame)
                return
        times = [at for n in order if (at := self.nodes[n].next_deadline()) is not None]
        self.now = max(self.now + 1, min(times, default=self.now + 1000))

    def _deliver(self, sender: int, frame: Sym | Lack) -> None:
        self.sent_by[sender] += 1
        self.data += isinstance(frame, Sym)
        self.control += isinstance(frame, Lack)
        for hearer, node in enumerate(self.nodes):
            linked = self._links is None or (sender, hearer) in self._links
            if hearer == sender or hearer in self.off or not linked or self._lost(sender, hearer):
                continue
            if isinstance(frame, Sym):
                node.heard(*frame, self.now)
            else:
                node.lacked(*frame, self.now)
