# SPDX-License-Identifier: MIT
"""`machine` of a radio: the cable's UART on an inherited file descriptor, reset by exit code, pins and buses."""

import io
import os
import sys
import time

import law

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3

RESET_CODE = 75
WATCHDOG_CODE = 76
_CAUSES = {"75": HARD_RESET, "76": WDT_RESET}

_frequency = 160_000_000
_uart = None
_lost = bytearray(64)


def freq(hertz=None):
    global _frequency
    if hertz is None:
        return _frequency
    _frequency = hertz


def reset_cause():
    return _CAUSES.get(os.getenv("PM_EXIT"), PWRON_RESET)


def reset():
    # After an exception the simulated radio stays down, so that somebody looks at it.
    error = sys.exc_info()[1]
    if error is not None:
        sys.print_exception(error, sys.stderr)
        raise SystemExit(1)
    raise SystemExit(RESET_CODE)


class WDT:
    # It cannot strike while the firmware hangs; it strikes at the first feeding that comes too late.
    def __init__(self, id=0, timeout=5000):
        self._timeout = timeout
        self._fed = time.ticks_ms()

    def feed(self):
        now = time.ticks_ms()
        if time.ticks_diff(now, self._fed) > self._timeout:
            raise SystemExit(WATCHDOG_CODE)
        self._fed = now


def lightsleep(milliseconds):
    import esp32

    esp32.rest(milliseconds)
    while _uart is not None and _uart.readinto(_lost):
        pass  # a UART without its clock hears nothing


class UART(io.IOBase):
    def __init__(self, id, baudrate=115200, **others):
        global _uart
        _uart = self
        self._fd = int(os.getenv("PM_UART_FD"))
        self._file = open(self._fd, "r+b", 0)

    def fileno(self):
        return self._fd

    def ioctl(self, request, argument):
        return self._fd if request == 10 else 0  # GET_FILENO: the poll waits in the kernel

    def readinto(self, buf):
        try:
            n = self._file.readinto(buf)
        except OSError:
            # EIO: a pty that nobody has open. The poll does not wait then, so we do.
            time.sleep_ms(10)
            return None
        if n == 0:
            raise SystemExit  # the other end of a socket is gone for good
        return n

    def write(self, buf, n=-1):
        n = len(buf) if n < 0 else n
        try:
            return self._file.write(memoryview(buf)[:n])
        except OSError:
            return n  # a line sends whether or not anybody is there


def __getattr__(name):
    # Only a radio that has a chip on a bus pays for it in memory.
    if name not in ("Pin", "SPI", "I2C"):
        raise AttributeError(name)
    import pins

    return getattr(pins, name)


law.enact()
