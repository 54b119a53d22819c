"""Files to many on a lossy air: what it takes, against bitmaps and acks on the same air."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from statistics import mean
from time import process_time

from handheld.files.coding import combined, mask_of
from handheld.files.gathering import Gathering
from handheld.files.shape import Shape, cut, digest_of
from tests.benchmarks import file_chat, file_whole
from tests.support.file_cell import TAG, Cell, Lost, bursts, independent

Row = tuple[str, str, str]

RESULTS = Path(__file__).with_name("results") / "file_transfer.json"

SEEDS = range(20)
BURST_SEEDS = range(100)
"""Bursts differ more from one run to the next."""

SIZE = 16_384
RECEIVERS = 15
ROUNDS_MAX = 1_000

SYMBOL_BYTES, NEED_BYTES, MANIFEST_BYTES = 247, 16, 165
"""Of whole frames; the manifest's with a name of twelve letters."""

DECODE_MAX_MS = 60

BITMAP_BYTES = NEED_BYTES + 9
"""What names any of 71 chunks."""

Losing = Callable[[float, Random], Lost]
Scheme = Callable[[Lost, int, int], tuple[int, int]]


def ours(
    losing: Losing, loss: float, receivers: int = RECEIVERS, size: int = SIZE, seeds: Iterable[int] = SEEDS
) -> list[Cell]:
    """A run for each seed, until everybody has it."""
    cells = []
    for seed in seeds:
        cell = Cell(size, receivers, losing(loss, Random(seed)), seed)
        cell.begin()
        cell.run(3_600_000)
        if not all(node.gathering.payload == cell.payload for node in cell.nodes):
            raise RuntimeError(f"seed {seed}: not everybody has it")
        cells.append(cell)
    return cells


def bitmap(lost: Lost, receivers: int, chunks: int) -> tuple[int, int]:
    """Data and control frames with NACKs: who lacks most sends a bitmap, others what that does not name.

    Suppression is ideal: nobody names what was named already in the round, as far as he heard.
    """
    lacks = {node: set(range(chunks)) for node in range(1, receivers + 1)}
    data = control = 0
    wanted = set(range(chunks))
    for _ in range(ROUNDS_MAX):
        data += len(wanted)
        for number in wanted:
            for node, lacking in lacks.items():
                if not lost(0, node):
                    lacking.discard(number)
        if not any(lacks.values()):
            return data, control
        wanted, said = _named(lost, lacks)
        control += said
    raise RuntimeError("a bitmap that never ends")


def _named(lost: Lost, lacks: dict[int, set[int]]) -> tuple[set[int], int]:
    """What the sender hears to be lacking, and how many frames that took."""
    wanted: set[int] = set()
    named: dict[int, set[int]] = {node: set() for node in lacks}
    said = 0
    for node in sorted(lacks, key=lambda one: -len(lacks[one])):
        if lacks[node] <= named[node]:
            continue
        said += 1
        for other in lacks:
            if other != node and not lost(node, other):
                named[other] |= lacks[node]
        if not lost(node, 0):
            wanted |= lacks[node]
    return wanted, said


def fewest(lost: Lost, receivers: int, symbols: int) -> int:
    """Data frames of a sender who is told nothing and whose every frame helps: alone nobody sends fewer."""
    lacks = dict.fromkeys(range(1, receivers + 1), symbols)
    for sent in range(1, ROUNDS_MAX * symbols):
        for node in lacks:
            lacks[node] -= not lost(0, node)
        if all(lack <= 0 for lack in lacks.values()):
            return sent
    raise RuntimeError("air that never lets a frame through")


def stop_and_wait(lost: Lost, receivers: int, chunks: int) -> tuple[int, int]:
    """Data and control frames when each chunk goes to each receiver until he has acknowledged it."""
    data = control = 0
    for node in range(1, receivers + 1):
        for _ in range(chunks):
            answered = False
            while not answered:
                data += 1
                if not lost(0, node):
                    control += 1
                    answered = not lost(node, 0)
    return data, control


def efficiency(cells: list[Cell]) -> float:
    """Payload over all bytes that were sent, manifest and wishes too."""
    return mean(
        len(cell.payload) / (SYMBOL_BYTES * cell.data + NEED_BYTES * cell.control + MANIFEST_BYTES)
        for cell in cells
    )


