"""What the firmware takes of a radio's heap, module by module, on a MicroPython whose words have 32 bits.

    python -m tests.benchmarks.radio_heap MICROPYTHON MPY_CROSS [FROZEN]

The first two are built for i386 from one MicroPython; FROZEN is one that has all of firmware/ but viper.py
frozen into it. Byte code, names and objects are those of an ESP32, whose driver has its buffer for receiving
on the heap as well. Writes results/radio_heap.json.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from handheld.sim import firmware

BOARDS = {"esp32": "ESP32", "heltec_v3": "ESP32S3", "lora32": "ESP32"}
RESULTS = Path(__file__).with_name("results") / "radio_heap.json"
SCRIPT = Path(__file__).parents[1] / "support" / "whole_memory.py"
SHIMS = Path(firmware.__file__).with_name("shims")


def compiled(mpy_cross: str, folder: Path, *, only: str = "") -> None:
    """The firmware as it is copied to a board; or one file of it."""
    for source in firmware.folder().rglob(only or "*.py"):
        target = folder / source.relative_to(firmware.folder()).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        name = source.relative_to(firmware.folder())
        subprocess.run([mpy_cross, "-march=x86", "-s", str(name), "-o", str(target), str(source)], check=True)


def measured(micropython: str, board: str, files: Path) -> dict[str, Any]:
    """What the script says of this board."""
    with tempfile.TemporaryDirectory() as flash:
        (Path(flash) / "board").write_text(board, encoding="utf-8")
        environment = {
            "MICROPYPATH": f"{SHIMS}:{files}:{files / 'lib'}:.frozen",
            "PM_MAC": "020000000001",
            "PM_AIR_PORT": "9",
            "PM_UART_FD": "0",
            "PM_MACHINE": f"Generic {BOARDS[board]} module with {BOARDS[board]}",
        }
        ended = subprocess.run(
            [micropython, "-X", "heapsize=400k", "-c", SCRIPT.read_text(encoding="utf-8")],
            cwd=flash,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found | {"whole": found["code"] + found["objects"]}


def main(micropython: str, mpy_cross: str, frozen: str = "") -> None:
    """Measure every board, and say the sums."""
    answer: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as files, tempfile.TemporaryDirectory() as rest:
        compiled(mpy_cross, Path(files))
        compiled(mpy_cross, Path(rest), only="viper.py")
        for board in BOARDS:
            answer[board] = measured(micropython, board, Path(files))
            if frozen:
                answer[f"{board}, frozen"] = measured(frozen, board, Path(rest))
    RESULTS.write_text(json.dumps(answer, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for name, found in answer.items():
        sums = ", ".join(f"{what} {found[what]}" for what in ("code", "objects", "whole", "console"))
        sys.stdout.write(f"{name}: {sums} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
