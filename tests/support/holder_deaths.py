"""A node that shares a file, and hands it out to whoever asks, killed at any point: it serves on."""

import os
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from handheld.commands import Share
from handheld.files.gathering import Gathering
from handheld.files.shape import Shape, cut, digest_of
from handheld.sim.host import Host
from handheld.store import files, migrate
from handheld.wire.air import AirPlain, one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind, SentResult
from handheld.wire.files import FILE_TAG, FileNeed, Symbol
from tests.support.file_deaths import LIFE_S, VAULT, disk_host
from tests.support.file_village import AIRTIME_US

LARGE, SMALL = 60_000, 6_000
TOLD_MAX = 60
_LENGTH = struct.Struct("<H")
_SHARED = b"shared"


def _live(path: Path, content: bytes, pipe: int, life: str) -> None:
    """One life: share the file unless it is here, then send for ever to who lacks all of it."""
    waiting: list[int] = []

    def tell(said: bytes) -> None:
        os.write(pipe, _LENGTH.pack(len(said)) + said)

    def transmit(token: int, air: bytes) -> None:
        waiting.append(token)
        if air[0] >> 2 & 15 == AirKind.SYMBOL:
            tell(air)

    host, now = disk_host(path, lambda _number: None, transmit, life), 0
    host.radio_up(AIRTIME_US, now)
    if not len(host.node.files.organ.shelf):
        host.share(Share("map.png", yes=True), content, now)
    tell(_SHARED)
    need = FileNeed(digest_of(content)[:FILE_TAG], Shape(len(content)).symbols, 1, b"")
    while True:
        now = _turn(host, waiting, now)
        if host.node.files.organ.courier.next_deadline() is None and not waiting:
            host.heard(one_hop(AirKind.NEED, encode(need)), -60, now)


def _turn(host: Host, waiting: list[int], now: int) -> int:
    """One frame is on the air, or time passes."""
    if waiting:
        host.sent(waiting.pop(0), SentResult.ON_AIR, now)
        return now + 5
    now = max(now + 1, min(host.next_deadline() or now, now + 100))
    host.tick(now)
    return now


def _killed(path: Path, content: bytes, chance: Random) -> list[bytes]:
    """A life in a process of its own, ended by SIGKILL somewhere; what it told."""
    life = f"life {chance.random()}"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _live(path, content, writing, life)
        finally:
            os._exit(1)
    os.close(writing)
    told: list[bytes] = []
    with open(reading, "rb") as pipe:
        for _ in range(chance.randrange(TOLD_MAX)):
            told += _next(pipe.read)
        time.sleep(chance.uniform(0, LIFE_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := _next(pipe.read):
            told += more
    return told


def _next(read: Callable[[int], bytes]) -> list[bytes]:
    head = read(_LENGTH.size)
    said = read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    return [said] if said and len(said) == _LENGTH.unpack(head)[0] else []


def deaths(folder: Path, seed: int, size: int = SMALL) -> Counter[str]:
    """One file, handed out over as many deaths as it takes.

    "lost": deaths after which a file that was said to be shared was not there whole; "wrong": files that came
    out otherwise.
    """
    chance = Random(seed)
    content = chance.randbytes(size)
    digest = digest_of(content)
    receiver = Gathering(digest[:FILE_TAG], Shape(size), digest, cut(content, digest)[1])
    path = folder / f"holder{seed}.db"
    migrate.create(path, VAULT)
    found: Counter[str] = Counter(lost=0, wrong=0, files=1, symbols=Shape(size).symbols)
    shared = False
    while receiver.payload is None:
        said = _killed(path, content, chance)
        found["deaths"] += 1
        shared = shared or _SHARED in said
        with closing(migrate.connect(path, VAULT)) as connection:
            there = dict(files.load(connection, digest[:FILE_TAG])).get(files.PAYLOAD) == content
            found["lost"] += shared and not (there and all(row.whole for row in files.all(connection)))
        for air in said:
            if air != _SHARED:
                symbol = decode(Symbol, decode(AirPlain, air).body)
                receiver.add(symbol.number, symbol.data)
    found["wrong"] += receiver.payload != content
    return found
