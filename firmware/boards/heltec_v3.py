# SPDX-License-Identifier: MIT
"""Heltec WiFi LoRa 32 V3: ESP32-S3 behind a CP2102, SX1262. Pins: Heltec's schematic HTIT-WB32LA V3.1."""

NAME = b"Heltec V3"
FREQUENCY = 240_000_000

# The bridge is at UART 0's pins; UART 0 itself is the REPL's, whose ring of 260 bytes drops silently.
UART_TX = 43
UART_RX = 44
BAUD = 115_200
RX_BUFFER = 4096
TX_BUFFER = 2048

WINDOW = 2048

LED = 35
LED_LOW = False

LORA_CHIP = "sx126x"
LORA_SCK = 9
LORA_MOSI = 10
LORA_MISO = 11
LORA_CS = 8
LORA_RESET = 12
LORA_BUSY = 13
LORA_IRQ = 14  # DIO1
LORA_TCXO = True  # 1.8 V
LORA_WAKES = True
LORA_POWER = None
