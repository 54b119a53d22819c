"""Files between whole nodes, radios and chat included: what all of it takes on the air."""

from collections.abc import Iterator
from random import Random
from statistics import mean
from typing import Any

from handheld.files.shape import Shape
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
from handheld.wire.constants import AirKind
from tests.support.file_village import Village

Row = tuple[str, str, str]

SIZE = 16_384
K = Shape(SIZE).chunks
RECEIVERS = 15
SEEDS = range(1, 21)
HOP_SEEDS = range(1, 6)
LATE_SEEDS = range(1, 11)

AIR = """
name = "files"
seed = {seed}
duration_s = {seconds}
[air]
model = "espnow"
path_loss = "none"
range_m = 100
extra_loss = {loss}
"""
NODE = """
[[nodes]]
name = "{name}"
x = {x}
y = {y}
"""
FILE = """
[[traffic]]
kind = "file"
from = "ana"
to = "{to}"
at_s = [30]
bytes = {size}
"""


def _played(places: dict[str, tuple[int, int]], to: str, loss: float, seed: int, seconds: int) -> Any:
    """The answer of a run in which everybody got the file; 30 s of it are before the file."""
    text = AIR.format(seed=seed, seconds=seconds, loss=loss)
    text += "".join(NODE.format(name=name, x=x, y=y) for name, (x, y) in places.items())
    answer = run(parse(text + FILE.format(to=to, size=SIZE)), Options())
    told = answer["traffic"]["file"]
    if told["delivered"] != told["sent"]:
        raise RuntimeError(f"seed {seed}: {told['delivered']} of {told['sent']} have it")
    return answer


def cell(receivers: int, loss: float, seed: int) -> tuple[float, int, int, float]:
    """K, frames of control, bytes of both and of manifests, seconds until nearly all have it."""
    places = {"ana": (0, 0)} | {f"node-{n}": (1 + 2 * n, 3 * (n % 3)) for n in range(receivers)}
    answer = _played(places, "all", loss, seed, 90)
    frames, sizes = answer["air"]["frames"], answer["air"]["bytes"]
    sent = sum(sizes.get(kind, 0) for kind in ("symbol", "need", "post"))
    return frames["symbol"] / K, frames.get("need", 0), sent, answer["traffic"]["file"]["latency_s"]["p95"]


def over(hops: int, seed: int) -> int:
    """Symbols on the air for 16 KB, sealed, to one person so many hops away."""
    names = ["ana", *(f"between-{number}" for number in range(1, hops)), "bo"]
    places = {name: (90 * place, 0) for place, name in enumerate(names)}
    return int(_played(places, "bo", 0.15, seed, 60 * hops)["air"]["frames"]["symbol"])


def late(loss: int, seed: int) -> float:
    """K symbols for who comes when all is over, knows of the file by then, and asks."""
    village = Village(["ana", "cy", "bo"], loss=loss, seed=seed)
    village.start()
    village.cut("bo")
    village.share("ana", Random(seed).randbytes(SIZE))
    village.run(30_000)
    village.radio("bo")
    while not village.entries("bo"):
        village.run(30_000)
    since = village.now
    village.get("bo")
    if not village.until(120_000):
        raise RuntimeError(f"seed {seed}: who came late did not get it")
    return village.sent(AirKind.SYMBOL, since) / K


def _cells(what: str, receivers: int, loss: float, most: str) -> Iterator[Row]:
    found = [cell(receivers, loss, seed) for seed in SEEDS]
    data, control, _, seconds = (mean(column) for column in zip(*found, strict=True))
    worst = max(one[0] for one in found)
    yield what, f"{data:.2f} K + {control:.1f}", most
    yield "  the worst run; time", f"{worst:.2f} K; {seconds:.1f} s", ""


def table() -> Iterator[Row]:
    """Means over 20 seeds; every frame counts until a minute after the file was shared."""
    yield from _cells("whole nodes: 16 KB to 15, 30 % lost", RECEIVERS, 0.3, "<= 1.75 K + 12")
    yield from _cells("whole nodes: 16 KB to 15, 50 % lost", RECEIVERS, 0.5, "<= 2.5 K")
    share = mean(SIZE / cell(1, 0.15, seed)[2] for seed in SEEDS)
    yield "whole nodes: 16 KB to one, 15 % lost: payload / sent", f"{share:.3f}", ">= 0.72"
    for loss in (0, 15):
        took = mean(late(loss, seed) for seed in LATE_SEEDS)
        yield f"whole nodes: who comes late, {loss} % lost", f"{took:.2f} K", ""
    one, two, three = (mean(over(hops, seed) for seed in HOP_SEEDS) for hops in (1, 2, 3))
    yield "16 KB sealed to one, 15 % lost, whole nodes", f"{one / K:.2f} K", ""
    yield "  over two hops of nodes that cannot read it", f"{two / one:.2f} times", "<= 2.2 times"
    yield "  over three", f"{three / one:.2f} times", ""
