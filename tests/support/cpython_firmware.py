"""The firmware under CPython: a stub of `micropython`, the pointer types of viper, the folders.

The modules have short names (`relay`, `framing`), so they are imported inside `firmware()` and taken
out of `sys.modules` again: nothing leaks into other tests.
"""

import builtins
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "firmware", ROOT / "firmware" / "lib")
POINTERS = ("ptr", "ptr8", "ptr16", "ptr32", "uint")


def _same(value: Any) -> Any:
    return value


def _stub() -> ModuleType:
    module = ModuleType("micropython")
    for name in ("const", "viper", "native", "asm_thumb"):
        setattr(module, name, _same)
    module.kbd_intr = lambda code: None  # type: ignore[attr-defined]
    module.mem_info = lambda: None  # type: ignore[attr-defined]
    return module


@contextmanager
def firmware(*names: str, folders: Sequence[Path] = ()) -> Iterator[list[ModuleType]]:
    """The modules of the firmware with these names, freshly imported; their own imports work inside.

    So do those of the modules in `folders`, and they do not stay either.
    """
    before, path = set(sys.modules), list(sys.path)
    sys.path[:0] = [str(folder) for folder in (*folders, *FOLDERS)]
    sys.modules["micropython"] = _stub()
    for name in POINTERS:
        setattr(builtins, name, _same)
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if name == "micropython" or Path(file).parent in (*folders, *FOLDERS):
                del sys.modules[name]
        for name in POINTERS:
            delattr(builtins, name)


def load(*names: str) -> list[ModuleType]:
    """The same modules for keeping: they work on after the stub is gone, but can import nothing more."""
    with firmware(*names) as modules:
        # Viper's casts are looked up when a function runs, so each module keeps them as its own.
        for module in list(sys.modules.values()):
            if Path(getattr(module, "__file__", None) or "").parent in FOLDERS:
                for pointer in POINTERS:
                    module.__dict__.setdefault(pointer, _same)
        return modules
