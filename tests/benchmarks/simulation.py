"""How fast virtual time goes: a day of fifty nodes, and what an event costs among 100 and 2,000."""

from collections.abc import Iterator
from time import process_time

from handheld.sim.reader import parse
from handheld.sim.run import Options, Village
from handheld.sim.scenario import Scenario

DAY_MAX_S = 60
RATIO_MAX = 2.0

_SCENARIO = """
name = "{count} nodes as dense as in S1"
duration_s = {seconds}
[air]
model = "lora"
path_loss = "3gpp-suburban"
link_offset_db = 3.0
[place]
kind = "random"
width_m = {side}
height_m = {side}
[[nodes]]
count = {count}
[[traffic]]
kind = "dm"
every_s = {every_s}
[[traffic]]
kind = "post"
every_s = {every_s}
"""


def scenario(count: int, seconds: int, every_s: int) -> Scenario:
    """So many nodes, a hundred on each 15 km x 15 km."""
    side = round(15_000 * (count / 100) ** 0.5)
    return parse(_SCENARIO.format(count=count, seconds=seconds, side=side, every_s=every_s))


def day() -> float:
    """Processor seconds for fifty nodes, a day, two private messages and two posts of each."""
    began = process_time()
    Village(scenario(50, 86_400, 43_200), Options()).play()
    return process_time() - began


def event_us(count: int, seconds: int) -> float:
    """Microseconds of the processor for one turn of a station, once the village is built."""
    village = Village(scenario(count, seconds, 14_400), Options())
    began = process_time()
    village.play()
    return 1e6 * (process_time() - began) / village.world.turns


def table() -> Iterator[tuple[str, str, str]]:
    """A day, and the cost of an event by the size of the village."""
    yield "50 nodes, a day, 2 + 2 messages each", f"{day():.1f} s", f"<= {DAY_MAX_S} s"
    small = event_us(100, 3_600)
    large = event_us(2_000, 60)
    yield "one event among 100 nodes", f"{small:.0f} us", ""
    yield "one event among 2,000 nodes", f"{large:.0f} us", f"<= {RATIO_MAX * small:.0f} us"
