"""Real radios whose air is carried in a thread; the first one's cable is a pty that any program may open."""

import contextlib
import os
import threading
import tty
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from handheld.sim import radio
from tests.support.radios import STDIO, Village, _live


def plug(village: Village, number: int, machine: str = STDIO) -> tuple[str, int]:
    """One more radio, on a pty: the device to open, and the fd that holds it while nobody has."""
    master, slave = os.openpty()
    tty.setraw(slave)
    flash = village.folder / f"flash{number}"
    flash.mkdir()
    spec = radio.Radio(
        bytes(5) + bytes([number]), master, village._air.getsockname()[1], flash, machine, 0, 320
    )
    log = village.folder / f"log{number}"
    village.children.fork(f"radio {number}", log, partial(_live, spec, None), keep=[master])
    os.close(master)
    return os.ttyname(slave), slave


@contextlib.contextmanager
def plugged(folder: Path, others: int = 1, machine: str = STDIO) -> Iterator[str]:
    """The device of a radio that `others` more hear."""
    village, stop = Village(folder), threading.Event()
    device, slave = plug(village, 1, machine)
    for number in range(2, 2 + others):
        village.start(number)

    def live() -> None:
        while not stop.is_set():
            with contextlib.suppress(AssertionError):
                village.until(stop.is_set)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield device
    finally:
        stop.set()
        thread.join()
        village.close()
        os.close(slave)
