"""The exporter: the same text every time, and no file that is old without being named."""

import runpy
import sys
from pathlib import Path

import pytest

from handheld.errors import LocalError
from handheld.wire import air, constants, export, link
from handheld.wire.layout import LAYOUTS
from handheld.wire.schema import CONSTANTS
from tests.support import cpython_firmware
from tests.support.tree import copy_tree

DERIVED = [
    "firmware/lib/wire_tables.py",
    "firmware/lib/wire_kinds.py",
    "firmware/lib/framing.py",
    "firmware/lib/window.py",
    "handheld/wire/pocketmesh.lua",
    "PROTOCOL.md",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of all that the exporter reads and writes, up to date."""
    for folder in ("handheld", "firmware", "tests"):
        (tmp_path / folder).mkdir()
    copy_tree(tmp_path, "handheld/link", "firmware/lib", "tests/vectors", "PROTOCOL.md")
    export.main([], tmp_path)
    return tmp_path


def test_the_second_time_there_is_nothing_to_write(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: (checkout / name).read_bytes() for name in DERIVED}
    capsys.readouterr()

    assert export.main([], checkout) == 0
    assert export.main(["--check"], checkout) == 0
    assert capsys.readouterr().out == ""
    assert {name: (checkout / name).read_bytes() for name in DERIVED} == before


@pytest.mark.parametrize("name", DERIVED[:-1])
def test_a_stale_file_is_named_and_written_again(
    checkout: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    good = (checkout / name).read_text(encoding="utf-8")
    (checkout / name).write_text(good + "\n", encoding="utf-8")
    capsys.readouterr()

    assert export.main(["--check"], checkout) == 1
    assert capsys.readouterr().out == f"{name} is stale: run python -m handheld.wire.export\n"
    assert (checkout / name).read_text(encoding="utf-8") == good + "\n"

    assert export.main([], checkout) == 0
    assert capsys.readouterr().out == f"{name} written\n"
    assert (checkout / name).read_text(encoding="utf-8") == good


def test_a_missing_file_is_named_and_its_folder_made(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in DERIVED[:-1]:
        (checkout / name).unlink()
    (checkout / "firmware" / "lib").rmdir()
    capsys.readouterr()

    assert export.main(["--check"], checkout) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == DERIVED[:-1]
    assert export.main([], checkout) == 0
    assert export.main(["--check"], checkout) == 0


def test_a_table_changed_by_hand_is_found_and_prose_is_let_be(checkout: Path) -> None:
    page = checkout / "PROTOCOL.md"
    good = page.read_text(encoding="utf-8")

    page.write_text(good.replace("| 2 | 4 | mac | bytes |", "| 2 | 8 | mac | bytes |"), encoding="utf-8")
    assert list(export.stale(checkout)) == [page]

    page.write_text(good + "\nMore to say.\n", encoding="utf-8")
    assert export.stale(checkout) == {}


def test_shared_sources_are_copied_word_for_word(checkout: Path) -> None:
    for name in export.SHARED:
        banner, text = (checkout / "firmware" / "lib" / name).read_text(encoding="utf-8").split("\n", 1)

        assert banner.startswith(f"# GENERATED from handheld/link/{name} ")
        assert text == (checkout / "handheld" / "link" / name).read_text(encoding="utf-8")


def test_the_tables_hold_every_number_under_its_name() -> None:
    (tables,) = cpython_firmware.load("wire_tables")
    enums = {
        "KIND": constants.AirKind,
        "MODE": constants.AirMode,
        "FLAG": constants.AirFlag,
        "LINK": constants.LinkKind,
        "RADIO": constants.RadioKind,
        "SENT": constants.SentResult,
    }

    for prefix, numbers in enums.items():
        assert {f"{prefix}_{n.name}": n.value for n in numbers}.items() <= vars(tables).items()
    assert CONSTANTS.items() <= vars(tables).items()
    assert tables.NETWORK_KEY == constants.DEFAULT_NETWORK_KEY
    assert len(tables.NETWORK_KEY) == 32
    assert {LAYOUTS[name].__module__ for name in tables.LAYOUTS} == {air.__name__, link.__name__}


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("layout nothing", "asks for what does not exist: layout nothing"),
        ("numbers Nothing", "asks for what does not exist: numbers Nothing"),
        ("example nothing-at-all", "asks for what does not exist: example nothing-at-all"),
        ("poem", "asks for what does not exist: poem"),
    ],
)
def test_a_mark_that_nothing_fills_is_refused(checkout: Path, mark: str, message: str) -> None:
    page = checkout / "PROTOCOL.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}\n<!-- generated: {mark} -->\n<!-- end -->\n", encoding="utf-8")

    with pytest.raises(LocalError, match=message):
        export.main([], checkout)


@pytest.mark.parametrize("mark", ["layout post", "numbers AirMode", "limits"])
def test_a_page_without_a_table_is_refused(checkout: Path, mark: str) -> None:
    page = checkout / "PROTOCOL.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(f"<!-- generated: {mark} -->", ""), encoding="utf-8")

    with pytest.raises(LocalError, match=f"PROTOCOL.md lacks: {mark}"):
        export.main(["--check"], checkout)


def test_other_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main(["--force"]) == 2
    assert capsys.readouterr().err == "usage: python -m handheld.wire.export [--check]\n"


def test_it_runs_as_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["export", "--nonsense"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(export.__file__, run_name="__main__")

    assert ended.value.code == 2
