"""What is installed is what was tested: the wheel holds everything, an editable install copies nothing."""

import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.tools import need_tool
from tests.support.tree import ROOT, copy_tree

PARTS = ("pyproject.toml", "README.md", "LICENSE", "handheld", "tui", "firmware")
LOCATE = "from handheld.sim import firmware; print(firmware.folder())"


def pip(*arguments: str, python: Path | None = None) -> None:
    target = ("--python", str(python)) if python else ()
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *target, *arguments],
        env=os.environ | {"PIP_NO_INPUT": "1"},
        stdin=subprocess.DEVNULL,
        check=True,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, so that building leaves nothing in the real ones."""
    return copy_tree(tmp_path_factory.mktemp("checkout"), *PARTS)


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_tool("hatchling")
    target = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(checkout))
    (built,) = target.glob("pocketmesh-*.whl")
    return built


def fresh_environment(folder: Path) -> Path:
    """A new environment that finds our dependencies, and not our checkout; returns its python.

    The dependencies are those of the environment that runs the tests, so that no network is needed: a .pth
    line names their folder, and .pth files in there (the editable install of the checkout) are not read.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def run(*command: str | Path, folder: Path) -> str:
    """Standard output of a program that must succeed, started where no checkout is in reach."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COVERAGE"))
    }
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def files_of(root: Path, folder: str, *suffixes: str) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in (root / folder).rglob("*")
        if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_source_the_firmware_and_the_schema(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    sources = files_of(ROOT, "handheld", ".py", ".sql") | files_of(ROOT, "tui", ".py", ".tcss")
    firmware = {f"handheld/_{name}" for name in files_of(ROOT, "firmware", ".py")}
    assert sources | firmware <= packed
    assert "handheld/_firmware/main.py" in packed
    assert any(name.startswith("handheld/store/schema/") and name.endswith(".sql") for name in packed)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert {name.split("/")[0] for name in packed} == {"handheld", "tui"}
    assert [name for name in packed if name.endswith((".pyc", ".mpy"))] == []


def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    python = fresh_environment(tmp_path / "environment")
    # One that is installed beside the dependencies is not this one.
    pip("install", "--no-deps", "--ignore-installed", str(wheel), python=python)

    from handheld import __version__

    assert run(python.with_name("pocketmesh"), "--version", folder=tmp_path).endswith(__version__)
    located = Path(run(python, "-c", LOCATE, folder=tmp_path))
    assert located.parts[-3:] == ("site-packages", "handheld", "_firmware")
    assert (located / "main.py").read_bytes() == (ROOT / "firmware/main.py").read_bytes()


def test_an_editable_install_uses_the_firmware_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    need_tool("hatchling")
    python = fresh_environment(tmp_path / "environment")
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(checkout), python=python)

    assert list((tmp_path / "environment").rglob("_firmware")) == []
    assert Path(run(python, "-c", LOCATE, folder=tmp_path)) == checkout / "firmware"


@pytest.mark.skipif(not os.environ.get("CI"), reason="downloads the dependencies: with CI=true only")
def test_the_wheel_brings_what_it_needs(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "environment", with_pip=False, symlinks=True)
    python = tmp_path / "environment/bin/python"
    pip("install", str(wheel), python=python)

    assert run(python.with_name("pocketmesh"), "--version", folder=tmp_path)
    assert run(python, "-c", "import handheld.daemon.service, handheld.cli.main", folder=tmp_path) == ""
