# SPDX-License-Identifier: MIT
"""Semtech's SX1276 over SPI: registers, and interrupts on DIO0.

"DS" is the datasheet of the SX1276/77/78/79, rev. 7 of May 2020, with its section, "EN" its errata note of
September 2013. What the methods promise stands in lora_chip.py.
"""

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
from micropython import const

_VERSION = const(0x12)

# Registers of the LoRa page, DS 6.1 and 6.4.
_OP_MODE = const(0x01)
_FRF = const(0x06)
_PA_CONFIG = const(0x09)
_LNA = const(0x0C)
_FIFO_POINTER = const(0x0D)
_FIFO_TX_BASE = const(0x0E)
_FIFO_RX_BASE = const(0x0F)
_FIFO_RX_CURRENT = const(0x10)
_IRQ_MASK = const(0x11)
_IRQ_FLAGS = const(0x12)
_RX_BYTES = const(0x13)
_MODEM_STATUS = const(0x18)
_PACKET_SNR = const(0x19)
_PACKET_RSSI = const(0x1A)
_RSSI = const(0x1B)
_HOP_CHANNEL = const(0x1C)
_MODEM_1 = const(0x1D)
_MODEM_2 = const(0x1E)
_PREAMBLE_MSB = const(0x20)
_PREAMBLE_LSB = const(0x21)
_PAYLOAD_LENGTH = const(0x22)
_MODEM_3 = const(0x26)
_HIGH_BW_1 = const(0x36)
_HIGH_BW_2 = const(0x3A)
_DETECT_OPTIMIZE = const(0x31)
_DETECT_THRESHOLD = const(0x37)
_SYNC = const(0x39)
_DIO_MAPPING = const(0x40)
_CHIP_VERSION = const(0x42)
_PA_DAC = const(0x4D)

_SLEEP = const(0x80)  # modes, with the bit that says LoRa
_STANDBY = const(0x81)
_TRANSMIT = const(0x83)
_RECEIVE = const(0x85)
_SENSE = const(0x87)

# What DIO0 tells, DS 4.1.6 table 18: it is RxDone, TxDone or CadDone by these bits.
_DIO_RX = const(0x00)
_DIO_TX = const(0x40)
_DIO_CAD = const(0x80)

# Bits of the flags.
_RX_DONE = const(0x40)
_CRC_ERROR = const(0x20)
_TX_DONE = const(0x08)
_CAD_DONE = const(0x04)
_CAD_DETECTED = const(0x01)

# Bits of the modem's status, DS 6.4.
_SIGNAL = const(0x03)
_HEADER_INFO = const(0x08)

_CRC_ON = const(0x40)
_BANDWIDTHS = {125: 7, 250: 8, 500: 9}
_LOW_PORT = const(525_000)  # kHz; below, another input, and other numbers: DS 5.5.5


