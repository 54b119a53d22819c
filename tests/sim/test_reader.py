"""Scenario files: what is read, and what is refused with its key and line."""

from pathlib import Path

import pytest

from handheld.errors import SimulationError
from handheld.sim import reader
from handheld.sim.reader import parse
from handheld.sim.scenario import FaultPlan, TrafficPlan

GOOD = """\
name = "two"
duration_s = 60
[air]
model = "espnow"
path_loss = "none"
range_m = 50
[[nodes]]
name = "ana"
x = 0
y = 0
[[nodes]]
name = "bob"
walk = [[0, 1, 2], [30, 5, 6]]
on_s = [[10, 60]]
[[traffic]]
kind = "dm"
from = "ana"
to = "bob"
at_s = [20]
"""

EXAMPLES = sorted((Path(reader.__file__).parent / "scenarios").glob("*.toml"))


def test_a_file_as_values():
    scenario = parse(GOOD)
    ana, bob = scenario.nodes
    assert (scenario.name, scenario.seed, scenario.duration_s) == ("two", 1, 60)
    assert (ana.name, ana.walk, ana.on_s) == ("ana", ((0.0, 0, 0),), ())
    assert (bob.walk, bob.on_s) == (((0, 1, 2), (30, 5, 6)), ((10, 60),))
    assert scenario.traffic == (TrafficPlan("dm", ("ana",), "bob", 0.0, (20,), 40),)


def test_faults_as_values():
    junk = '[[fault]]\nkind = "junk"\nat_s = 5\nnode = "*"\nframes_per_s = 100\nidentities = 1000\n'
    expected = FaultPlan("junk", 5, ("ana", "bob"), frames_per_s=100, identities=1000, seconds=1e9)
    assert parse(GOOD + junk).faults == (expected,)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_read(path):
    assert parse(path.read_text()).nodes


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


FAULT = '[[fault]]\nkind = "{}"\nat_s = 1\n{}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "This is no TOML: Invalid value (at end of document)"),
        (changed('name = "two"', 'name = ""'), "Line 1: name has to be one line of text"),
        (changed("duration_s = 60", ""), "Line 1: duration_s is missing"),
        (changed("duration_s = 60", "duration_s = -1"), "Line 2: duration_s has to be seconds"),
        (changed("duration_s = 60", "duration_s = nan"), "Line 2: duration_s has to be"),
        (changed("duration_s = 60", "duration_s = 60\nsneed = 3"), "Line 3: sneed is no key that is known"),
        (changed("range_m = 50", "range_m = 50\nrange_k = 1"), "Line 7: air, range_k is no key"),
        (changed("range_m = 50", ""), "Line 3: air, range_m is missing"),
        (changed('"espnow"', '"wifi"'), 'Line 4: air, model has to be "lora" or "espnow"'),
        (changed('"none"', '"free"'), "Line 5: air, path_loss has to be"),
        (changed("range_m = 50", "sf = true"), "Line 6: air, sf has to be 7 to 12"),
        (changed("x = 0", "x = 0\nwalk = [[0, 1, 1]]"), "Line 9: nodes 1, x puts the node into two places"),
        (changed("[[nodes]]", '[place]\nkind = "grid"\nwidth_m = 9\nheight_m = 9\n[[nodes]]'), "two places"),
        (changed("x = 0", ""), "nodes 1, x is missing"),
        (changed('"bob"', '"ana"'), "Line 12: nodes 2, name 'ana' is in two places"),
        (changed("[30, 5, 6]", "[0, 5, 6]"), "Line 13: nodes 2, walk puts the node into two places"),
        (changed("[30, 5, 6]", "[-30, 5, 6]"), "Line 13: nodes 2, walk has to be a list"),
        (changed("[[10, 60]]", "[[10, 60], [50, 70]]"), "Line 14: nodes 2, on_s has to be"),
        (changed("[[10, 60]]", "[[-10, 60]]"), "Line 14: nodes 2, on_s has to be"),
        (
            changed('name = "ana"', 'name = "ana"\ncount = 3'),
            "Line 9: nodes 1, count does not go with a name",
        ),
        (changed('name = "ana"', "count = 3"), "Line 8: nodes 1, count would put several"),
        (changed('kind = "dm"', 'kind = "mail"'), "Line 16: traffic 1, kind 'mail' is not built yet"),
        (changed('from = "ana"', 'from = "eve"'), "Line 17: traffic 1, from names 'eve'"),
        (changed('from = "ana"', 'from = ["ana", "ana"]'), "Line 17: traffic 1, from names somebody twice"),
        (changed('to = "bob"', 'to = "ana"'), "Line 18: traffic 1, to goes in a circle"),
        (changed('to = "bob"', 'to = "eve"'), "Line 18: traffic 1, to has to be a name"),
        (changed("at_s = [20]", "at_s = [-20]"), "Line 19: traffic 1, at_s has to be a list of seconds"),
        (changed("at_s = [20]", "at_s = [20]\nevery_s = 5"), "Line 20: traffic 1, every_s or at_s"),
        (changed("at_s = [20]", "at_s = [20]\nbytes = 200"), "Line 20: traffic 1, bytes has to be 8 to 167"),
        (changed("at_s = [20]", "every_s = 0"), "Line 19: traffic 1, every_s has to be"),
        (
            GOOD + FAULT.format("restore", 'node = "ana"\nback_s = 7'),
            "Line 24: fault 1, back_s is",
        ),
        (GOOD + FAULT.format("flood", ""), "Line 21: fault 1, kind 'flood' is not built yet"),
        (GOOD + FAULT.format("off", ""), "Line 20: fault 1, node is missing"),
        (GOOD + FAULT.format("off", "node = 3"), "Line 23: fault 1, node has to be"),
        (GOOD + FAULT.format("off", 'node = "eve"'), "Line 23: fault 1, node names 'eve'"),
        (GOOD + FAULT.format("partition", 'groups = [["ana"], ["ana"]]'), "puts somebody into two places"),
        (GOOD + FAULT.format("partition", 'groups = [["eve"]]'), "Line 23: fault 1, groups names 'eve'"),
        (GOOD + FAULT.format("jam", "area = [0, 0, 0]\nseconds = 5"), "Line 23: fault 1, area has to be"),
        (GOOD + FAULT.format("heal", "seconds = 5"), "Line 23: fault 1, seconds is no key"),
        (GOOD.replace("[[nodes]]", "[nodes]", 1), "This is no TOML"),
        (changed("[air]", "[[air]]"), "Line 3: air has to be a table"),
    ],
)
def test_what_cannot_be_is_refused_by_key_and_line(text, said):
    with pytest.raises(SimulationError) as refused:
        parse(text)
    assert said in str(refused.value)
