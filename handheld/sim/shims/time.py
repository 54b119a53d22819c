# SPDX-License-Identifier: MIT
"""`time` of a radio: ticks that go round at 2^30, as on an ESP32, and start at PM_TICKS."""

import sys

_path = sys.path[:]
sys.path.clear()
from os import getenv
from time import *  # the builtins, as no folder is searched now
from time import ticks_ms as _ticks_ms

sys.path.extend(_path)

_PERIOD = 1 << 30
_offset = int(getenv("PM_TICKS") or "0") - _ticks_ms()


def ticks_ms():
    return (_ticks_ms() + _offset) % _PERIOD


def ticks_add(ticks, delta):
    return (ticks + delta) % _PERIOD


def ticks_diff(end, start):
    return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2
