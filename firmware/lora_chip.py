# SPDX-License-Identifier: MIT
"""What both kinds of LoRa chip have in common: the bus, and the words for what they found."""

import time

from machine import SPI, Pin
from micropython import const

# What `take` found, as bits.
RECEIVED = const(1)
DAMAGED = const(2)
SENT = const(4)
CLEAR = const(8)  # listened: nobody talks
BUSY = const(16)  # listened: somebody does

# What `receiving` found.
NOTHING = const(0)
PREAMBLE = const(1)
HEADER = const(2)

PREAMBLE_LENGTH = const(16)  # symbols
SYNC_WORD = const(0x4D)  # of no network that we know of: LoRaWAN has 0x34 and 0x12, Meshtastic 0x2B


class Chip:
    """One chip on this board's pins. `rssi` in dBm and `snr` in quarters of a dB are the last frame's.

    After `open` it does one thing at a time: `listen`, `sense` or `transmit`. `line` goes up when `take` would
    find something. None of them waits for more than the chip's bus, none allocates, each raises OSError when
    the chip does not answer. A kind sets `low` and `high`, its power in dBm, and fills in what is left open here.
    """

    def __init__(self, board):
        self._spi = SPI(
            1,
            baudrate=8_000_000,  # both take 10 MHz and more
            sck=Pin(board.LORA_SCK),
            mosi=Pin(board.LORA_MOSI),
            miso=Pin(board.LORA_MISO),
        )
        self._select = Pin(board.LORA_CS, Pin.OUT, value=1)
        self._reset = Pin(board.LORA_RESET, Pin.OUT, value=1)
        self.line = Pin(board.LORA_IRQ, Pin.IN)
        self.rssi = 0
        self.snr = 0

    def open(self, kilohertz, width, factor, dbm):
        """Reset it and set everything: bandwidth in kHz, spreading factor, power. Takes 10 to 30 ms."""
        raise NotImplementedError

    def listen(self):
        """Receive until told otherwise: RECEIVED or DAMAGED comes. What was under way is given up."""
        raise NotImplementedError

    def sense(self):
        """Listen for a moment whether anybody talks: CLEAR or BUSY comes."""
        raise NotImplementedError

    def transmit(self, frame):
        """Put a frame on the air: SENT comes."""
        raise NotImplementedError

    def take(self):
        """What happened since, as bits; it will not be told again."""
        raise NotImplementedError

    def read(self, buf):
        """The frame received into `buf`; its length, 0 if there is none that fits."""
        raise NotImplementedError

    def receiving(self):
        """Whether a frame is coming in: NOTHING, PREAMBLE or HEADER. A preamble may be a mistake."""
        raise NotImplementedError

    def level(self):
        """What is heard right now, in dBm."""
        raise NotImplementedError

    def listens(self):
        """Whether it is really receiving."""
        raise NotImplementedError

    def _restart(self, milliseconds):
        self._reset(0)
        time.sleep_ms(1)
        self._reset(1)
        time.sleep_ms(milliseconds)

    def _strength(self, measured, snr):
        """Keep what was measured of a frame: dBm, and the chip's byte of quarters of a dB."""
        self.snr = snr - 256 if snr > 127 else snr
        # Below the noise, what was measured is the noise.
        self.rssi = measured + (self.snr >> 2 if self.snr < 0 else 0)

    def _send(self, command, data):
        self._select(0)
        self._spi.write(command)
        self._spi.write(data)
        self._select(1)

    def _fetch(self, command, buf):
        # All of `buf`, as a view of just the frame would be garbage: what follows the frame is of no frame.
        self._select(0)
        self._spi.write(command)
        self._spi.readinto(buf)
        self._select(1)
