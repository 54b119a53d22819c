"""The text console of the radio: the same cases under both interpreters."""

import importlib
import re
from pathlib import Path

import pytest

from tests.support.cpython_firmware import firmware
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

FOLDER = ROOT / "tests/support/console"
SOURCE = (FOLDER / "console_cases.py").read_text(encoding="utf-8")
CASES = re.findall(r"^def (\w+)\(\):$", SOURCE, re.MULTILINE)


@pytest.mark.parametrize("name", CASES)
def test_under_cpython(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with firmware("viper", folders=(FOLDER,)):
        getattr(importlib.import_module("console_cases"), name)()


def test_under_micropython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    calls = "\n".join(f"print({name!r})\nconsole_cases.{name}()\ngc.collect()" for name in CASES)

    outcome = run(f"import gc\nimport console_cases\n{calls}\n", heap="2m", path=(FOLDER, *FIRMWARE))

    assert outcome.code == 0, outcome.text
    assert len(CASES) > 15
