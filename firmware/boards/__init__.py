# SPDX-License-Identifier: MIT
"""Pins and parameters, one file for each board; nothing here does anything.

LED: the pin of its light, None where boards differ; LED_LOW: whether it shines at 0. LORA_CHIP: which LoRa chip it
has, None for ESP-NOW alone; LORA_TCXO: whether the chip feeds a crystal oscillator by DIO3; LORA_WAKES: whether
LORA_IRQ is a pin that can wake the ESP32; LORA_POWER: what must be switched on first, as SDA, SCL, address, and bits to set in registers.
"""

import os

FILE = "board"  # its one line is a board's name: a chip cannot tell what is soldered beside it


def this():
    """The parameters of the board we run on: by the file that flashing left, else by its chip's name."""
    try:
        with open(FILE) as file:
            name = file.read().strip()
    except OSError:
        # The last word of the machine's name.
        name = os.uname().machine.split()[-1].replace("-", "").lower()
    return getattr(__import__("boards." + name), name)
