"""A board that is not there: MicroPython's Unix port, its flash a folder, its cable a pty that can be cut.

It starts as a board does: main.py if there is one, then the prompt; and anew at every reset. The board sits
on a tty of its own, and a process stands between that and the host's: so both may set up theirs as they like.
"""

import contextlib
import os
import pty
import select
import signal
import socket
import time
import traceback
import tty
import warnings
from collections.abc import Iterator
from pathlib import Path

from handheld.sim import firmware, radio
from handheld.sim.child import die_with

MACHINE = "Generic ESP32 module with ESP32"
STARTED_ANEW = (75, 76)
_HEAP = "heapsize=640k"
_UART = 40


class FlashBoard:
    """A board with this flash, plugged in as `device`. `cut`: bytes, both ways, until the cable is pulled."""

    def __init__(self, flash: Path, cut: int | None = None, machine: str = MACHINE) -> None:
        flash.mkdir(exist_ok=True)
        self._flash = flash
        self._machine = machine
        self._air = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._air.bind(("127.0.0.1", 0))
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.device = os.ttyname(theirs)
        self._pid = _fork()
        if self._pid == 0:
            os.setsid()
            self._cable(ours, theirs, cut)
        os.close(ours)
        self._held = theirs

    def _cable(self, host: int, held: int, cut: int | None) -> None:
        board, inner = pty.openpty()
        tty.setraw(inner)
        cable = os.getpid()
        child = _fork()
        if child == 0:
            os.close(host)
            os.close(held)
            os.close(board)
            self._live(inner, cable)
        os.close(inner)
        os.close(held)
        with contextlib.suppress(OSError):
            _carry(host, board, cut)
        os.kill(child, signal.SIGKILL)
        os._exit(0)

    def _live(self, line: int, cable: int) -> None:
        try:
            die_with(cable)
            air = str(self._air.getsockname()[1])
            # The prompt waits on its line, the UART never does: so each opens it for itself.
            uart = os.open(os.ttyname(line), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            for end, number in ((line, 0), (line, 1), (uart, _UART)):
                os.dup2(end, number)
            with open(self._flash.parent / "board.log", "ab") as log:
                os.dup2(log.fileno(), 2)
            os.chdir(self._flash)
            shims = Path(firmware.__file__).parent / "shims"
            os.environ.update(
                PM_MAC="000000000001",
                PM_UART_FD=str(_UART),
                PM_AIR_PORT=air,
                PM_LINE="",
                PM_SEED="",
                PM_MACHINE=self._machine,
                PM_TICKS="0",
                MICROPYPATH=f"{shims}:{self._flash}:{self._flash / 'lib'}:.frozen",
            )
            while True:
                code = 0
                if Path("main.py").exists():
                    code = _micropython("-X", _HEAP, "main.py")
                if code not in STARTED_ANEW:
                    code = _micropython("-X", _HEAP)
                os.environ["PM_EXIT"] = str(code)
        except Exception:  # noqa: BLE001 - it must not come back into the tests
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(1)

    def close(self) -> None:
        """Pull the cable; without power the board is off."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)
        with contextlib.suppress(OSError):
            os.close(self._held)
        self._air.close()


@contextlib.contextmanager
def flash_board(flash: Path, cut: int | None = None, machine: str = MACHINE) -> Iterator[FlashBoard]:
    """One, unplugged afterwards."""
    board = FlashBoard(flash, cut, machine)
    try:
        yield board
    finally:
        board.close()


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of forks beside threads; the child has none.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _carry(host: int, board: int, cut: int | None) -> None:
    """Bytes both ways until so many went by, or until SIGTERM."""
    left = cut
    ends = {host: board, board: host}
    while left is None or left > 0:
        for source in select.select([host, board], [], [], 1.0)[0]:
            try:
                data = os.read(source, 256)
            except OSError:
                time.sleep(0.01)  # nobody has opened the host's end, or has closed it
                continue
            if left is not None:
                data = data[: max(0, left)]
                left -= len(data)
            while data:
                data = data[os.write(ends[source], data) :]


def _micropython(*arguments: str) -> int:
    """Run the interpreter that there is until it ends; its exit code."""
    command = ["micropython", *arguments]
    if firmware.find_interpreter() is firmware.Interpreter.PATH:
        return radio._apart(lambda: os.execvp("micropython", command))
    import micropython_run

    return int(micropython_run.run_main(command))
