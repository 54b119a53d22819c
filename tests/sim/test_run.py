"""A village in virtual time: the same again for the same seed, and everything delivered where it can be."""

from dataclasses import replace

from handheld.sim import layout
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
from handheld.sim.scenario import Scenario, change

LINE = """
name = "line of four"
duration_s = 900
seed = 3
[air]
model = "lora"
path_loss = "none"
range_m = 100
[place]
kind = "line"
width_m = 240
[[nodes]]
count = 4
[[traffic]]
kind = "dm"
from = "n1"
to = "n4"
at_s = [60]
[[traffic]]
kind = "post"
from = "n2"
at_s = [90]
"""


def s1() -> Scenario:
    from pathlib import Path

    return parse((Path(layout.__file__).parent / "scenarios" / "s1.toml").read_text())


def test_places_of_s1_are_the_published_ones():
    ground = layout.ground(s1())
    spots = [ground.place(number, 0) for number in range(3)]
    published = [(-1372, 630), (-2831, 535), (22, 2074)]
    for (x_mm, y_mm), (x, y) in zip(spots, published, strict=True):
        assert abs(x_mm / 1000 - x) < 1
        assert abs(y_mm / 1000 - y) < 1


def test_a_line_delivers_and_repeats_itself():
    scenario = parse(LINE)
    answer = run(scenario, Options())
    assert answer["traffic"]["dm"]["delivered"] == answer["traffic"]["dm"]["acked"] == 1
    assert answer["traffic"]["post"]["delivered"] == 3
    assert answer["reachable"] == {"dm": 1, "post": 3}
    assert answer["air"]["duty_cycle_violations"] == 0
    assert run(scenario, Options())["trace_hash"] == answer["trace_hash"]
    assert run(replace(scenario, seed=4), Options())["trace_hash"] != answer["trace_hash"]


def test_a_start_ttl_of_two_ends_after_two_hops():
    answer = run(parse(LINE), Options(start_ttl=2))
    assert answer["traffic"]["dm"]["delivered_live"] == 0
    assert answer["reachable_within_ttl"] == {"dm": 0, "post": 3}


def test_posts_instead_of_letters_and_fewer_nodes():
    scenario = change(s1(), seed=1, duration_s=60, nodes=5, posts=True)
    assert (len(scenario.nodes), scenario.seed, scenario.duration_s) == (5, 1, 60)
    assert [(plan.kind, plan.to, len(plan.senders)) for plan in scenario.traffic] == [("post", "all", 5)]


CROWDED = """
name = "two who have more to say than the law allows"
duration_s = 7200
seed = 1
[air]
model = "lora"
path_loss = "none"
range_m = 100
frequency_hz = 868125000
[place]
kind = "line"
width_m = 50
[[nodes]]
count = 2
[[traffic]]
kind = "post"
from = "*"
every_s = 20
bytes = 140
[[fault]]
kind = "off"
at_s = 1800
node = "n1"
[[fault]]
kind = "on"
at_s = 1810
node = "n1"
"""


def test_no_radio_talks_longer_than_its_law_allows_not_even_after_it_was_off():
    answer = run(parse(CROWDED), Options())
    assert answer["air"]["duty_cycle_violations"] == 0
    # It is not just silent: it spends what it has.
    assert 0.005 < answer["air"]["max_hour_share"] <= 0.01
    assert 0 < answer["traffic"]["post"]["delivered"] < answer["traffic"]["post"]["sent"]
