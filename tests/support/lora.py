"""A LoRa radio on a simulated chip, under both interpreters, its time moved by hand."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SIM = ROOT / "handheld/sim"
PATH = (ROOT / "tests/support/lora_air", SIM / "shims", *FIRMWARE)

PRELUDE = """
import sys

import ether

class Time:
    @staticmethod
    def sleep_ms(milliseconds):
        ether.advance(milliseconds * 1000)

    @staticmethod
    def ticks_ms():
        return ether.now() // 1000 % (1 << 30)

    @staticmethod
    def ticks_diff(end, start):
        return end - start

sys.modules["time"] = Time

import boards
import settings
import wiring
from radio_lora import LoRa, chip_of, power_up
from wire_tables import *

board = boards.this()
chip = wiring.chip()
START = (1 << 30) - 5000  # so that the radio's clock goes round on the way

def now():
    return (ether.at // 1000 + START) % (1 << 30)

def make(region=REGION_EU868, draw=lambda limit: 0, **others):
    power_up(board)
    driver = chip_of(board)
    kept = settings.Settings(RADIO_LORA, driver.low, driver.high)
    if region:
        kept.change(SETTING_REGION, region)
    numbers = {"channel": SETTING_CHANNEL, "preset": SETTING_PRESET, "power": SETTING_POWER}
    for name, value in others.items():
        kept.change(numbers[name], value)
    radio = LoRa(driver, kept, draw, now())
    radio.start()
    ether.advance(1_000_000)
    return radio

def turns(radio, milliseconds, frame=None):
    # What the main loop does, each millisecond: what was heard, and whether the frame went out.
    heard = []
    for _ in range(milliseconds):
        n = radio.receive()
        if n:
            heard.append((bytes(radio.heard[:n]), radio.rssi, radio.snr))
        if radio.wait(now()) == 0 and frame is not None and radio.send(frame, now()):
            return heard, True
        ether.advance(1000)
    return heard, False
"""

LEND = """
import builtins
import sys
sys.path[:0] = {!r}
for name in ("ptr8", "ptr16", "ptr32", "uint"):
    setattr(builtins, name, lambda value: value)
"""

BOARDS = {"sx126x": "heltec_v3", "sx127x": "lora32"}


def script(board: str, text: str, folder: Path) -> str:
    """What a script prints, the same under MicroPython and CPython; `folder` is the radio's flash."""
    source = PRELUDE + text
    printed = []
    for interpret in (_micropython, _cpython):
        for file in folder.iterdir():
            file.unlink()
        (folder / "board").write_text(board)
        printed.append(interpret(source, folder))
    assert printed[0] == printed[1], "\n".join(printed)
    return printed[0]


def _micropython(source: str, folder: Path) -> str:
    before = Path.cwd()
    os.chdir(folder)
    try:
        outcome = run(source, path=PATH)
    finally:
        os.chdir(before)
    assert outcome.code == 0, outcome.text
    return outcome.text


def _cpython(source: str, folder: Path) -> str:
    path = [str(place) for place in (SIM / "shims_cpython", *PATH)]
    done = subprocess.run(
        [sys.executable, "-I", "-c", LEND.format(path) + source],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
