# SPDX-License-Identifier: MIT
"""The ESP32-S3, on its own USB port (CDC)."""

NAME = b"ESP32-S3"
FREQUENCY = 240_000_000  # the stock build starts at 160 MHz

# The cable is standard input and output: USB makes the host wait when the ring is full, nothing is dropped.
UART_TX = None
UART_RX = None
BAUD = 0
RX_BUFFER = 0

# Bytes that may be on their way to us unacknowledged: they are read one by one, so few.
WINDOW = 1024
