"""What is in the repository: current generated files, and no trace of the machine it was written on."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.tools import missing, need_tool
from tests.support.tree import ROOT, copy_tree, plant, run_in

GENERATED = ("handheld", "firmware", "tests/vectors", "PROTOCOL.md", "pyproject.toml")

# Folders of one machine, and addresses that packages came from: a reader has neither. In pieces, so that
# this file does not find itself.
TRACES = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"(work|root|opt/pypi)/",
            r"\b(files\.pythonhosted" + r"\.org|pypi" + r"\.org/simple|extra-index" + r"-url)\b",
            r"\b\w+\.(internal|corp|lan)" + r"\b(?=[:/])",
        ]
    )
)


def export_check(root: Path) -> tuple[int, str]:
    result = run_in(root, "python", "-m", "handheld.wire.export", "--check")
    return result.returncode, result.stdout


def test_generated_files_are_current() -> None:
    code, output = export_check(ROOT)

    assert code == 0, output


@pytest.mark.parametrize("file", ["firmware/lib/framing.py", "firmware/lib/wire_tables.py"])
def test_a_generated_file_changed_by_hand_is_caught(tmp_path: Path, file: str) -> None:
    (tmp_path / "tests").mkdir()
    copy = copy_tree(tmp_path, *GENERATED)
    assert export_check(copy) == export_check(ROOT)
    plant(copy, file, "# by hand")

    code, output = export_check(copy)

    assert code != 0
    assert Path(file).name in output


def tracked() -> list[Path]:
    git = need_tool("git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        missing("git does not list this folder")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if TRACES.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "trace",
    [
        "see /wor" + "k/notes.md",
        "at /ro" + "ot/.venv/bin",
        "cache.inter" + "nal:8080",
    ],
)
def test_a_trace_would_be_found(trace: str) -> None:
    assert TRACES.search(trace)


def test_the_root_holds_only_what_the_house_has() -> None:
    house = {
        *("pyproject.toml", "handheld", "firmware", "tui", "tests", "hardware-docs", "README.md"),
        *("ARCHITECTURE.md", "PROTOCOL.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
        *("Makefile", ".ci", ".gitignore"),
    }

    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= house
