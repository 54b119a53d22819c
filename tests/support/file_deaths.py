"""A node that gathers a file into a real database and is killed at any point: what it saved it has."""

import os
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.vault import Vault
from handheld.daemon.saving import Stored
from handheld.files.shape import Shape
from handheld.node.effects import Keep, KeepSymbols
from handheld.node.node import Node
from handheld.sim.host import Host
from handheld.store import files, migrate
from handheld.wire.air import one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.files import Symbol
from tests.support.file_village import AIRTIME_US, Village

VAULT = Vault(bytes(32))
SIZE = 6_000
TOLD_MAX = 6
LIFE_S = 0.0005
"""Once the first of them were told."""
_NUMBER = struct.Struct("<H")
_READY, _WHOLE = 0xFFFE, 0xFFFF


class Source:
    """What ana sent: her profile, the manifest, and any symbol of the file as a frame."""

    def __init__(self, seed: int, size: int = SIZE) -> None:
        village = Village(["ana", "listener"], seed=seed)
        village.start()
        self.content = Random(seed).randbytes(size)
        village.share("ana", self.content)
        village.run(20_000)
        heard = [air for _, who, air in village.aired if who == "ana"]
        self.opening = [
            next(air for air in heard if air[0] >> 2 & 15 == kind) for kind in (AirKind.PROFILE, AirKind.POST)
        ]
        (entry,) = village.entries("ana")
        self.tag = entry.tag
        self.symbols = Shape(entry.manifest.packed).symbols
        self._transfer = village.hosts["ana"].node.files.organ.courier.loaded(entry.tag)

    def frame(self, number: int) -> bytes:
        assert self._transfer is not None
        return one_hop(AirKind.SYMBOL, encode(Symbol(self.tag, number, 0, self._transfer.symbol(number))))


class Disk(Host):
    """A host whose store is a file; `safe` hears the number of each symbol that is in it."""

    path: Path
    safe: Callable[[int], None]

    def _start(self) -> None:
        self._store.close()
        self._store = migrate.connect(self.path, VAULT)
        super()._start()

    def _save(self, keeps: list[Keep]) -> list[Stored]:
        self._store.execute("BEGIN IMMEDIATE")
        stored = super()._save(keeps)
        self._store.execute("COMMIT")
        for keep in keeps:
            if isinstance(keep, KeepSymbols) and not keep.instead:
                for number, _ in keep.symbols:
                    self.safe(number)
        return stored


def disk_host(
    path: Path,
    safe: Callable[[int], None],
    transmit: Callable[[int, bytes], None] = lambda _token, _air: None,
    life: str = "bo",
) -> Host:
    """A node on the database at this path."""
    identity = Identity.create(SeededEntropy("bo keys"))
    Disk.path, Disk.safe = path, staticmethod(safe)
    return Disk(
        identity,
        lambda ours, saved: Node(ours, "bo", SeededEntropy(life), saved),
        transmit,
        lambda _text, _how: None,
        lambda _text: None,
    )


def _live(path: Path, source: Source, numbers: list[int], pipe: int) -> None:
    """One life: hear what was not heard yet, and tell of each symbol once it is in the database."""

    def tell(number: int) -> None:
        os.write(pipe, _NUMBER.pack(number))

    host = disk_host(path, tell)
    host.radio_up(AIRTIME_US, 0)
    tell(_READY)
    if not len(host.node.files.organ.shelf):
        for air in source.opening:
            host.heard(air, -60, 0)
    for now, number in enumerate(numbers):
        entry = host.node.files.organ.shelf.get(source.tag)
        if entry is not None and entry.whole:
            break
        host.heard(source.frame(number), -60, now)
    tell(_WHOLE)


def _killed(path: Path, source: Source, numbers: list[int], chance: Random) -> list[int]:
    """A life in a process of its own, ended by SIGKILL somewhere; the numbers that it told of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _live(path, source, numbers, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, "rb", buffering=0) as pipe:
        # It works, and has told of some: on a fast machine it would be done before any time had passed.
        told = b"".join(
            pipe.read(_NUMBER.size) or b""
            for _ in range(1 + chance.randrange(max(TOLD_MAX, source.symbols // 10)))
        )
        time.sleep(chance.uniform(0, LIFE_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += pipe.readall() or b""
    return [number for (number,) in _NUMBER.iter_unpack(told)]


def deaths(folder: Path, seed: int, size: int = SIZE) -> Counter[str]:
    """One file, gathered over as many deaths as it takes.

    "lost": symbols that were told as saved and are not there, or needed again; "wrong": files that differ.
    """
    chance, source = Random(seed), Source(seed, size)
    path = folder / f"file{seed}.db"
    migrate.create(path, VAULT)
    found: Counter[str] = Counter(lost=0, wrong=0, files=1)
    numbers = list(range(4 * source.symbols))
    chance.shuffle(numbers)
    safe: set[int] = set()
    whole = False
    while not whole:
        told = _killed(path, source, [number for number in numbers if number not in safe], chance)
        found["deaths"] += 1
        safe.update(number for number in told if number not in (_READY, _WHOLE))
        with closing(migrate.connect(path, VAULT)) as connection:
            kept = dict(files.load(connection, source.tag))
        whole = files.PAYLOAD in kept
        found["lost"] += 0 if whole else len(safe - set(kept))
    # Each symbol that was kept told something new, so none was needed twice.
    found["lost"] += max(0, len(safe) - source.symbols)
    found["symbols"] = source.symbols
    host = disk_host(path, lambda _number: None)
    (entry,) = host.node.files.organ.shelf
    host.carry_out(host.node.files.organ.courier.load(source.tag), 0)
    found["wrong"] += host.node.files.organ.content(entry) != source.content
    return found
