"""The command line, in this process or in one of its own."""

import contextlib
import io
import os
import subprocess
import sys
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
