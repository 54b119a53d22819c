"""A file that is being received: symbols in, the payload out, and nothing made up survives.

A symbol of the file itself is checked as soon as its check is known; a repair symbol only by what comes out
in the end. So when a decode fails, all repair symbols go, everything that was checked stays, and from then on
the missing symbols are asked for by number. Repair symbols are taken again once a checked one has arrived:
whoever floods made-up ones costs one decode in vain for each good symbol, and cannot keep the file from being
whole.
"""

from enum import Enum

from handheld.errors import LocalError
from handheld.files.coding import Elimination, mask_of
from handheld.files.shape import Shape, check_of, digest_of
from handheld.wire.files import CHECK, DIGEST


class Added(Enum):
    """What became of a symbol."""

    NEWS = "news"
    KNOWN = "known"
    FORGED = "forged"
    SPOILT = "spoilt"
    """The decode failed: repair symbols that were kept are worth nothing."""


class Gathering:
    """Symbols of one file; `payload` once it is whole and its digest holds."""

    def __init__(self, tag: bytes, shape: Shape, digest: bytes, top: bytes) -> None:
        if len(digest) != DIGEST or len(top) != CHECK * shape.top:
            raise LocalError(f"{len(digest)} bytes of digest, {len(top)} of checks")
        self._tag = tag
        self._shape = shape
        self.digest = digest
        self._top = top
        self._checked: dict[int, bytes] = {}
        self._unchecked: dict[int, bytes] = {}
        self._repairs: dict[int, bytes] = {}
        self._rows = Elimination()
        self.payload: bytes | None = None
        self.decodes = 0
        """Decodes in vain."""
        self.plain = False
        """Whether made-up repair symbols came: missing ones are asked for by number then."""
        self._trusting = True

    @property
    def need(self) -> int:
        """How many more symbols it takes at least; 0 when it is whole."""
        return 0 if self.payload is not None else self._shape.symbols - self._rows.rank

    @property
    def held(self) -> int:
        """How many independent symbols it has."""
        return self._shape.symbols - self.need

    @property
    def progress(self) -> int:
        """Grows with each symbol that helps; after forged ones came, with each that was checked."""
        return len(self._checked) if self.plain else self.held

    def holds(self, number: int) -> bool:
        """Whether this very symbol was taken before."""
        whole = self.payload is not None
        return whole or any(number in where for where in (self._checked, self._unchecked, self._repairs))

    def missing(self) -> list[int]:
        """The numbers of the file's own symbols that were not checked yet."""
        return [number for number in range(self._shape.symbols) if number not in self._checked]

    def fill(self, payload: bytes) -> bool:
        """Take the whole of it from our own store; False if that is not it."""
        if len(payload) != self._shape.size or digest_of(payload) != self.digest:
            return False
        self._done(payload)
        return True

    def checked(self) -> tuple[tuple[int, bytes], ...]:
        """Every symbol that was checked, to be kept instead of what came before."""
        return tuple(self._checked.items())

    def taken(self) -> tuple[tuple[int, bytes], ...]:
        """Every symbol that it has, checked or not."""
        return (*self._checked.items(), *self._unchecked.items(), *self._repairs.items())

    def add(self, number: int, data: bytes) -> Added:
        """One symbol from somebody. `data` must have the length that its number asks for, or it is forged."""
        if self.holds(number):
            return Added.KNOWN
        if number >= self._shape.symbols:
            return self._add_repair(number, data)
        if len(data) != self._shape.length(number):
            return Added.FORGED
        check = self._check(number)
        if check is None:
            self._unchecked[number] = data
            news = self._row(number, data)
        elif check != check_of(self.digest, number, data):
            return Added.FORGED
        else:
            news = self._row(number, data)
            self._trusting = True
            if self._accept(number, data):
                self._rebuild()
        return self._decoded(news=news)

    def _add_repair(self, number: int, data: bytes) -> Added:
        if len(data) != self._shape.width or not self._trusting:
            return Added.FORGED
        if not self._rows.add(mask_of(self._tag, number, self._shape.symbols), int.from_bytes(data, "big")):
            return self._decoded(news=False)
        self._repairs[number] = data
        return self._decoded(news=True)

    def _row(self, number: int, data: bytes) -> bool:
        return self._rows.add(1 << number, int.from_bytes(data.ljust(self._shape.width, b"\0"), "big"))

    def _check(self, number: int) -> bytes | None:
        parent, at = self._shape.parent(number)
        held = self._top if parent < 0 else self._checked.get(parent)
        return held[at : at + CHECK] if held is not None else None

    def _accept(self, number: int, data: bytes) -> bool:
        """A symbol holds; those whose checks it has are looked at. Whether one of them was made up."""
        self._unchecked.pop(number, None)
        self._checked[number] = data
        forged = False
        for child in self._shape.children(number):
            if (held := self._unchecked.get(child)) is None:
                continue
            if self._check(child) == check_of(self.digest, child, held):
                forged = self._accept(child, held) or forged
            else:
                del self._unchecked[child]
                forged = True
        return forged

    def _rebuild(self) -> None:
        self._rows = Elimination()
        for number, data in (*self._checked.items(), *self._unchecked.items()):
            self._row(number, data)
        for number, data in self._repairs.items():
            self._rows.add(mask_of(self._tag, number, self._shape.symbols), int.from_bytes(data, "big"))

    def _decoded(self, *, news: bool) -> Added:
        if self._rows.consistent and self._rows.rank < self._shape.symbols:
            return Added.NEWS if news else Added.KNOWN
        if self._rows.rank == self._shape.symbols:
            self._take(self._rows.solved(self._shape.symbols))
        if len(self._checked) == self._shape.symbols:
            payload = b"".join(self._checked[number] for number in self._shape.payload)
            if digest_of(payload) == self.digest:
                self._done(payload)
                return Added.NEWS
            # Checks of four bytes can be met by trying long enough: nothing of it can be told from the rest.
            self._checked = {}
        self._spoil()
        return Added.SPOILT

    def _done(self, payload: bytes) -> None:
        self.payload = payload
        self._checked, self._unchecked, self._repairs = {}, {}, {}
        self._rows = Elimination()

    def _take(self, values: list[int]) -> None:
        """Of solved symbols those stay whose checks hold, parents first."""
        for number, value in enumerate(values):
            if number in self._checked:
                continue
            padded = value.to_bytes(self._shape.width, "big")
            data = padded[: self._shape.length(number)]
            if self._check(number) == check_of(self.digest, number, data) and not padded[len(data) :].strip(
                b"\0"
            ):
                self._unchecked.pop(number, None)
                self._checked[number] = data

    def _spoil(self) -> None:
        self.decodes += 1
        self.plain = True
        self._trusting = False
        self._repairs, self._unchecked = {}, {}
        self._rebuild()
