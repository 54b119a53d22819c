"""Imports go down only, and the pure modules stay pure: import-linter says so, and it is not asleep."""

from pathlib import Path

import pytest

from tests.support.tools import need_tool
from tests.support.tree import ROOT, copy_tree, plant, run_in


def lint_imports(root: Path) -> tuple[int, str]:
    need_tool("lint-imports")
    result = run_in(root, "lint-imports", "--no-cache", "--no-logo")
    return result.returncode, result.stdout


def test_the_checkout_keeps_every_contract() -> None:
    code, output = lint_imports(ROOT)

    assert code == 0, output


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_tree(tmp_path, "handheld", "tui", "pyproject.toml")


def test_a_copy_keeps_them_as_well(copy: Path) -> None:
    """Without this, a copy that breaks for another reason would pass for a caught violation."""
    code, output = lint_imports(copy)

    assert code == 0, output


@pytest.mark.parametrize(
    ("file", "line", "named"),
    [
        ("handheld/node/planted.py", "import sqlite3", "sqlite3"),
        ("handheld/node/planted.py", "import handheld.store", "handheld.store"),
        ("handheld/api/planted.py", "import handheld.node", "handheld.node"),
        ("handheld/link/planted.py", "from handheld import api", "handheld.api"),
        ("handheld/link/session.py", "import socket", "socket"),
        ("handheld/link/framing.py", "import random", "random"),
        ("handheld/crypto/planted.py", "import secrets", "secrets"),
        ("handheld/crypto/planted.py", "import handheld.link.session", "handheld.link"),
        ("handheld/wire/planted.py", "import time", "time"),
        ("handheld/wire/planted.py", "import handheld.crypto", "handheld.crypto"),
        ("handheld/wire/planted.py", "def late():\n    import asyncio", "asyncio"),
        ("handheld/store/planted.py", "import handheld.daemon", "handheld.daemon"),
        ("handheld/daemon/planted.py", "import handheld.sim", "handheld.sim"),
        ("handheld/sim/planted.py", "import tui", "tui"),
        ("handheld/errors.py", "import handheld.events", "handheld.events"),
        ("handheld/text.py", "import threading", "threading"),
        ("tui/planted.py", "import handheld.cli", "handheld.cli"),
        ("tui/planted.py", "import handheld.store", "handheld.store"),
    ],
)
def test_a_planted_violation_is_caught(copy: Path, file: str, line: str, named: str) -> None:
    plant(copy, file, line)

    code, output = lint_imports(copy)

    importer = file.removesuffix(".py").replace("/", ".")
    assert code == 1, output
    assert importer in output
    assert named in output
