# SPDX-License-Identifier: MIT
"""The wire to the host: UART 1 behind a USB bridge, or standard input and output on a chip's own USB."""

import select
import sys

import machine


def plug(board):
    """The board's cable: `readinto` never waits, `write` takes all, `source` is what to poll."""
    if board.UART_TX is None:
        return Stdio()
    uart = machine.UART(
        1, board.BAUD, tx=board.UART_TX, rx=board.UART_RX, rxbuf=board.RX_BUFFER, timeout=0, timeout_char=0
    )
    return Wire(uart)


class Wire:
    """A UART whose driver collects bytes in the background."""

    def __init__(self, uart):
        self.source = uart
        self.readinto = uart.readinto
        self.write = uart.write


class Stdio:
    """Standard input and output, which only know how to wait: so one byte after each look."""

    def __init__(self):
        self.source = sys.stdin
        self.write = sys.stdout.buffer.write
        self._read = sys.stdin.buffer.readinto
        self._byte = bytearray(1)
        self._poller = select.poll()
        self._poller.register(sys.stdin, select.POLLIN)

    def readinto(self, buf):
        """What is there, at most len(buf) bytes; how many."""
        n = 0
        while n < len(buf) and self._waits():
            # Nothing where something waits is the end of a file: the simulator has let go of the cable.
            if not self._read(self._byte):
                raise SystemExit
            buf[n] = self._byte[0]
            n += 1
        return n

    def _waits(self):
        for _ in self._poller.ipoll(0):
            return True
        return False
