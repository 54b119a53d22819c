"""The checkout, and copies of it in which a test may plant a fault."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout the tests run from."""

_SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")


def copy_tree(target: Path, *names: str) -> Path:
    """Copy folders and files of the checkout into an empty folder; returns it."""
    for name in names:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=_SKIPPED)
        else:
            shutil.copy2(source, target / name)
    return target


def plant(root: Path, name: str, line: str) -> None:
    """Append a line to a file of a copy, or make the file."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" + line + "\n")


def run_in(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program with `root` as its folder and its packages; output as text, both streams in one."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    ours = {"PATH": path, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command,
        cwd=root,
        env=os.environ | ours,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
