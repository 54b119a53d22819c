# SPDX-License-Identifier: MIT
"""The ESP32-C3, on its own USB port (USB-Serial-JTAG)."""

NAME = b"ESP32-C3"
FREQUENCY = 160_000_000  # as fast as it goes

# The cable is standard input and output: USB makes the host wait when the ring is full, nothing is dropped.
UART_TX = None

WINDOW = 1024  # bytes that may be on their way to us unacknowledged: three whole frames

LED = None
LED_LOW = False

LORA_CHIP = None
