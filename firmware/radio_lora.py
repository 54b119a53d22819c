# SPDX-License-Identifier: MIT
"""LoRa: listens before it talks, one frame at a time, as strong and as often as the region's law allows.

    listening --send--> sensing --nobody--> [quiet, where a law wants it] --> clear --send--> sending --> listening
                           `-- somebody: listening again, for a random while before the next try

Nothing waits: the chip raises its line when it is done, and the main loop's poll looks at that line. On an ESP32 poll
asks each source, then sleeps until its timeout or until an interrupt's handler is to be run, and asks again
(MicroPython's extmod/modselect.c): so `Line` needs a handler that does nothing, and no period to look at.
"""

import io

from lora_chip import BUSY, CLEAR, DAMAGED, HEADER, NOTHING, PREAMBLE_LENGTH, RECEIVED, SENT
from machine import I2C, Pin
from micropython import const

import regions
from duty import Duty
from radio import Radio
from slots import HALF, TICKS
from wire_tables import AIR_FRAME_MAX, RADIO_LORA

_LISTENING = const(0)
_SENSING = const(1)
_QUIET = const(2)
_CLEAR = const(3)
_SENDING = const(4)

_POLL = const(3)  # MP_STREAM_POLL in py/stream.h
_MUTE = const(1000)  # ms between two looks whether there is a region at last
_START = const(5)  # ms until the chip's oscillator is steady
_SLACK = const(250)  # ms beyond what the chip needs; one that is later hangs
_BACKOFFS = const(16)
_HUSH = const(6)  # ms of silence that a law wants before a transmission, and one more
_PAUSE = const(50)  # ms after one, where it wants that: JP920
_NOISES = {125: 51, 250: 54, 500: 57}  # dB, of a bandwidth in kHz
_WEAKEST = const(-128)  # dBm, of what fits into the cable's HEARD


def chip_of(board):
    """The driver of this board's chip; only that one takes room in memory."""
    if board.LORA_CHIP == "sx126x":
        from sx126x import SX126x

        return SX126x(board)
    from sx127x import SX127x

    return SX127x(board)


def power_up(board):
    """Switch on what feeds the chip, where a board has that."""
    if board.LORA_POWER is None:
        return
    sda, scl, address, switches = board.LORA_POWER
    bus = I2C(0, sda=Pin(sda), scl=Pin(scl))
    value = bytearray(1)
    for register, bits in switches:
        bus.readfrom_mem_into(address, register, value)
        value[0] |= bits
        bus.writeto_mem(address, register, value)


class Line(io.IOBase):
    """The chip's line as something that poll can look at."""

    def __init__(self, pin):
        self._pin = pin
        pin.irq(_wake, Pin.IRQ_RISING)

    def ioctl(self, request, argument):
        """Whether there is something to be had from the chip."""
        if request != _POLL:
            return -1
        return argument & 1 if self._pin() else 0


def _wake(pin):
    # That it is to be run is what ends the poll's sleep.
    pass


