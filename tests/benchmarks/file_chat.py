"""How long private messages take while somebody sends files without a pause, and while nobody does.

Over the cable at 115,200 baud, with the firmware: there, and not on the air, a message
meets a piece of a file.
"""

from collections.abc import Iterator

from handheld.sim.place import SECOND_US
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village
from handheld.sim.scenario import DM
from handheld.sim.virtual import Fleet

Row = tuple[str, str, str]

SEEDS = range(1, 4)
BEGIN_S, END_S = 45, 240

VILLAGE = """
name = "chat beside files"
seed = {seed}
duration_s = 240
[air]
model = "espnow"
path_loss = "log-distance"
[place]
kind = "grid"
width_m = 60
height_m = 60
[[nodes]]
name = "ana"
[[nodes]]
count = 3
[[traffic]]
kind = "dm"
every_s = 3
"""

FILES = f"""
[[traffic]]
kind = "file"
from = "ana"
at_s = {list(range(BEGIN_S, END_S - 10, 8))}
bytes = 60000
"""


def latencies(seed: int, *, files: bool) -> list[int]:
    """Of each private message written while there are files, or would be: microseconds, sorted."""
    scenario = parse(VILLAGE.format(seed=seed) + (FILES if files else ""))
    with Fleet() as fleet:
        village = Village(scenario, Options(fast=False), fleet)
        village.play()
    ledger = village.ledger
    return [
        ledger.delivered.get((one.number, one.readers[0]), END_S * SECOND_US) - one.at_us
        for one in ledger.messages
        if one.kind == DM and one.at_us >= BEGIN_S * SECOND_US
    ]


def p95_ms(*, files: bool) -> float:
    """Over all seeds."""
    found = sorted(one for seed in SEEDS for one in latencies(seed, files=files))
    return found[len(found) * 95 // 100] / 1_000


def table() -> Iterator[Row]:
    """What `make bench` prints."""
    without, beside = p95_ms(files=False), p95_ms(files=True)
    yield "private message, p95, without files", f"{without:.1f} ms", ""
    yield "the same beside 60 KB files", f"{beside:.1f} ms", f"<= {2 * without:.1f} ms"