class SX127x(Chip):
    """The chip of TTGO's LoRa32 and T-Beam."""

    low = 2  # dBm at the pin PA_BOOST, the one that boards have wired: DS 3.4.2
    high = 17  # 20 is for one hundredth of the time only: DS 3.4.3

    def __init__(self, board):
        super().__init__(board)
        self._noise = -157
        self._page = 0
        self._out = bytearray(2)
        self._in = bytearray(2)

    def open(self, kilohertz, width, factor, dbm):
        """Registers in any order, after the one that says LoRa."""
        self._restart(6)
        if self._get(_CHIP_VERSION) != _VERSION:
            raise OSError("the LoRa chip does not answer")
        low = kilohertz < _LOW_PORT
        self._noise = -164 if low else -157
        self._page = 8 if low else 0
        self._set(_OP_MODE, 0)  # from FSK to LoRa goes through sleep: DS 4.1.4
        self._mode(_SLEEP)
        self._mode(_STANDBY)
        steps = kilohertz * (1 << 19) // 32_000
        for i in range(3):
            self._set(_FRF + i, steps >> 16 - 8 * i & 255)
        self._set(_PA_CONFIG, 0xF0 | dbm - 2)
        self._set(_PA_DAC, 0x84)
        self._set(_LNA, 0x23)  # the most gain, boosted
        self._set(_FIFO_TX_BASE, 0)
        self._set(_FIFO_RX_BASE, 0)
        self._set(_MODEM_1, _BANDWIDTHS[width] << 4 | 1 << 1)  # 4/5, with a header
        self._set(_MODEM_2, factor << 4 | 1 << 2)  # with a CRC
        self._set(_MODEM_3, 4)  # gain by itself
        self._set(_DETECT_OPTIMIZE, self._get(_DETECT_OPTIMIZE) & 0x78 | 3)  # EN 2.3: bit 7 must be zero
        self._set(_DETECT_THRESHOLD, 0x0A)
        # EN 2.1: 500 kHz is tuned by hand.
        self._set(_HIGH_BW_1, 2 if width == 500 else 3)
        if width == 500:
            self._set(_HIGH_BW_2, 0x7F if low else 0x64)
        self._set(_PREAMBLE_MSB, 0)
        self._set(_PREAMBLE_LSB, PREAMBLE_LENGTH)
        self._set(_SYNC, SYNC_WORD)
        self._set(_IRQ_MASK, 0)

    def listen(self):
        """DS 4.1.5, from a buffer that fills from its beginning."""
        self._mode(_STANDBY)
        self._set(_IRQ_FLAGS, 0xFF)
        self._set(_FIFO_POINTER, 0)
        self._set(_DIO_MAPPING, _DIO_RX)
        self._mode(_RECEIVE)

    def sense(self):
        """For about two symbols: DS 4.1.6.1."""
        self._mode(_STANDBY)
        self._set(_IRQ_FLAGS, 0xFF)
        self._set(_DIO_MAPPING, _DIO_CAD)
        self._mode(_SENSE)

    def transmit(self, frame):
        """DS 4.1.6."""
        self._mode(_STANDBY)
        self._set(_IRQ_FLAGS, 0xFF)
        self._set(_FIFO_POINTER, 0)
        self._set(_PAYLOAD_LENGTH, len(frame))
        self._send(b"\x80", frame)
        self._set(_DIO_MAPPING, _DIO_TX)
        self._mode(_TRANSMIT)

    def take(self):
        """DS 4.1.6; the flags go by being written."""
        flags = self._get(_IRQ_FLAGS)
        if flags == 0:
            return 0
        self._set(_IRQ_FLAGS, flags)
        found = 0
        if flags & _TX_DONE:
            found |= SENT
        if flags & _CAD_DONE:
            found |= BUSY if flags & _CAD_DETECTED else CLEAR
        if flags & _RX_DONE:
            # A header without a CRC is none of ours, or was damaged.
            whole = not flags & _CRC_ERROR and self._get(_HOP_CHANNEL) & _CRC_ON
            found |= RECEIVED if whole else DAMAGED
        return found

    def read(self, buf):
        """DS 4.1.6 and 5.5.5."""
        self._strength(self._noise + self._get(_PACKET_RSSI), self._get(_PACKET_SNR))
        n = self._get(_RX_BYTES)
        if n == 0 or n > len(buf):
            return 0
        self._set(_FIFO_POINTER, self._get(_FIFO_RX_CURRENT))
        self._fetch(b"\0", buf)
        return n

    def receiving(self):
        """By what the modem is doing now."""
        status = self._get(_MODEM_STATUS)
        if status & _HEADER_INFO:
            return HEADER
        return PREAMBLE if status & _SIGNAL == _SIGNAL else NOTHING

    def level(self):
        """DS 5.5.5."""
        return self._noise + self._get(_RSSI)

    def listens(self):
        """By the mode it is in."""
        return self._get(_OP_MODE) == _RECEIVE | self._page

    def _mode(self, mode):
        self._set(_OP_MODE, mode | self._page)

    def _set(self, register, value):
        self._out[0] = register | 0x80
        self._out[1] = value
        self._select(0)
        self._spi.write(self._out)
        self._select(1)

    def _get(self, register):
        self._out[0] = register
        self._out[1] = 0
        self._select(0)
        self._spi.write_readinto(self._out, self._in)
        self._select(1)
        return self._in[1]
