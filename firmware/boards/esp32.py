# SPDX-License-Identifier: MIT
"""The classic ESP32, on boards with a USB to serial bridge (CP210x, CH34x) at UART 0's pins."""

NAME = b"ESP32"
FREQUENCY = 240_000_000  # the stock build starts at 160 MHz

# UART 0 is the REPL's, whose ring of 260 bytes drops silently. So UART 1 takes over its pins.
UART_TX = 1
UART_RX = 3
BAUD = 115_200
RX_BUFFER = 4096
TX_BUFFER = 2048

WINDOW = 2048  # bytes that may be on their way to us unacknowledged: half of what the port holds

LED = 2  # DOIT's and NodeMCU's; boards without a light have nothing at this pin
LED_LOW = False

LORA_CHIP = None
