# SPDX-License-Identifier: MIT
"""The wire to the host: UART 1 behind a USB bridge, or standard input and output on a chip's own USB."""

import select
import sys

import machine


def plug(board):
    """(a stream whose `readinto` never waits, what to poll for it, what to print to)."""
    if board.UART_TX is None:
        return Stdio(), sys.stdin, sys.stdout
    uart = machine.UART(
        1,
        board.BAUD,
        tx=board.UART_TX,
        rx=board.UART_RX,
        rxbuf=board.RX_BUFFER,
        txbuf=board.TX_BUFFER,
        timeout=0,
        timeout_char=0,
    )
    return uart, uart, uart


class Stdio:
    """Standard input and output, which only know how to wait: so one byte after each look."""

    def __init__(self):
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
