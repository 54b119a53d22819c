"""The host's console: what it shows, and what a typed line does to that."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from handheld.cli import radio_live
from handheld.cli.radio_live import Console
from handheld.errors import NodeUnreachable, RadioMissing
from tests.support.cli import run


def entry(number: int, say: str = "", what: str = "line") -> dict[str, Any]:
    return {
        "number": number,
        "ms": 1000,
        "what": what,
        "say": say or f"line {number}",
        "data": "",
        "rssi": None,
    }


def event(number: int, say: str = "") -> tuple[str, Any]:
    return "radio_entry", entry(number, say)


class Node:
    """What is asked of it; it may refuse."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.refusal: Exception | None = None

    def ask(self, verb: str, arguments: Any) -> None:
        self.asked.append((verb, arguments))
        if self.refusal is not None:
            raise self.refusal


def console(**options: Any) -> Console:
    return Console(Namespace(**{"filter": "", "count": None, "json": False, "cable": False, **options}))


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line[16:] if line[8:9] == "." else line for line in capsys.readouterr().out.splitlines()]


def test_it_begins_with_the_newest_of_before_and_tells_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    at = console()
    at.begin([entry(number) for number in range(1, 31)])
    at.take([event(30), event(31), ("message", {}), ("radio_entry", entry(0, "PING", "cable_in"))])

    assert shown(capsys) == [*(f"line {number}" for number in range(11, 32)), "PING"]


def test_pause_and_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    at, node = console(), Node()
    at.type(node, "")  # type: ignore[arg-type]
    at.take([event(1)])
    assert shown(capsys) == ["  (paused; Enter goes on)"]
    at.type(node, "")  # type: ignore[arg-type]
    assert shown(capsys) == ["line 1"]


def test_filter_search_and_save(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    at, node, file = console(filter="two"), Node(), tmp_path / "saved"
    at.take([event(1, "one"), event(2, "two")])
    for line in ("/one", "f len>many", "f one", f"s {file}", f"s {file}", "s", "x"):
        at.type(node, line)  # type: ignore[arg-type]
    at.take([event(3, "three"), event(4, "one more")])

    told = shown(capsys)
    assert told[0] == "two"
    assert told[1] == "  1 entry of 2 with one:"
    assert told[2].endswith("one")
    assert "takes a number" in told[3]
    assert told[4:7] == [
        "  Shown from now on: one",
        f"  1 entry in {file}",
        f"  {file} cannot be written: File exists.",
    ]
    assert told[7] == "  Name a file: s FILE"
    assert told[-1] == "one more"
    assert file.read_text().endswith("one\n")


def test_a_line_for_the_radio_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    at, node = console(), Node()
    at.type(node, ": neighbours")  # type: ignore[arg-type]
    assert node.asked == [("radio_type", {"line": "neighbours"})]
    node.refusal = RadioMissing("No radio is up.")
    at.type(node, ":?")  # type: ignore[arg-type]
    assert shown(capsys) == ["  No radio is up."]
    node.refusal = NodeUnreachable("It has ended.")
    with pytest.raises(NodeUnreachable):
        at.type(node, ":?")  # type: ignore[arg-type]
    assert not at.done
    at.type(node, "q")  # type: ignore[arg-type]
    assert at.done


def test_it_ends_after_so_many_and_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    at = console(count=2, json=True)
    at.take([event(1), event(2), event(3)])

    assert at.done
    assert [json.loads(line)["number"] for line in capsys.readouterr().out.splitlines()] == [1, 2]


@pytest.mark.parametrize(
    "arguments", [["test", "many"], ["reboot", "now"], ["set", "power"], ["console", "--filter", '"']]
)
def test_what_makes_no_sense(arguments: list[str], tmp_path: Path) -> None:
    ended = run("radio", *arguments, "--data", str(tmp_path / "none"))

    assert (ended.code, ended.out) == (2, "")


def test_the_page_about_filters() -> None:
    assert run("help", "filter").out.startswith("A filter is words")
    assert len(radio_live.KEYS.splitlines()) == 2
