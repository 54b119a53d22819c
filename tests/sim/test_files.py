"""Files in a simulated village: whole nodes, with the firmware's rules and with the firmware."""

import pytest

from handheld.sim.reader import parse
from handheld.sim.run import Options, run

CELL = """
name = "a cell"
seed = {seed}
duration_s = {seconds}
[air]
model = "espnow"
path_loss = "log-distance"
extra_loss = 0.3
[place]
kind = "grid"
width_m = 40
height_m = 40
[[nodes]]
name = "ana"
[[nodes]]
count = {others}
[[traffic]]
kind = "file"
from = "ana"
at_s = [30]
bytes = {size}
{more}
"""


@pytest.mark.parametrize("fast", [True, False], ids=["rules", "firmware"])
def test_a_file_reaches_everybody_at_little_more_than_its_own_cost(fast: bool) -> None:
    others, size = (15, 16_384) if fast else (3, 6_000)
    text = CELL.format(seed=1, seconds=50, others=others, size=size, more="")
    answer = run(parse(text), Options(fast=fast))
    chunks = -(-size // 232)

    assert answer["traffic"]["file"]["delivered"] == others
    assert answer["traffic"]["file"]["duplicates_shown"] == 0
    assert answer["air"]["frames"]["symbol"] <= 2.0 * chunks
    assert answer["air"]["frames"]["need"] <= 20


def test_a_file_for_one_is_for_one() -> None:
    text = CELL.format(seed=2, seconds=90, others=4, size=4_000, more='to = "node-2"')
    answer = run(parse(text.replace("count = 4", 'name = "node-2"\n[[nodes]]\ncount = 3')), Options())

    assert answer["traffic"]["file"]["sent"] == answer["traffic"]["file"]["delivered"] == 1


LINE = """
name = "a line"
seed = {seed}
duration_s = {seconds}
[air]
model = "espnow"
path_loss = "none"
range_m = 100
extra_loss = 0.15
"""


def symbols_over(hops: int, seed: int) -> int:
    """Symbols on the air for 16 KB to one person so many hops away, who has them then."""
    names = ["ana", *(f"between-{number}" for number in range(1, hops)), "bo"]
    text = LINE.format(seed=seed, seconds=60 * hops)
    for place, name in enumerate(names):
        text += f'[[nodes]]\nname = "{name}"\nx = {90 * place}\ny = 0\n'
    text += '[[traffic]]\nkind = "file"\nfrom = "ana"\nto = "bo"\nat_s = [30]\nbytes = 16384\n'
    answer = run(parse(text), Options())
    assert answer["traffic"]["file"]["delivered"] == 1
    return int(answer["air"]["frames"]["symbol"])


def test_a_file_for_one_reaches_him_over_hops_that_cannot_read_it() -> None:
    one, two = (sum(symbols_over(hops, seed) for seed in (1, 2, 3)) for hops in (1, 2))
    assert two <= 2.2 * one
    assert symbols_over(3, 1) <= 3.3 * one / 3
