"""The command line, in this process or in one of its own."""

import contextlib
import io
import os
import pty
import select
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from handheld.cli.main import main
from tests.support.patience import PATIENCE_S


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def run(*argv: str, stdin: bytes = b"") -> Ended:
    """Run a command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(argv))
    finally:
        sys.stdin = before
    return Ended(code, out.getvalue(), err.getvalue())


def command(*argv: str) -> list[str]:
    """The command line for a process of its own."""
    return [sys.executable, "-m", "handheld", *argv]


def spawn(*argv: str, stdin: bytes = b"", **environment: str) -> Ended:
    """Run a command line in a process of its own, until it ends."""
    ended = subprocess.run(
        command(*argv),
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def typed(*argv: str, folder: Path) -> str:
    """What a command prints on a terminal."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "POCKETMESH_HOME": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(
        command(*argv), stdin=follower, stdout=follower, stderr=follower,
        env={key: value for key, value in environment.items() if key != "NO_COLOR"},
    )  # fmt: skip
    os.close(follower)
    said = b""
    try:
        while select.select([leader], [], [], PATIENCE_S)[0]:
            try:
                said += os.read(leader, 65_536)
            except OSError:  # The other end is closed: it has ended.
                break
        child.wait(PATIENCE_S)
    finally:
        child.kill()
        child.wait()
        os.close(leader)
    return said.decode()
