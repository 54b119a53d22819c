"""Where the firmware is found, and what is said of the interpreter."""

import importlib.util
import re
import shutil

import pytest

from handheld.errors import SimulationError
from handheld.sim import firmware
from handheld.sim.firmware import Interpreter
from tests.support.radios import need_micropython
from tests.support.tree import ROOT


@pytest.fixture(autouse=True)
def asked_afresh():
    firmware.interpreter.cache_clear()
    yield
    firmware.interpreter.cache_clear()


@pytest.fixture
def without_package(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_the_checkouts_own_files_come_first(monkeypatch, tmp_path):
    shipped = tmp_path / "_firmware"
    shipped.mkdir()
    (shipped / "main.py").touch()
    monkeypatch.setattr(firmware, "_SHIPPED", shipped)
    assert firmware.folder() == ROOT / "firmware"
    monkeypatch.setattr(firmware, "_CHECKOUT", tmp_path / "firmware")
    assert firmware.folder() == shipped
    assert firmware.main() == shipped / "main.py"


def test_a_missing_firmware_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(firmware, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(firmware, "_SHIPPED", tmp_path)
    with pytest.raises(SimulationError, match="install pocketmesh again"):
        firmware.folder()


def test_shims_stand_before_the_firmware_and_frozen_modules_last():
    path = firmware.search_path(Interpreter.PACKAGE)
    assert [place.rpartition("/")[2] for place in path] == ["shims", "firmware", "lib", ".frozen"]
    path = firmware.search_path(Interpreter.CPYTHON)
    assert [place.rpartition("/")[2] for place in path] == ["shims_cpython", "shims", "firmware", "lib"]


def test_it_says_which_micropython_it_is():
    need_micropython()
    package = importlib.util.find_spec("micropython_run") is not None
    assert firmware.find_interpreter() is (Interpreter.PACKAGE if package else Interpreter.PATH)
    where = "package" if package else "micropython on PATH"
    assert re.fullmatch(rf"MicroPython 1\.\d+ \({where}\)", firmware.interpreter())


def test_another_micropython_on_the_path(monkeypatch, tmp_path, without_package):
    binary = tmp_path / "micropython"
    binary.write_text("#!/bin/sh\necho 1.24\n")
    binary.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert firmware.interpreter() == "MicroPython 1.24 (micropython on PATH)"


def test_one_that_does_not_run_is_told_in_a_sentence(monkeypatch, tmp_path, without_package):
    binary = tmp_path / "micropython"
    binary.write_text("#!/bin/false\n")
    binary.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimulationError, match="does not run here"):
        firmware.interpreter()


def test_without_any_it_is_cpython(monkeypatch, without_package):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert firmware.interpreter() == "CPython"
