"""The plugin that lets a run of hours be stopped and go on, and the sums that are made of what it writes."""

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.roots import keep, summary
from tests.support.ledger import Entry, entries, part_of
from tests.support.tree import ROOT

TESTS = """
import os
import pytest

def test_passes():
    pass

def test_fails():
    assert "MENDED" in os.environ

def test_skips():
    pytest.skip("no tool")

@pytest.fixture
def broken():
    yield
    assert "MENDED" in os.environ

def test_fails_late(broken):
    pass
"""


def outcomes(folder: Path, **environment: str) -> tuple[dict[str, str], str]:
    """What the ledger says after one more run, by test, and what pytest printed."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.ledger", "--ledger", "ledger", "tests"]
    run = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = entries(folder / "ledger")
    return {name.partition("::")[2]: entry.outcome for name, entry in found.items()}, run.stdout


def test_what_is_settled_is_left_out_and_what_failed_is_run_again(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(TESTS)
    failed = {"test_passes": "passed", "test_skips": "skipped"}
    failed |= {"test_fails": "failed", "test_fails_late": "failed"}
    assert outcomes(tmp_path)[0] == failed
    why = {entry.test.partition("::")[2]: entry.why for entry in entries(tmp_path / "ledger").values()}
    assert (why["test_passes"], why["test_skips"]) == ("", "Skipped: no tool")
    assert "assert 'MENDED' in environ" in why["test_fails"]
    with (tmp_path / "ledger").open("a") as ledger:
        ledger.write('\n{"test": "tests/test_one.py::test_pas')  # it was killed here

    found, said = outcomes(tmp_path, MENDED="1")

    assert found == failed | {"test_fails": "passed", "test_fails_late": "passed"}
    assert "2 deselected" in said


def test_a_part_is_the_folder_below_tests() -> None:
    assert part_of("tests/sim/deep/test_air.py::test_x[a/b]") == "sim"
    assert part_of("tests/test_text.py::test_x") == "top"


def test_a_parts_sums_take_the_place_of_its_old_ones_alone(tmp_path: Path) -> None:
    file = tmp_path / "roots.json"
    found = [
        Entry("a", "wire", "passed", 1.4, ""),
        Entry("b", "wire", "skipped", 0.1, "Skipped: no tool"),
        Entry("c", "wire", "failed", 2.0, ""),
    ]
    keep(file, "wire", "armel", "3.11.2", summary(found, "old"))
    keep(file, "sim", "armel", "3.11.2", summary([], "old"))
    keep(file, "wire", "armel", "3.11.2", summary(found, "new"))

    parts = json.loads(file.read_text())["armel"]["parts"]

    assert parts["sim"]["commit"] == "old"
    assert parts["wire"] == {
        "commit": "new",
        "failed": 1,
        "failing": ["c"],
        "passed": 1,
        "seconds": 4,
        "skipped": 1,
        "skips": {"no tool": 1},
    }
