"""A stick for another machine: what is on it, that it is whole, and installs where there is no network."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from handheld.cli.handover import wheels
from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.store import keys
from handheld.store.folder import Folder
from tests.cli.test_radio_flash import written as image
from tests.support.cli import Ended, run
from tests.support.tools import need_tool


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was written here; not to be changed."""
    need_tool("pocketmesh")  # a stick is made of what is installed
    home = tmp_path_factory.mktemp("home")
    entropy = SeededEntropy("handover")
    with Folder.open(home, explicit=True) as folder:
        keys.create(folder, Identity.create(entropy).blob, entropy)
    target = tmp_path_factory.mktemp("stick") / "pocketmesh"
    micropython = image(home / "ESP32.bin", 0)
    ended = run("--data", str(home), "handover", str(target), "--image", str(micropython))
    assert (ended.code, ended.err) == (0, "")
    assert "is ready" in ended.out
    return target


def test_what_is_not_installed_cannot_be_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "OURS", "no-such-package-is-installed")
    ended = run("--data", str(tmp_path), "handover", str(tmp_path / "stick"))
    assert ended.code == 3
    assert "Install it first" in ended.err
    assert not (tmp_path / "stick").exists()


def check(folder: Path) -> Ended:
    return run("handover", "--check", str(folder))


def test_everything_is_on_it_and_whole(stick: Path) -> None:
    there = {path.relative_to(stick).as_posix() for path in stick.rglob("*") if path.is_file()}
    assert {"START.txt", "install.sh", "firmware/main.py", "micropython/ESP32.bin"} <= there
    assert {"docs/README.md", "docs/hardware-docs/flashing.md"} <= there
    assert check(stick).code == 0
    assert subprocess.run(["b2sum", "--quiet", "-c", "MANIFEST"], cwd=stick, check=False).returncode == 0
    for package in stick.glob("wheels/*.deb"):
        subprocess.run([need_tool("dpkg-deb"), "-I", package], check=True, capture_output=True)


def test_it_holds_no_secret(stick: Path, tmp_path: Path) -> None:
    ours = zipfile.ZipFile(next(stick.glob("wheels/pocketmesh-*.whl")))
    assert {name.split("/")[0] for name in ours.namelist()} == {
        "handheld",
        "tui",
        f"{wheels.OURS}-0.1.0.dist-info",
    }
    assert not list(stick.rglob("*.db")) + list(stick.rglob("keys*"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda folder: (folder / "install.sh").write_text("rm -rf /"),
            "install.sh is missing, damaged or changed",
        ),
        (lambda folder: (folder / "START.txt").unlink(), "START.txt is missing, damaged or changed"),
        (
            lambda folder: (folder / "wheels/nacl-9.whl").write_text("mine"),
            "wheels/nacl-9.whl is not in the manifest: it was added",
        ),
        (lambda folder: (folder / "MANIFEST").write_text("\n"), "The signature does not fit"),
        (lambda folder: (folder / "MANIFEST.sig").write_text("00\n00\n"), "cannot be read"),
        (lambda folder: (folder / "MANIFEST").unlink(), "cannot be read"),
    ],
)
def test_a_stick_that_was_changed_is_refused(stick: Path, tmp_path: Path, change, sentence: str) -> None:
    copy = shutil.copytree(stick, tmp_path / "copy")
    change(copy)
    ended = check(copy)
    assert ended.code == 3
    assert sentence in ended.err


def test_a_link_out_of_the_stick_is_no_file_of_it(stick: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(stick, tmp_path / "copy")
    shutil.copy(copy / "START.txt", tmp_path / "elsewhere")
    (copy / "START.txt").unlink()
    (copy / "START.txt").symlink_to(tmp_path / "elsewhere")
    assert check(copy).code == 3


def test_it_installs_without_a_network_and_the_doctor_is_content(stick: Path, tmp_path: Path) -> None:
    venv.create(
        tmp_path / "new", with_pip=False, symlinks=True, system_site_packages=True
    )  # as the installer does
    python = tmp_path / "new/bin/python"
    bare = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP", "COVERAGE"))
    }
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run(
        [*pip, "install", "--no-index", "--find-links", stick / "wheels", "pocketmesh"], check=True, env=bare
    )
    command = tmp_path / "new/bin/pocketmesh"
    data = tmp_path / "data"
    data.mkdir()
    told = subprocess.run(
        [command, "--data", data, "doctor", "--json"], check=True, capture_output=True, env=bare, cwd=tmp_path
    )
    assert {each["name"] for each in json.loads(told.stdout) if each["state"] == "bad"} <= {
        "port",
        "grabbers",
    }
    # And from there it can be handed on.
    shown = subprocess.run([command, "handover", "--check", stick], check=True, capture_output=True, env=bare)
    assert b"Whole" in shown.stdout


def test_what_is_there_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    assert run("handover", str(tmp_path)).code == 3
    assert run("handover", "--check", str(tmp_path), "--image", "x").code == 2


def test_extras_that_somebody_asks_for_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {
        "a": ["b[x]>=1", 'never; sys_platform == "none"', 'c; extra == "y"', "D_e"],
        "b": ['f>=2; extra == "x"', 'g; extra == "z"'],
        "d-e": ["a"],
    }
    monkeypatch.setattr(wheels, "_requires", lambda name: lists.get(name, []))
    assert wheels.needed("a") == ["b", "d-e", "f"]
