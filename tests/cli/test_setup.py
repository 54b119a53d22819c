"""Setting a machine up, into a folder that stands for its root, and taking it all away again."""

import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from handheld.cli.setup.files import EVERY_PATH, MENU, NODE, SCREEN, UNITS
from tests.support.cli import run
from tests.support.tree import ROOT

INSTALLER = ROOT / "handheld/cli/setup/install.sh"


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/true"])
    monkeypatch.delenv("SUDO_USER", raising=False)


def written(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_everything_is_written_below_the_root_and_goes_again(tmp_path: Path) -> None:
    all_of_it = ("--screen", "tty1", "--menu", "ttyS0:9600", "--spare-card", "--box")
    ended = run("setup", "--user", "root", "--data", "/srv/box", "--root", str(tmp_path), *all_of_it)
    assert (ended.code, ended.err) == (0, "")
    assert written(tmp_path) == set(EVERY_PATH)
    node = (tmp_path / UNITS / NODE).read_text(encoding="utf-8")
    assert "ExecStart=/usr/bin/true --data /srv/box node --box\n" in node
    assert "NoNewPrivileges=yes\n" in node
    assert "agetty --noclear -n -l /usr/sbin/runuser" in (tmp_path / UNITS / MENU).read_text(encoding="utf-8")

    ended = run("setup", "--remove", "--root", str(tmp_path))
    assert (ended.code, written(tmp_path)) == (0, set())
    assert ended.out.count("removed ") == len(EVERY_PATH)


def test_a_dry_run_says_all_and_does_nothing(tmp_path: Path) -> None:
    ended = run("setup", "--user", "root", "--screen", "tty1", "--root", str(tmp_path), "--dry-run")
    assert f"--- /{UNITS}/{SCREEN}" in ended.out
    assert (
        "systemctl enable --now pocketmesh.service pocketmesh-screens.service pocketmesh-screen@tty1"
        in ended.out
    )
    assert written(tmp_path) == set()


def test_what_goes_is_stopped_first(tmp_path: Path) -> None:
    run("setup", "--user", "root", "--screen", "tty1", "--root", str(tmp_path))
    answer = json.loads(run("setup", "--remove", "--root", str(tmp_path), "--json", "--dry-run").out)
    assert answer["commands"][0][:3] == ["systemctl", "stop", "pocketmesh.service"]
    assert "pocketmesh-screen@*.service" in answer["commands"][0]
    assert set(answer["files"]) == written(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "say"),
    [
        ((), "Say who uses it"),
        (("--user", "no such person"), "Say who uses it"),
        (("--user", "nobody-here-17"), "There is nobody called nobody-here-17"),
        (("--user", "root", "--screen", "tty1; reboot"), "A terminal is called like"),
        (("--user", "root", "--menu", "ttyS0:300"), "A serial line runs at one of"),
        (("--user", "root", "--data", "/srv/a b"), "has letters that systemd"),
        (("--user", "root", "--data", "/srv/%n"), "has letters that systemd"),
    ],
)
def test_what_no_unit_can_hold_is_refused(tmp_path: Path, arguments: tuple[str, ...], say: str) -> None:
    ended = run("setup", *arguments, "--root", str(tmp_path))
    assert (ended.code, say in ended.err) == (2, True)
    assert written(tmp_path) == set()


def test_only_root_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    ended = run("setup", "--user", "root")
    assert (ended.code, "Only root may" in ended.err) == (3, True)


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("a file")
    ended = run("setup", "--user", "root", "--root", str(tmp_path))
    assert (ended.code, str(tmp_path / "etc") in ended.err) == (3, True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    run("setup", "--user", "root", "--screen", "tty1", "--menu", "ttyS0", "--root", str(tmp_path))
    units = sorted(str(path) for path in (tmp_path / UNITS).iterdir() if "@" not in path.name)
    ended = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert ended.stderr == ""


def test_the_installer_is_a_plain_shell_script() -> None:
    subprocess.run(["sh", "-n", INSTALLER], check=True)
    refused = subprocess.run(["sh", INSTALLER], capture_output=True, text=True, check=False, user=65534)
    assert (refused.returncode, "only root may install" in refused.stderr) == (3, True)


MACHINE = os.uname().machine
if struct.calcsize("P") == 4:  # on a kernel of 64 bits, perhaps
    MACHINE = {"x86_64": "i686", "aarch64": "armv7l"}.get(MACHINE, MACHINE)
OURS = "cp{}{}".format(*sys.version_info[:2])


@pytest.mark.parametrize(
    ("wheel", "asked"),
    [
        (f"cffi-1.17.1-{OURS}-{OURS}-manylinux2014_{MACHINE}.manylinux_2_17_{MACHINE}.whl", False),
        (f"CFFI-1.17.1-{OURS}-{OURS}-manylinux2014_s390x.manylinux_2_17_s390x.whl", True),
        (f"cffi-1.17.1-cp27-cp27m-manylinux2014_{MACHINE}.whl", True),
        (f"cffi-1.17.1-cp39-abi3-manylinux2014_{MACHINE}.whl", False),
        ("cffi-1.17.1-py3-none-any.whl", False),
        ("cffi_other-1.17.1-py3-none-any.whl", True),
    ],
)
def test_a_wheel_for_another_machine_is_none(tmp_path: Path, wheel: str, asked: bool) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / wheel).write_bytes(b"")
    (tmp_path / "wheels" / "python3-cffi_1.15.1-5_nomachine.deb").write_bytes(b"")
    programs = tmp_path / "bin"
    programs.mkdir()
    # Root, on a machine whose Python lacks whatever it is asked for.
    asks = f'case "$*" in "-c import ensurepip"*) echo "$2"; exit 1;; esac\nexec {sys.executable} "$@"\n'
    for name, script in (("id", "echo 0\n"), ("python3", asks)):
        (programs / name).write_text(f"#!/bin/sh\n{script}")
        (programs / name).chmod(0o755)

    ended = subprocess.run(
        ["sh", INSTALLER, "--wheels", tmp_path / "wheels"],
        env=os.environ | {"PATH": f"{programs}:/usr/bin:/bin"},  # where qemu runs it, it names the processor
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, "has no Debian packages" in ended.stderr) == (3, True)
    assert ended.stdout == "import ensurepip, nacl" + ", cffi" * asked + ", serial\n"
