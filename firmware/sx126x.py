# SPDX-License-Identifier: MIT
"""Semtech's SX1262 over SPI: commands in, interrupts out; it waits for BUSY and for nothing else.

"DS" is the datasheet DS_SX1261-2_V2.1 of December 2021, with its section. Nothing is allocated but in `open`.
"""

import time

from machine import SPI, Pin
from micropython import const

# What `take` found, as bits; the same for every chip.
RECEIVED = const(1)
DAMAGED = const(2)
SENT = const(4)
CLEAR = const(8)  # listened: nobody talks
BUSY = const(16)  # listened: somebody does

# What `receiving` found.
NOTHING = const(0)
PREAMBLE = const(1)
HEADER = const(2)

POWER_LOW = const(-9)  # dBm, DS 13.4.4
POWER_HIGH = const(22)

_SYNC = b"\x0d\x07\x40\x44\xd4"  # 0x4D as the SX127x has it, DS 12.1: nobody's whom we know

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
_SPINS = const(20_000)  # looks at BUSY, at least 60 ms: what takes longest, calibration, takes 20
_PREAMBLE_LENGTH = const(16)


class SX126x:
    """The chip on this board's pins. `rssi` in dBm and `snr` in quarters of a dB are the last frame's.

    Every method raises OSError when the chip does not answer.
    """

    def __init__(self, board):
        self._spi = SPI(
            1,
            baudrate=8_000_000,
            sck=Pin(board.LORA_SCK),
            mosi=Pin(board.LORA_MOSI),
            miso=Pin(board.LORA_MISO),
        )
        self._select = Pin(board.LORA_CS, Pin.OUT, value=1)
        self._reset = Pin(board.LORA_RESET, Pin.OUT, value=1)
        self._busy = Pin(board.LORA_BUSY, Pin.IN)
        self.line = Pin(board.LORA_IRQ, Pin.IN)
        self._tcxo = board.LORA_TCXO
        self.rssi = 0
        self.snr = 0
        self._answer = bytearray(5)
        self._answers = [memoryview(self._answer)[:n] for n in range(6)]
        self._packet = bytearray((0x8C, 0, _PREAMBLE_LENGTH, 0, 0, 1, 0))
        self._modulator = bytearray(b"\x0d\x08\x89\0")
        self._read = bytearray(b"\x1e\0\0")
        self._views = []

    def open(self, kilohertz, width, factor, dbm):
        """Reset, and set everything: `width` in kHz, spreading factor, power; takes about 20 ms. DS 14.2."""
        self._reset(0)
        time.sleep_ms(1)
        self._reset(1)
        time.sleep_ms(5)
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
        self._write(b"\x86" + (kilohertz * 16384 // 15625 * 1024 + kilohertz * 16384 % 15625 * 1024 // 15625).to_bytes(4, "big"))
        self._write(b"\x95\4\7\0\1")  # DS 13.1.14: the amplifier for up to 22 dBm
        self._write(bytes((0x8E, dbm & 255, 4)))  # ramp of 200 us
        self._write(bytes((0x8B, factor, _BANDWIDTHS[width], 1, 0)))  # 4/5
        self._write(bytes((0x88, 1, _PEAKS[factor - 7], 10, 0, 0, 0, 0)))  # CAD over 2 symbols, then standby
        self._write(b"\x8f\0\0")
        self._write(_SYNC)
        self._write(b"\x0d\x08\xac\x96")  # DS 9.6: the more sensitive receiver
        self._set_bits(b"\x1d\x08\xd8\0\0", 0x1E)  # DS 15.2: antennas that do not match
        self._set_bits(b"\x1d\x07\x36\0\0", 0x04)  # DS 15.4: plain IQ
        self._modulator[3] = self._register(b"\x1d\x08\x89\0\0") & 0xFB | (0 if width == 500 else 4)
        self._write(bytes((0x08, _IRQS >> 8, _IRQS & 255, 0, _ON_DIO1, 0, 0, 0, 0)))
        self._ask(b"\x17\0\0\0")
        if self._answer[2] | self._answer[3]:
            raise OSError("the LoRa chip reports errors")

    def listen(self):
        """Receive until told otherwise. What was under way is given up."""
        self._write(b"\x80\1")
        self._clear()
        self._packet[4] = 255
        self._write(self._packet)
        self._write(b"\x82\xff\xff\xff")

    def sense(self):
        """Listen for two symbols whether somebody talks: CLEAR or BUSY comes. DS 13.1.8"""
        self._write(b"\x80\1")
        self._clear()
        self._write(b"\xc5")

    def transmit(self, frame):
        """Put a frame on the air: SENT comes."""
        self._write(b"\x80\1")
        self._clear()
        self._packet[4] = len(frame)
        self._write(self._packet)
        self._write(self._modulator)  # DS 15.1: before every frame
        self._wait()
        self._select(0)
        self._spi.write(b"\x0e\0")
        self._spi.write(frame)
        self._select(1)
        self._write(b"\x83\0\0\0")

    def take(self):
        """What happened since, as bits."""
        flags = self._flags()
        if flags == 0:
            return 0
        self._write(b"\x02\x01\xf7" if flags & _RX_DONE else b"\x02\x01\xe3")
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
        """The frame received into `buf`, at most its length; how long it is."""
        self._ask(b"\x13\0\0\0")
        n = self._answer[2]
        self._read[1] = self._answer[3]
        self._ask(b"\x14\0\0\0\0")
        rssi = self._answer[2]
        snr = self._answer[3]
        self.snr = snr - 256 if snr > 127 else snr
        # Below the noise the strength measured is that of the noise: DS 13.5.3.
        self.rssi = -(rssi >> 1) + (self.snr >> 2 if self.snr < 0 else 0)
        if n == 0 or n > len(buf):
            return 0
        self._wait()
        self._select(0)
        self._spi.write(self._read)
        self._spi.readinto(self._view(buf, n))
        self._select(1)
        return n

    def receiving(self):
        """Whether a frame is coming in: NOTHING, PREAMBLE or HEADER. A preamble may be a mistake."""
        flags = self._flags()
        if flags & _HEADER_VALID:
            return HEADER
        return PREAMBLE if flags & _PREAMBLE_DETECTED else NOTHING

    def level(self):
        """What is heard right now, in dBm. DS 13.5.4"""
        self._ask(b"\x15\0\0")
        return -(self._answer[2] >> 1)

    def listens(self):
        """Whether it is really receiving."""
        # By the status that comes with any answer: GetStatus itself right after SetRx has been seen to go wrong.
        self._flags()
        return self._answer[1] >> 4 & 7 == _RX_MODE

    def _flags(self):
        self._ask(b"\x12\0\0\0")
        return self._answer[2] << 8 | self._answer[3]

    def _clear(self):
        self._write(b"\x02\x03\xff")

    def _view(self, buf, n):
        # A view of each length, made once: a slice for each frame would be garbage.
        if not self._views:
            view = memoryview(buf)
            self._views = [view[:length] for length in range(len(buf) + 1)]
        return self._views[n]

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
        for _ in range(_SPINS):
            if not self._busy():
                return
        raise OSError("the LoRa chip stays busy")
