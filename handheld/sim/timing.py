"""The one clock that all processes of the village share."""

import os
import sys
import time
from pathlib import Path

STARTTIME = 19
"""Of the fields after the command's name in /proc/PID/stat: clock ticks from boot to the start (proc(5))."""


def microseconds() -> int:
    """CLOCK_MONOTONIC: the same in every process of this machine."""
    return time.monotonic_ns() // 1000


def process_start_us() -> int:
    """When this process was started, on the clock of `microseconds`; now, where the system does not tell."""
    now_us = microseconds()
    if sys.platform != "linux":
        return now_us
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    ticks = int(fields[STARTTIME])
    started_us = ticks * 1_000_000 // os.sysconf("SC_CLK_TCK")
    age_us = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000 - started_us
    return now_us - max(0, age_us)
