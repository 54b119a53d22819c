"""The meshes that ours is compared with work as they are described."""

from handheld.sim.reader import parse
from tests.support.other_meshes import Kind, play

MANAGED, PLAIN = Kind(True, 3, 16, 18), Kind(False, 3, 82, 14)

LINE = """
name = "a line"
duration_s = 200
[air]
model = "lora"
path_loss = "none"
range_m = 100
[place]
kind = "line"
width_m = {width}
[[nodes]]
count = {count}
[[traffic]]
kind = "{kind}"
from = "n1"
at_s = [10]
{to}
"""


def line(count: int, kind: str = "dm", apart: int = 80) -> str:
    to = f'to = "n{count}"' if kind == "dm" else ""
    return LINE.format(width=apart * (count - 1), count=count, kind=kind, to=to)


def test_four_hops_with_a_limit_of_three_forwards_and_no_further():
    for kind in (MANAGED, PLAIN):
        near, far = play(parse(line(5)), kind), play(parse(line(6)), kind)
        assert near["traffic"]["dm"]["acked"] == near["traffic"]["dm"]["delivered_live"] == 1
        assert far["traffic"]["dm"]["delivered"] == 0


def test_frames_have_the_sizes_asked_for():
    air = play(parse(line(3)), MANAGED)["air"]
    assert air["bytes"]["private"] == 56 * air["frames"]["private"]
    assert air["bytes"]["ack"] == 18 * air["frames"]["ack"]


def test_in_a_crowd_one_copy_silences_the_managed_ones_and_not_the_plain():
    managed = play(parse(line(8, "post", 1)), MANAGED)
    plain = play(parse(line(8, "post", 1)), PLAIN)
    assert managed["traffic"]["post"]["delivered"] == plain["traffic"]["post"]["delivered"] == 7
    assert managed["air"]["frames"]["post"] < 8 <= plain["air"]["frames"]["post"]


def test_a_sender_tries_three_times_where_nobody_is_heard():
    lonely = play(parse(line(2, "dm", 200)), MANAGED)
    assert lonely["air"]["frames"] == {"private": 3}
