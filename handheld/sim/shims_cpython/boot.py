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


def ticks_us():
    return time.monotonic_ns() // 1000


def sleep_us(microseconds):
    time.sleep(microseconds / 1_000_000)


def uname():
    return _Uname("esp32", "esp32", "", "simulated", os.environ["PM_MACHINE"])


def print_exception(error, stream):
    text = "".join(traceback.format_exception(error))
    stream.write(text if isinstance(stream, io.TextIOBase) else text.encode())


def mem_free():
    return 0


_poll = select.poll
_Uname = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))


def lend(module, **names):
    for name, value in names.items():
        setattr(module, name, value)


for _name in ("ptr8", "ptr16", "ptr32", "uint"):
    setattr(builtins, _name, lambda value: value)
lend(os, uname=uname)
lend(sys, print_exception=print_exception)
lend(gc, mem_free=mem_free)
lend(select, poll=Poller)
lend(time, ticks_us=ticks_us, sleep_us=sleep_us)
# By these names the shims ask for the interpreter's own; what they make of it then takes its place.
sys.modules.update(uos=os, utime=time, uselect=select)
import ticks
import waiting

lend(select, poll=waiting.poll)
for _name in ("ticks_ms", "ticks_us", "ticks_add", "ticks_diff", "sleep_ms", "sleep_us"):
    setattr(time, _name, getattr(ticks, _name))

# One byte is read after each poll: a buffered reader would take more, and the poll would not see it.
sys.stdin = io.TextIOWrapper(io.FileIO(0, "rb", closefd=False))
sys.stdout = io.TextIOWrapper(Output(1, "wb", closefd=False), write_through=True)
runpy.run_path(os.environ["PM_MAIN"], run_name="__main__")
