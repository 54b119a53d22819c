"""`pocketmesh sim`: what it prints, what it writes, what it refuses."""

import json

import pytest

from tests.support.cli import run

SCENARIO = """
name = "three in a row"
duration_s = 60
[air]
model = "lora"
path_loss = "none"
range_m = 100
[place]
kind = "line"
width_m = 160
[[nodes]]
count = 3
[[traffic]]
kind = "dm"
from = "n1"
to = "n3"
at_s = [30]
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "three.toml"
    path.write_text(SCENARIO)
    return path


def test_a_file_as_json_with_its_trace(scenario, tmp_path):
    trace = tmp_path / "trace.txt"
    ended = run("sim", str(scenario), "--fast", "--json", "--trace", str(trace))
    assert (ended.code, ended.err) == (0, "")
    answer = json.loads(ended.out)
    assert answer["traffic"]["dm"]["delivered_live"] == 1
    lines = trace.read_text().splitlines()
    assert {line.split()[0] for line in lines} == {"wrote", "began", "heard", "delivered", "acked"}
    assert sum(line.startswith("began") for line in lines) == sum(answer["air"]["frames"].values())


def test_for_people_it_is_a_few_lines(scenario):
    ended = run("sim", str(scenario), "--fast", "--seed", "5", "--seconds", "50")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("three in a row: 3 nodes, 50s, seed 5, played in ")
    assert lines[2].split()[:4] == ["private", "1", "100.0%", "100.0%"]


def test_a_village_in_which_nobody_writes(scenario):
    ended = run("sim", str(scenario), "--fast", "--seconds", "5", "--nodes", "1")
    assert ended.code == 0
    assert "Nobody wrote." in ended.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("nowhere",),
            40,
            "nowhere cannot be read: No such file or directory. Examples that come along: camp,",
        ),
        (("s1", "--ttl", "0", "--fast"), 2, "--ttl has to be from 1 to 15."),
        (("s1", "--ttl", "16", "--fast"), 2, "--ttl has to be from 1 to 15."),
        (("s1", "--nodes", "0", "--fast"), 2, "--nodes has to be at least 1."),
        (("s1", "--seed", "-1", "--fast"), 2, "--seed has to be 0 or more."),
        (("s1", "--seconds", "-5", "--fast"), 2, "--seconds has to be at least 1."),
        (("street", "--plot", "x.gif", "--fast"), 2, "A picture's name ends with .png or .svg."),
        (("street", "--trace", "/nowhere/x", "--fast"), 40, "/nowhere/x cannot be written: No such file"),
    ],
)
def test_what_it_refuses(arguments, code, said):
    ended = run("sim", *arguments)
    assert ended.code == code
    assert said in ended.err


def test_a_scenario_that_cannot_be_is_refused_with_its_line(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(SCENARIO.replace("count = 3", "count = 3\ncolour = 1"))
    ended = run("sim", str(path), "--fast")
    assert (ended.code, ended.err) == (
        40,
        "pocketmesh: Line 13: nodes 1, colour is no key that is known here.\n",
    )
    path.write_bytes(b"\xff")
    assert "is no text" in run("sim", str(path), "--fast").err
