"""The picture of a run: what is drawn, and that a file of its kind comes out."""

import os
from pathlib import Path

import pytest

from handheld.errors import SimulationError, UsageError
from handheld.sim import plot
from handheld.sim.ledger import Ledger
from handheld.sim.place import Ground, open_to, still
from handheld.sim.plan import Message
from handheld.sim.plot import Link
from handheld.sim.reader import parse
from handheld.sim.run import Options, run

SCENARIO = """
name = "two"
duration_s = 30
[air]
model = "espnow"
path_loss = "none"
range_m = 100
[[nodes]]
name = "ana"
x = 0
y = 0
[[nodes]]
name = "bob"
walk = [[0, 50, 0], [30, 60, 0]]
[[traffic]]
kind = "dm"
from = "ana"
to = "bob"
at_s = [5]
"""


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_a_picture_of_its_kind(tmp_path, suffix, begins):
    if not os.environ.get("CI"):
        pytest.importorskip("matplotlib")
    path = tmp_path / f"run{suffix}"
    plot.check(path)
    run(parse(SCENARIO), Options(plot=path))
    assert path.read_bytes().startswith(begins)
    with pytest.raises(SimulationError, match="cannot be written"):
        run(parse(SCENARIO), Options(plot=Path(f"/nowhere/run{suffix}")))


def test_other_files_are_refused_before_the_run():
    with pytest.raises(UsageError):
        plot.check(Path("run.gif"))


def test_links_by_their_better_direction_and_whether_they_go_both_ways():
    offsets = {(0, 1): -50, (2, 1): 200}
    ground = Ground([still(x, 0) for x in (0, 50, 100)], open_to(60), offsets)
    assert plot.links(ground, 100) == [Link(0, 1, 150, both=True), Link(1, 2, 100, both=False)]


def test_curves_count_what_happened_until_then():
    ledger = Ledger(
        [Message(0, "post", 0, (1, 2), 60_000_000, "")], {(0, 2): 120_000_000, (0, 1): 90_000_000}
    )
    assert plot.curves(ledger) == {
        "written, for each reader": [(1, 1), (1, 2)],
        "delivered": [(1.5, 1), (2, 2)],
    }
