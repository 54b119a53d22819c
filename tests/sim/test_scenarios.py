"""The examples that come along, cut short: what can be reached is delivered, lawfully, and always the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from handheld.sim import run as simulation
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
from handheld.sim.scenario import Scenario, change

FOLDER = Path(simulation.__file__).parent / "scenarios"

SHORT = {"street": 900, "camp": 200, "valley": 3600, "islands": 4000, "s1": 900}


def short(name: str) -> Scenario:
    scenario = parse((FOLDER / f"{name}.toml").read_text())
    return change(scenario, seed=None, duration_s=SHORT[name], nodes=None, posts=False)


@pytest.mark.parametrize("name", SHORT)
def test_an_example_delivers_what_can_be_reached_at_once_within_the_law(name):
    answer = run(short(name), Options())
    private = answer["traffic"]["dm"]
    assert private["sent"] >= 3
    assert private["delivered"] >= 0.9 * answer["reachable_within_ttl"]["dm"] > 0
    assert private["delivered"] <= answer["reachable"]["dm"]
    assert private["duplicates_shown"] == 0
    assert answer["air"]["duty_cycle_violations"] == 0


def test_the_repeater_on_the_hill_is_what_joins_the_hamlets():
    text = (
        (FOLDER / "valley.toml")
        .read_text()
        .replace('[[nodes]]\nname = "hill"', '[[nodes]]\nname = "hill"\non_s = [[0, 1]]')
    )
    answer = run(change(parse(text), seed=None, duration_s=3600, nodes=None, posts=False), Options())
    without = answer["traffic"]["dm"]
    assert without["delivered"] <= answer["reachable"]["dm"] < without["sent"]


@pytest.mark.parametrize("arguments", [("street", "--fast"), ("street",)])
def test_the_same_trace_whatever_the_hashes_are(arguments):
    command = [sys.executable, "-m", "handheld", "sim", *arguments, "--seconds", "60", "--json"]
    seen = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout.partition('"trace_hash": ')[2][:66]
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert len(seen.pop()) == 66
