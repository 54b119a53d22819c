# SPDX-License-Identifier: MIT
"""The ESP32-C3, on its own USB port (USB-Serial-JTAG)."""

NAME = b"ESP32-C3"
FREQUENCY = 160_000_000  # as fast as it goes

# The cable is standard input and output: USB makes the host wait when the ring is full, nothing is dropped.
UART_TX = None
UART_RX = None
BAUD = 0
RX_BUFFER = 0

# Bytes that may be on their way to us unacknowledged: they are read one by one, so few.
WINDOW = 1024
