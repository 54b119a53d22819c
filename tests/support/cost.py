"""What a program costs: instructions counted by callgrind, memory as the kernel counts it. Never seconds."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.tools import missing, need_tool

ROOT = Path(__file__).parents[2]

PATIENCE_S = 180.0
"""How long to wait for a program under callgrind, which is about fifty times slower than without."""


def pocketmesh(*arguments: str) -> list[str]:
    """The command line of our command, run by the interpreter that runs the tests."""
    return [sys.executable, need_tool("pocketmesh"), *arguments]


def environment(folder: Path) -> dict[str, str]:
    """What a measured program gets: these sources, its own data folder, a fixed hash seed, no coverage."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COVERAGE", "PYTHON"))}
    return kept | {"POCKETMESH_HOME": str(folder), "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}


def instructions(command: list[str], folder: Path) -> int:
    """Instructions of a whole run on this processor's instruction set; the run must succeed."""
    out = folder / "whole.callgrind"
    subprocess.run(
        _callgrind(out, command),
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return _total(out)


def instructions_until(ready: Callable[[], bool], command: list[str], folder: Path) -> int:
    """Instructions from the start of a program until `ready` says so; the program is then ended."""
    control = need_tool("callgrind_control")
    out = folder / "until.callgrind"
    with running(_callgrind(out, command), folder) as process:
        wait_for(ready, process)
        subprocess.run([control, "--dump", str(process.pid)], capture_output=True, check=True)
    return _total(out.with_name(out.name + ".1"))


def resident_kib(pid: int) -> int:
    """Memory of a process that is in RAM now, in KiB. A skip under qemu, whose own would be counted, too."""
    if Path(f"/proc/{pid}/exe").readlink().name.startswith("qemu-"):
        missing("what a program takes is not told apart from what qemu takes")
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1])  # type: ignore[index]


def voluntary_switches(pid: int) -> int:
    """How often the threads of a process have gone to sleep so far, which is how often they woke."""
    statuses = (task / "status" for task in Path(f"/proc/{pid}/task").iterdir())
    found = (re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", one.read_text()) for one in statuses)
    return sum(int(count) for [count] in found)


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background, with its output in `folder`; asked to end, and waited for, at the end."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command, env=environment(folder), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Until `ready`, as long as the program lives and patience lasts."""
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} was not ready (exit code {process.poll()})")
        time.sleep(0.1)


def _callgrind(out: Path, command: list[str]) -> list[str]:
    valgrind = need_tool("valgrind")
    return [valgrind, "--tool=callgrind", f"--callgrind-out-file={out}", *command]


def _total(out: Path) -> int:
    found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{out} holds no total")
    return int(found[1])
