"""A pytest plugin for runs of hours: what each test came to is written down at once, and not run again.

    pytest -p tests.support.ledger --ledger FILE

One JSON line a test: its name, its folder below tests, "passed", "failed" or "skipped", the seconds it took,
and why it was skipped or failed. With the same file a later run goes on: what passed or was skipped is left
out, what failed is run again, and of two lines on one test the later one counts.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

TOP = "top"
"""The part that the files directly below tests/ make up."""

LONGEST = 1_000
"""Characters of what a test failed with."""


class Entry(NamedTuple):
    """What one test came to."""

    test: str
    part: str
    outcome: str
    seconds: float
    why: str


def entries(ledger: Path) -> dict[str, Entry]:
    """The last word on each test. A line that a killed run left unfinished is no word."""
    found = {}
    for line in ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else ():
        try:
            entry = Entry(**json.loads(line))
        except ValueError:
            continue
        found[entry.test] = entry
    return found


def part_of(test: str) -> str:
    """The folder below tests/ in which a test stands."""
    file = test.partition("::")[0]
    folders = Path(file).parts[1:-1]
    return folders[0] if folders else TOP


class Ledger:
    """Writes a line for each test, and leaves out what is settled."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outcome = "passed"
        self._why = ""
        self._seconds = 0.0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        settled = {entry.test for entry in entries(self._path).values() if entry.outcome != "failed"}
        left = [item for item in items if item.nodeid not in settled]
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in settled])
        items[:] = left

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._outcome, self._why, self._seconds = "passed", "", 0.0
        answer = yield
        entry = Entry(item.nodeid, part_of(item.nodeid), self._outcome, round(self._seconds, 2), self._why)
        with self._path.open("a", encoding="utf-8") as ledger:
            ledger.write("\n" + json.dumps(entry._asdict()))  # the last line may be half of one
        return answer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds += report.duration
        if report.failed or (report.skipped and self._outcome == "passed"):
            self._outcome = report.outcome
            self._why = _why(report)


def _why(report: pytest.TestReport) -> str:
    """The reason of a skip, or the first lines of what a test failed with."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message[:LONGEST] if crash else str(report.longrepr)[-LONGEST:]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ledger", type=Path, required=True, help="what each test came to, one JSON line each")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Ledger(config.getoption("ledger")), "ledger")
