# SPDX-License-Identifier: MIT
"""LILYGO T3-S3 with SX1262: ESP32-S3 on its own USB. Pins: MicroPython's board LILYGO_T3_S3, LILYGO's utilities.h."""

NAME = b"LILYGO T3-S3"
FREQUENCY = 240_000_000
UART_TX = None  # standard input and output, over USB
WINDOW = 1024

LED = 37
LED_LOW = False

LORA_CHIP = "sx126x"
LORA_SCK = 5
LORA_MOSI = 6
LORA_MISO = 3
LORA_CS = 7
LORA_RESET = 8
LORA_BUSY = 34
LORA_IRQ = 33  # DIO1
LORA_TCXO = True  # 1.8 V
LORA_WAKES = False  # none of the pins 0 to 21 that an S3 can be woken by
LORA_POWER = None
