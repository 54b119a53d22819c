"""One file at one node: gathering it, and giving it to others once it is whole."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from handheld.clock import Entropy
from handheld.files.asking import Asking
from handheld.files.coding import combined, mask_of
from handheld.files.gathering import Added, Gathering
from handheld.files.serving import Serving
from handheld.files.shape import Shape, cut
from handheld.wire.files import PLAIN_MAX


class Sym(NamedTuple):
    """A symbol to be sent; `left` more follow it."""

    number: int
    left: int
    data: bytes


class Lack(NamedTuple):
    """Something is lacking: `need` more symbols, or just those of `plain`."""

    need: int
    plain: tuple[int, ...]


class Transfer:
    """Verbs: `heard`, `lacked`, `next`, `next_deadline`; `frame_ms` is what a symbol takes on this air."""

    def __init__(self, tag: bytes, shape: Shape, digest: bytes, top: bytes, entropy: Entropy) -> None:
        self.tag = tag
        self.shape = shape
        self.gathering = Gathering(tag, shape, digest, top)
        self.asking = Asking(entropy)
        self.serving = Serving(shape.symbols, entropy)
        self.frame_ms = 10
        self.wanted = False
        self._values: Sequence[int] = ()
        self._unserved: Lack | None = None

    @property
    def whole(self) -> bool:
        """Whether every symbol can be given."""
        return self.gathering.payload is not None

    @property
    def _share(self) -> float:
        return self.gathering.need / self.shape.symbols

    def want(self, now: int, patience: int = 0) -> None:
        """Gather it from now on, and ask for it, unless its symbols come within `patience` frames."""
        self.wanted = True
        if not self.whole:
            self.asking.begin(self._share, self.frame_ms, now + patience * self.frame_ms)

    def pause(self) -> None:
        """Neither ask nor send; what goes by is still taken."""
        self.wanted = False
        self.asking.stop()
        self.serving.stop()

    def offer(self, now: int) -> None:
        """Send the whole of it once."""
        self.serving.begin(now)

    def heard(self, number: int, left: int, data: bytes, now: int) -> Added:
        """A symbol of this file was heard."""
        if self.whole:
            # Not by its word alone: a forged one would silence us.
            if self.serving.at is not None and self.symbol(number) == data:
                self.serving.another(number, left, self.frame_ms, now)
            return Added.KNOWN
        before = self.gathering.progress
        added = self.gathering.add(number, data)
        if not self.gathering.need:
            self.asking.stop()
            self._serve_late(now)
        elif self.wanted and self.gathering.progress > before:
            # Only what helps is believed to go on.
            self.asking.symbol(left, self._share, self.frame_ms, now)
            if left:
                self._unserved = None
        return added

    def lacked(self, need: int, plain: Iterable[int], now: int) -> None:
        """Somebody lacks something of this file."""
        if self.whole:
            self.serving.asked(need, plain, self.frame_ms, now)
            return
        if need > (self._unserved.need if self._unserved else 0):
            self._unserved = Lack(need, tuple(plain))
        if not self.gathering.plain:
            self.asking.others(need / self.shape.symbols, self._share, self.frame_ms, now)

    def next_deadline(self) -> int | None:
        """When `next` is worth asking."""
        times = (self.asking.at, self.serving.at)
        return min((at for at in times if at is not None), default=None)

    def next(self, now: int) -> Sym | Lack | None:
        """What to send now, if the air has room for files."""
        if self.whole:
            given = self.serving.next(now)
            return Sym(*given, self.symbol(given[0])) if given else None
        if self.wanted and self.asking.due(self.frame_ms, now):
            plain = self.gathering.missing()[:PLAIN_MAX] if self.gathering.plain else ()
            return Lack(self.gathering.need, tuple(plain))
        return None

    def symbol(self, number: int) -> bytes:
        """A symbol of a whole file, by its number."""
        if not self._values:
            width = self.shape.width
            symbols, _ = cut(self.gathering.payload or b"", self.gathering.digest)
            self._values = [int.from_bytes(one.ljust(width, b"\0"), "big") for one in symbols]
        if number < self.shape.symbols:
            data = self._values[number].to_bytes(self.shape.width, "big")
            return data[: self.shape.length(number)]
        mask = mask_of(self.tag, number, self.shape.symbols)
        return combined(self._values, mask).to_bytes(self.shape.width, "big")

    def _serve_late(self, now: int) -> None:
        """Whoever asked us before we had it may have heard nobody else."""
        if self._unserved is not None:
            self.serving.asked(self._unserved.need, self._unserved.plain, self.frame_ms, now)
            self._unserved = None
