"""The image of MicroPython: whether a file is one, for which chip, and writing it with esptool."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import NamedTuple

from handheld.cli import show
from handheld.errors import RadioForeign, Refused, UsageError
from handheld.text import clean_line

CHIP_IDS = {0: "ESP32", 5: "ESP32-C3", 9: "ESP32-S3"}
"""Espressif, "Firmware Image Format", extended file header."""

OFFSETS = {"ESP32": "0x1000"}
"""Where a chip's ROM looks for the bootloader that an image begins with; 0 on all others."""

_MAGIC = 0xE9
_CHIP_AT = 12
_HEADER = 24
_MARK = b"MicroPython"
_MAX = 16 << 20
_BAUD = "460800"
_KEPT = 60  # lines of esptool
_WRONG_CHIP = "This chip is"
_DUMB = ("No serial data received", "Failed to connect", "Wrong boot mode")


class Image(NamedTuple):
    """A file that is an image of MicroPython for this chip."""

    path: Path
    chip: str


def read(name: str) -> Image:
    """Look into a file; Refused if it is no image of MicroPython for a chip that we know."""
    path = Path(name)
    try:
        if path.stat().st_size > _MAX:
            raise Refused(f"{name} is larger than any flash of such a board. Nothing was written.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None
    if len(data) < _HEADER or data[0] != _MAGIC or _MARK not in data:
        raise Refused(
            f"{name} is no image of MicroPython: take the .bin of your chip from micropython.org/download. "
            "Nothing was written."
        )
    chip = CHIP_IDS.get(int.from_bytes(data[_CHIP_AT : _CHIP_AT + 2], "little"))
    if chip is None:
        raise Refused(f"{name} is for a chip that our firmware does not know. Nothing was written.")
    return Image(path, chip)


def command() -> list[str]:
    """How esptool is called here; Refused if it is not installed."""
    if importlib.util.find_spec("esptool"):
        return [sys.executable, "-m", "esptool"]
    found = shutil.which("esptool") or shutil.which("esptool.py")
    if found is None:
        raise Refused(
            "esptool is missing, which writes images: sudo apt install esptool, "
            "or pip install pocketmesh[flash]."
        )
    return [found]


def write(image: Image, device: str, *, quiet: bool = False) -> None:
    """Erase the chip's flash and write the image. Nothing is touched if the chip is another than the image's.

    A sentence with the next step if that fails; the loader is in the chip's ROM, so it can be tried again.
    """
    chip = image.chip.lower().replace("-", "")
    call = [*command(), "--chip", chip, "--port", device, "--baud", _BAUD]
    place = OFFSETS.get(image.chip, "0x0")
    # In one call, so that nobody can pull the cable between erasing and writing. The names with an underscore
    # are understood by esptool 4 (Debian's) and 5.
    call += ["write_flash", "--erase-all", place, str(image.path)]
    told: deque[str] = deque(maxlen=_KEPT)
    with subprocess.Popen(
        call,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as running:
        for line in running.stdout or ():
            told.append(line)
            if not quiet:
                show.out(line.rstrip())
                show.flush()
    if running.returncode:
        raise failure("".join(told), image)


def failure(text: str, image: Image) -> Refused | RadioForeign:
    """What esptool's last words mean, as one sentence."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    if _WRONG_CHIP in text:
        return Refused(
            f"The image is for an {image.chip}, and the board has another chip. Nothing was written."
        )
    if any(word in text for word in _DUMB):
        return RadioForeign(
            "No ESP32 answers there. Hold BOOT (or IO0), press RESET (or EN), let both go, "
            "and say the same again."
        )
    fatal = next((line for line in lines if "fatal error" in line), lines[-1])
    return RadioForeign(f"esptool could not write it: {clean_line(fatal.encode())} Say the same again.")
