"""Boards whose cable is pulled while they are flashed; flashed again, each must be in service."""

import random
import tempfile
from collections import Counter
from pathlib import Path

from handheld.sim import firmware
from tests.support.cli import run
from tests.support.flash_board import flash_board

_ALL = 125_000
"""Bytes both ways that flashing a bare board takes, about."""


def older_radio(flash: Path) -> None:
    """What an earlier version left, copied by hand: as source, with the settings of its owner."""
    for path in firmware.folder().rglob("*.py"):
        there = flash / path.relative_to(firmware.folder())
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(path.read_text(encoding="utf-8") + "\n# an older one\n", encoding="utf-8")
    (flash / "settings.a").write_bytes(b"mine")
    (flash / "left.new").write_bytes(b"of a copy that broke off")


def round_of(number: int) -> Counter[str]:
    """One board, bare or with an older radio on it. "wrong": not in service after the second run."""
    chance = random.Random(number)
    with tempfile.TemporaryDirectory() as folder:
        flash = Path(folder) / "flash"
        if number % 2:
            older_radio(flash)
        with flash_board(flash, cut=chance.randrange(20, _ALL)) as board:
            first = run("radio", "flash", "--port", board.device, "--yes")
        halves = len(list(flash.rglob("*.new")))
        with flash_board(flash) as board:
            second = run("radio", "flash", "--port", board.device, "--yes")
    return Counter(
        pulled=first.code == 30,
        pulled_while_copying=halves > 1,
        in_service=second.code == 0,
        wrong=second.code != 0 or first.code not in {0, 30},
    )
