# SPDX-License-Identifier: MIT
"""LILYGO T-Beam V1.0 and V1.1: ESP32 behind a bridge, SX1276, AXP192. Pins: LILYGO's T-Beam schematic V1.1."""

NAME = b"T-Beam"
FREQUENCY = 240_000_000
UART_TX = 1
UART_RX = 3
BAUD = 115_200
RX_BUFFER = 4096
TX_BUFFER = 2048
WINDOW = 2048

LED = 4
LED_LOW = True

LORA_CHIP = "sx127x"
LORA_SCK = 5
LORA_MOSI = 27
LORA_MISO = 19
LORA_CS = 18
LORA_RESET = 23
LORA_IRQ = 26  # DIO0

# The AXP192 feeds the chip by LDO2: 3.3 V in the upper half of register 28H, then bit 2 of register 12H.
# Bits are only ever set: one of their neighbours feeds the ESP32.
LORA_WAKES = True
LORA_POWER = (21, 22, 0x34, ((0x28, 0xF0), (0x12, 0x04)))
