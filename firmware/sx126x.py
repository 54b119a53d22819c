# SPDX-License-Identifier: MIT
"""Semtech's SX1262 over SPI: commands in, interrupts out; it waits for BUSY and for nothing else.

"DS" is the datasheet DS_SX1261-2_V2.1 of December 2021, with its section. What the methods promise stands in
lora_chip.py.
"""

import time

from lora_chip import (
    BUSY,
    CLEAR,
    DAMAGED,
    HEADER,
    NOTHING,
    PREAMBLE,
    PREAMBLE_LENGTH,
    RECEIVED,
    SENT,
    SYNC_WORD,
    Chip,
)
from machine import Pin
from micropython import const

# Table 13-29 in DS 13.3.1.
_TX_DONE = const(0x0001)
_RX_DONE = const(0x0002)
_PREAMBLE_DETECTED = const(0x0004)
_HEADER_VALID = const(0x0010)
_HEADER_ERROR = const(0x0020)
_CRC_ERROR = const(0x0040)
_CAD_DONE = const(0x0080)
_CAD_DETECTED = const(0x0100)
_IRQS = const(0x01F7)
_ON_DIO1 = const(0x00A3)

_BANDWIDTHS = {125: 4, 250: 5, 500: 6}  # DS 13.4.5

# The band that the image rejection is tuned to, by its lower edge in MHz, DS 9.2.1.
_IMAGES = ((902, b"\x98\xe1\xe9"), (863, b"\x98\xd7\xdb"), (430, b"\x98\x6b\x6f"))

# Peak that counts as a LoRa symbol, by spreading factor from 7 on: AN1200.48 as RM0453 has it, table 36.
_PEAKS = b"\x16\x16\x17\x18\x19\x1c"

_RX_MODE = const(5)  # DS 13.5.1
_BUSY_MS = const(50)  # at the most: what takes longest, calibration, takes 20


