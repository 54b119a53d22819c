# SPDX-License-Identifier: MIT
"""Run the firmware under CPython: lend the interpreter what MicroPython has beyond it, then run main.py.

Works in place, so it belongs in a process of its own, whose path begins with this folder, `shims`, and the
firmware's two.
"""

import builtins
import gc
import io
import os
import runpy
import select
import sys
import time
import traceback
from collections import namedtuple

PERIOD = 1 << 30


class Poller:
    """select.poll by object, with `ipoll`."""

    def __init__(self):
        self._poll = _poll()
        self._objects = {}

    def register(self, thing, mask):
        self._objects[thing.fileno()] = thing
        self._poll.register(thing, mask)

    def poll(self, timeout=-1):
        return [(self._objects[number], event) for number, event in self._poll.poll(timeout)]

    ipoll = poll


class Output(io.FileIO):
    """Writes the beginning of a buffer."""

    def write(self, buf, n=-1):
        return super().write(memoryview(buf)[:n] if n >= 0 else buf)


def ticks_ms():
    return (time.monotonic_ns() // 1_000_000 + _offset) % PERIOD


def ticks_add(ticks, delta):
    return (ticks + delta) % PERIOD


def ticks_diff(end, start):
    return (end - start + PERIOD // 2) % PERIOD - PERIOD // 2


def sleep_ms(milliseconds):
    time.sleep(milliseconds / 1000)


def uname():
    return _Uname("esp32", "esp32", "", "simulated", os.environ["PM_MACHINE"])


def print_exception(error, stream):
    text = "".join(traceback.format_exception(error))
    stream.write(text if isinstance(stream, io.TextIOBase) else text.encode())


def mem_free():
    return 0


_poll = select.poll
_Uname = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))
_offset = int(os.environ["PM_TICKS"]) - time.monotonic_ns() // 1_000_000

for _name in ("ptr8", "ptr16", "ptr32", "uint"):
    setattr(builtins, _name, lambda value: value)
for _module, _names in (
    (select, {"poll": Poller}),
    (time, {"ticks_ms": ticks_ms, "ticks_add": ticks_add, "ticks_diff": ticks_diff, "sleep_ms": sleep_ms}),
    (os, {"uname": uname}),
    (sys, {"print_exception": print_exception}),
    (gc, {"mem_free": mem_free}),
):
    for _name, _value in _names.items():
        setattr(_module, _name, _value)

# One byte is read after each poll: a buffered reader would take more, and the poll would not see it.
sys.stdin = io.TextIOWrapper(io.FileIO(0, "rb", closefd=False))
sys.stdout = io.TextIOWrapper(Output(1, "wb", closefd=False), write_through=True)
runpy.run_path(os.environ["PM_MAIN"], run_name="__main__")
