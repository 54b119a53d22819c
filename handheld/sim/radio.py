"""One virtual radio: a process that runs the real firmware, its cable a socket, its air UDP on loopback."""

import fcntl
import os
import runpy
import select
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from handheld.sim import firmware
from handheld.sim.child import die_with
from handheld.sim.firmware import Interpreter

RESET_CODE = 75
"""What a process that runs the firmware ends with at machine.reset(); see shims/machine.py."""

WATCHDOG_CODE = 76
"""The same when the watchdog was fed too late."""

_CABLE = 3
"""The file descriptor of the radio's end of the cable, inside the radio's process."""

_LINE = 4
"""The same of the line to its scheduler, in virtual time."""


@dataclass(frozen=True)
class Radio:
    """A radio to be: `mac` is its name on the air, `flash` the folder that stands for its file system.

    `cable` is the file descriptor of the radio's end: a socket or a pty. `ticks` is where its clock starts,
    `heap_kib` three times that of an ESP32: objects are twice as large here, files are compiled in place,
    which leaves holes, and the simulated chip lives there too. Its air is UDP on `air_port`; or a
    scheduler at the other end of the socket `line` plays air, time and, by `seed`, chance: see virtual.py.
    """

    mac: bytes
    cable: int
    air_port: int
    flash: Path
    machine: str = "Generic ESP32S3 module with ESP32S3"
    ticks: int = 0
    heap_kib: int = 320
    line: int | None = None
    seed: str = ""


def run(radio: Radio, interpreter: Interpreter | None = None) -> None:
    """Be this radio, in a process forked for it: start, start again at each reset, come back at its end.

    The end is a SERVICE command, or a cable whose other end was closed. SystemExit with the exit code if
    the firmware fell; what it printed then is on the standard error.
    """
    chosen = interpreter or firmware.find_interpreter()
    os.environ.update(
        PM_MAC=radio.mac.hex(),
        PM_UART_FD=str(_CABLE),
        PM_AIR_PORT=str(radio.air_port),
        PM_LINE=str(_LINE),
        PM_SEED=radio.seed,
        PM_MACHINE=radio.machine,
        PM_TICKS=str(radio.ticks),
        PM_MAIN=str(firmware.main()),
        MICROPYPATH=":".join(firmware.search_path(chosen, virtual=radio.line is not None)),
    )
    os.chdir(radio.flash)
    _plug(radio.cable, radio.line)
    code = RESET_CODE
    while code in (RESET_CODE, WATCHDOG_CODE):
        code = _START[chosen](radio)
        os.environ["PM_EXIT"] = str(code)
    if code and not _is_unplugged():
        raise SystemExit(code)


def _plug(cable: int, line: int | None) -> None:
    """The cable is the UART and, as on a board, also what a print goes to and a key press comes from."""
    os.set_blocking(cable, False)
    ends = [(cable, number) for number in (0, 1, _CABLE)]
    if line is not None:
        ends.append((line, _LINE))
    # By way of high numbers, for either may stand where the other has to go.
    high = [(fcntl.fcntl(end, fcntl.F_DUPFD, 16), number) for end, number in ends]
    for end in {end for end, _ in ends}:
        os.close(end)
    for end, number in high:
        os.dup2(end, number)
        os.close(end)


def _is_unplugged() -> bool:
    poller = select.poll()
    poller.register(_CABLE, 0)
    return any(event & select.POLLHUP for _, event in poller.poll(0))


def _in_place(radio: Radio) -> int:
    """The package's interpreter runs within this process, as often as wanted."""
    import micropython_run  # noqa: PLC0415 - there are machines that have none

    return int(micropython_run.run_main(_arguments(radio)))


def _apart(work: Callable[[], None]) -> int:
    """Any other one gets a process for each start; its exit code."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        die_with(parent)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except Exception:  # noqa: BLE001 - it must not come back into the parent's program
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _path(radio: Radio) -> None:
    os.execvp("micropython", _arguments(radio))  # noqa: S606, S607


def _cpython(radio: Radio) -> None:
    del radio  # its memory has no bounds here
    sys.path[:0] = firmware.search_path(Interpreter.CPYTHON)
    runpy.run_module("boot")


def _arguments(radio: Radio) -> list[str]:
    return ["micropython", "-X", f"heapsize={radio.heap_kib}k", str(firmware.main())]


_START: dict[Interpreter, Callable[[Radio], int]] = {
    Interpreter.PACKAGE: _in_place,
    Interpreter.PATH: lambda radio: _apart(partial(_path, radio)),
    Interpreter.CPYTHON: lambda radio: _apart(partial(_cpython, radio)),
}