class SX126x(Chip):
    """The chip of Heltec's V3 and LILYGO's T3-S3."""

    low = -9  # dBm, DS 13.4.4
    high = 22

    def __init__(self, board):
        super().__init__(board)
        self._busy = Pin(board.LORA_BUSY, Pin.IN)
        self._tcxo = board.LORA_TCXO
        self._answer = bytearray(5)
        self._answers = [memoryview(self._answer)[:n] for n in range(6)]
        self._packet = bytearray((0x8C, 0, PREAMBLE_LENGTH, 0, 0, 1, 0))
        self._modulator = bytearray(b"\x0d\x08\x89\0")
        self._read = bytearray(b"\x1e\0\0")
        self._seen = bytearray(b"\x02\0\0")

    def open(self, kilohertz, width, factor, dbm):
        """In the order of DS 14.2 and 14.3."""
        self._restart(5)
        self._write(b"\x80\0")  # standby
        self._write(b"\x8a\1")  # LoRa
        if self._tcxo:
            # 1.8 V by DIO3, and 5 ms until it is steady, in steps of 15.625 us: DS 13.3.6.
            self._write(b"\x97\x02\x00\x01\x40")
        self._write(b"\x89\x7f")  # calibrate everything, DS 13.1.12
        self._write(b"\x07\0\0")  # with a TCXO one error is always set by then: DS 13.3.6
        self._write(b"\x96\1")  # DC-DC
        self._write(b"\x9d\1")  # DIO2 switches the antenna
        for edge, command in _IMAGES:
            if kilohertz >= edge * 1000:
                self._write(command)
                break
        steps = kilohertz * (1 << 25) // 32_000
        self._write(b"\x86" + steps.to_bytes(4, "big"))
        self._write(b"\x95\4\7\0\1")  # DS 13.1.14: the amplifier for up to 22 dBm
        self._write(bytes((0x8E, dbm & 255, 4)))  # ramp of 200 us
        self._write(bytes((0x8B, factor, _BANDWIDTHS[width], 1, 0)))  # 4/5
        self._write(bytes((0x88, 1, _PEAKS[factor - 7], 10, 0, 0, 0, 0)))  # CAD over 2 symbols, then standby
        self._write(b"\x8f\0\0")
        # As the SX127x has it, with a 4 after each half: DS 12.1, and no other way to hear each other.
        self._write(bytes((0x0D, 0x07, 0x40, SYNC_WORD & 0xF0 | 4, SYNC_WORD << 4 & 0xF0 | 4)))
        self._write(b"\x0d\x08\xac\x96")  # DS 9.6: the more sensitive receiver
        self._set_bits(b"\x1d\x08\xd8\0\0", 0x1E)  # DS 15.2: antennas that do not match
        self._set_bits(b"\x1d\x07\x36\0\0", 0x04)  # DS 15.4: plain IQ
        self._modulator[3] = self._register(b"\x1d\x08\x89\0\0") & 0xFB | (0 if width == 500 else 4)
        self._write(bytes((0x08, _IRQS >> 8, _IRQS & 255, 0, _ON_DIO1, 0, 0, 0, 0)))
        self._ask(b"\x17\0\0\0")
        if self._answer[2] | self._answer[3]:
            raise OSError("the LoRa chip reports errors")

    def listen(self):
        """DS 13.1.5: no timeout."""
        self._write(b"\x80\0")
        self._clear()
        self._packet[4] = 255
        self._write(self._packet)
        self._write(b"\x82\xff\xff\xff")

    def sense(self):
        """For two symbols: DS 13.1.8."""
        self._write(b"\x80\1")
        self._clear()
        self._write(b"\xc5")

    def transmit(self, frame):
        """DS 14.2: the oscillator needs its 5 ms first, as listening has stopped it."""
        self._write(b"\x80\0")
        self._clear()
        self._packet[4] = len(frame)
        self._write(self._packet)
        self._write(self._modulator)  # DS 15.1: before every frame
        self._wait()
        self._send(b"\x0e\0", frame)
        self._write(b"\x83\0\0\0")

    def take(self):
        """DS 13.3.2 to 13.3.4."""
        flags = self._flags()
        if flags == 0:
            return 0
        # Only what was seen, or a frame that ends just now would be lost; what tells of one that is coming in stays.
        seen = flags if flags & _RX_DONE else flags & ~(_PREAMBLE_DETECTED | _HEADER_VALID)
        self._seen[1] = seen >> 8
        self._seen[2] = seen & 255
        self._write(self._seen)
        found = 0
        if flags & _TX_DONE:
            found |= SENT
        if flags & _CAD_DONE:
            found |= BUSY if flags & _CAD_DETECTED else CLEAR
        if flags & (_CRC_ERROR | _HEADER_ERROR):
            found |= DAMAGED
        elif flags & _RX_DONE:
            found |= RECEIVED
        return found

    def read(self, buf):
        """DS 13.5.2 and 13.5.3."""
        self._ask(b"\x13\0\0\0")
        n = self._answer[2]
        self._read[1] = self._answer[3]
        self._ask(b"\x14\0\0\0\0")
        self._strength(-(self._answer[2] >> 1), self._answer[3])
        if n == 0 or n > len(buf):
            return 0
        self._wait()
        self._fetch(self._read, buf)
        return n

    def receiving(self):
        """By the flags that stay until `listen` or a frame."""
        flags = self._flags()
        if flags & _HEADER_VALID:
            return HEADER
        return PREAMBLE if flags & _PREAMBLE_DETECTED else NOTHING

    def level(self):
        """DS 13.5.4."""
        self._ask(b"\x15\0\0")
        return -(self._answer[2] >> 1)

    def listens(self):
        """By the status that comes with any answer: GetStatus right after SetRx has been seen to go wrong."""
        self._flags()
        return self._answer[1] >> 4 & 7 == _RX_MODE

    def _flags(self):
        self._ask(b"\x12\0\0\0")
        return self._answer[2] << 8 | self._answer[3]

    def _clear(self):
        self._write(b"\x02\x03\xff")

    def _set_bits(self, command, bits):
        value = self._register(command) | bits
        self._write(bytes((0x0D, command[1], command[2], value)))

    def _register(self, command):
        self._ask(command)
        return self._answer[4]

    def _write(self, command):
        self._wait()
        self._select(0)
        self._spi.write(command)
        self._select(1)

    def _ask(self, command):
        self._wait()
        self._select(0)
        self._spi.write_readinto(command, self._answers[len(command)])
        self._select(1)

    def _wait(self):
        if not self._busy():
            return
        start = time.ticks_ms()
        while self._busy():
            if time.ticks_diff(time.ticks_ms(), start) > _BUSY_MS:
                raise OSError("the LoRa chip stays busy")
