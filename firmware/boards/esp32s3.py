# SPDX-License-Identifier: MIT
"""The ESP32-S3, on its own USB port (CDC)."""

NAME = b"ESP32-S3"
FREQUENCY = 240_000_000  # the stock build starts at 160 MHz

# The cable is standard input and output: USB makes the host wait when the ring is full, nothing is dropped.
UART_TX = None

WINDOW = 1024  # bytes that may be on their way to us unacknowledged: three whole frames

LED = None
LED_LOW = False

LORA_CHIP = None