class LoRa(Radio):
    """The radio of a board with such a chip.

    `snr` is the last frame's in quarters of a dB. `damaged` counts frames whose CRC was wrong, `crowded` how
    often somebody else talked, `revived` how often the chip had to be reset.
    """

    kind = RADIO_LORA
    spread = 10  # as a frame takes long, and few are on the air within one window

    def __init__(self, chip, settings, random, now):
        super().__init__(AIR_FRAME_MAX)
        self._chip = chip
        self._settings = settings
        self._random = random
        self._factor = regions.PRESETS[settings.preset][settings.width()]
        self._symbol = (1 << self._factor) * 1000 // settings.width()
        self._longest = self.airtime(self.mtu) // 1000
        self._limit = 0
        if settings.region:
            self.duty = Duty(settings.duty(), settings.kept, settings.keep, now)
            self._limit = settings.band()[regions.SENSE]
        self.channel = settings.channel
        # Thermal noise in this bandwidth, 6 dB of the receiver's own, and how far below a symbol is still told:
        # SX1262 data sheet, table 6-1.
        self.floor = -174 + _NOISES[settings.width()] + 6 - (15 + 5 * (self._factor - 7)) // 2
        self.source = Line(chip.line)
        self.snr = 0
        self.damaged = 0
        self.crowded = 0
        self.revived = 0
        self._state = _LISTENING
        self._until = 0
        self._give_way = False
        self._coming = False
        self._coming_at = 0
        self._hushed = False

    def start(self):
        """Set up the chip and listen. OSError when it does not answer."""
        settings = self._settings
        # Without a region it listens where its chip surely can; it will not transmit.
        kilohertz = settings.kilohertz() or 869_525
        self._chip.open(kilohertz, settings.width(), self._factor, settings.power)
        self._listen()

    def airtime(self, n):
        """Microseconds: AN1200.13, section 4, with a header, a CRC, 4/5, and symbols below 16 ms."""
        factor = 4 * self._factor
        bits = 8 * n - factor + 44
        payload = 5 * ((bits + factor - 1) // factor) if bits > 0 else 0
        return (4 * (PREAMBLE_LENGTH + 8 + payload) + 17) * self._symbol // 4

    def receive(self):
        """Take the next frame into `heard`; its length, 0 when there is none."""
        try:
            return self._serve()
        except OSError:
            self._revive()
            return 0

    def send(self, frame, now):
        """Transmit, or begin to listen for a place to; whether it went out."""
        try:
            return self._send(frame, now)
        except OSError:
            self._revive()
            return False

    def wait(self, now):
        """Milliseconds until the next frame may be sent, or the chip should have told something; 0: now."""
        if self.duty is None:
            return _MUTE
        try:
            return self._wait(now)
        except OSError:
            self._revive()
            return _MUTE

    def deadline(self, now):
        """Milliseconds until it wants a turn, whatever its line says; -1: it does not."""
        if self._state == _LISTENING:
            return -1
        if self._state == _SENSING or self._state == _SENDING:
            return self._left(now)
        return 0 if self._state == _CLEAR else 1

    def worn(self):
        """Once a second: a chip that fell out of receiving is reset. The radio itself goes on."""
        try:
            if self._state == _LISTENING and not self._chip.listens():
                self._revive()
        except OSError:
            self._revive()
        return False

    def _serve(self):
        chip = self._chip
        if self._state == _CLEAR:
            self._listen()  # there was nothing to send after all
        if not chip.line():
            return 0
        found = chip.take()
        if found & DAMAGED:
            self.damaged += 1
            self._coming = False
        if found & CLEAR and self._state == _SENSING:
            self._found_clear()
        elif found & (SENT | BUSY):
            self._give_way = found & BUSY != 0
            self._listen()
        if not found & RECEIVED:
            return 0
        self._coming = False
        n = chip.read(self.heard)
        self.rssi = max(_WEAKEST, chip.rssi)
        self.snr = chip.snr
        return n

    def _found_clear(self):
        if not self._limit:
            self._state = _CLEAR
            return
        self._listen()
        self._state = _QUIET
        self._hushed = False

    def _send(self, frame, now):
        chip = self._chip
        if self.duty is None:
            return False
        if self._state == _CLEAR:
            us = self.airtime(len(frame))
            self.duty.spend(us, now)
            chip.transmit(frame)
            self._until = (now + us // 1000 + _START + _SLACK) & TICKS
            self._state = _SENDING
            self._pause(now, us // 1000 + _START + (_PAUSE if self._limit else 1))
            return True
        if self._is_coming(now):
            self._back_off(now)
            return False
        chip.sense()
        self._until = (now + self._look() + _SLACK) & TICKS
        self._state = _SENSING
        return False

    def _wait(self, now):
        if self._state == _CLEAR:
            return 0
        if self._state == _QUIET:
            return self._hush(now)
        if self._state != _LISTENING:
            left = self._left(now)
            if left:
                return left
            self._revive()
        if self._give_way:
            self._back_off(now)
        return super().wait(now)

    def _hush(self, now):
        if not self._hushed:
            self._hushed = True
            self._until = (now + _HUSH) & TICKS
        if self._chip.level() > self._limit:
            self._state = _LISTENING
            self._back_off(now)
            return super().wait(now)
        if self._left(now):
            return 1
        self._state = _CLEAR
        return 0

    def _is_coming(self, now):
        # To listen for others now would lose the frame that is coming in; but what looks like one may be noise.
        coming = self._chip.receiving()
        if coming == NOTHING:
            self._coming = False
            return False
        if not self._coming:
            self._coming = True
            self._coming_at = now
        patience = self._longest if coming == HEADER else 2 * PREAMBLE_LENGTH * self._symbol // 1000
        return (now - self._coming_at) & TICKS <= patience

    def _back_off(self, now):
        self._give_way = False
        self.crowded += 1
        self._pause(now, self._look() * (1 + self._random(_BACKOFFS)))

    def _look(self):
        """Milliseconds that a look around takes: two symbols, and the start."""
        return 2 * self._symbol // 1000 + 1 + _START

    def _left(self, now):
        left = (self._until - now) & TICKS
        return left if left < HALF else 0

    def _listen(self):
        self._chip.listen()
        self._state = _LISTENING
        self._coming = False

    def _revive(self):
        self.revived += 1
        self._give_way = False
        self.start()