def decode_ms(size: int = 65_536, loss: int = 30) -> float:
    """Processor time to make a file whole of what came, the best of five."""
    chance = Random(1)
    payload = chance.randbytes(size)
    digest, shape = digest_of(payload), Shape(size)
    symbols, top = cut(payload, digest)
    values = [int.from_bytes(one.ljust(shape.width, b"\0"), "big") for one in symbols]
    air = [(number, data) for number, data in enumerate(symbols) if chance.randrange(100) >= loss]
    for number in range(shape.symbols, 2 * shape.symbols):
        made = combined(values, mask_of(TAG, number, shape.symbols))
        air.append((number, made.to_bytes(shape.width, "big")))
    times = []
    for _ in range(5):
        gathering = Gathering(TAG, shape, digest, top)
        begun = process_time()
        for number, data in air:
            gathering.add(number, data)
            if gathering.payload is not None:
                break
        times.append(1_000 * (process_time() - begun))
    return min(times)


def _row(what: str, found: list[tuple[float, float]], most: str = "") -> Row:
    data, control = mean(one for one, _ in found), mean(two for _, two in found)
    return what, f"{data:.2f} K + {control:.1f}", most


def _others(scheme: Scheme, loss: float) -> list[tuple[float, float]]:
    chunks = Shape(SIZE).chunks
    runs = [scheme(independent(loss, Random(seed)), RECEIVERS, chunks) for seed in SEEDS]
    return [(data / chunks, control) for data, control in runs]


def _others_efficiency(scheme: Scheme, loss: float, control_bytes: int) -> float:
    """Payload over all bytes sent to one receiver; their chunks have no symbols of checks above them."""
    chunks = Shape(SIZE).chunks
    runs = [scheme(independent(loss, Random(seed)), 1, chunks) for seed in SEEDS]
    return mean(
        SIZE / (SYMBOL_BYTES * data + control_bytes * control + MANIFEST_BYTES) for data, control in runs
    )


def _ours(cells: list[Cell]) -> list[tuple[float, float]]:
    return [(cell.data / cell.shape.chunks, cell.control) for cell in cells]


def _bursts() -> Iterator[Row]:
    what = "16 KB to 15, 30 % in bursts of 5"
    found = _ours(ours(bursts, 0.3, seeds=BURST_SEEDS))
    yield _row(f"{what}, {len(found)} runs", found, "<= 2.0 K")
    shape = Shape(SIZE)
    ideal = [fewest(bursts(0.3, Random(seed)), RECEIVERS, shape.symbols) for seed in BURST_SEEDS]
    yield "  who knows what everybody lacks", f"{mean(ideal) / shape.chunks:.2f} K", ""
    worst = [
        f"{max(each) / shape.chunks:.2f}" for each in ([data * shape.chunks for data, _ in found], ideal)
    ]
    yield "  the worst run of both", " and ".join(worst) + " K", ""


def table() -> Iterator[Row]:
    """In an ideal cell; K is the number of chunks: data frames as its multiple, then control frames.

    Means over 20 seeds.
    """
    yield _row("16 KB to 15, 30 % lost", _ours(ours(independent, 0.3)), "<= 1.75 K + 12")
    yield _row("  a bitmap of what is missing", _others(bitmap, 0.3))
    yield _row("  each with acks, stop and wait", _others(stop_and_wait, 0.3))
    yield _row("16 KB to 15, 50 % lost", _ours(ours(independent, 0.5)), "<= 2.5 K + 12")
    yield _row("  a bitmap of what is missing", _others(bitmap, 0.5))
    yield from _bursts()
    yield _row("64 KB to 15, 30 % lost", _ours(ours(independent, 0.3, size=65_536)))
    one = ours(independent, 0.15, receivers=1)
    yield "16 KB to one, 15 % lost: payload / sent", f"{efficiency(one):.3f}", ">= 0.72"
    yield "  a bitmap of what is missing", f"{_others_efficiency(bitmap, 0.15, BITMAP_BYTES):.3f}", ""
    yield "  with acks, stop and wait", f"{_others_efficiency(stop_and_wait, 0.15, NEED_BYTES):.3f}", ""
    yield "64 KB decoded after 30 % loss, here", f"{decode_ms():.1f} ms", f"<= {DECODE_MAX_MS} ms"


def main() -> None:
    """All figures, those of whole nodes and of chat beside files too."""
    rows = (*table(), *file_whole.table(), *file_chat.table())
    found = [{"what": what.strip(), "is": is_, "limit": limit} for what, is_, limit in rows]
    text = json.dumps(found, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
