# SPDX-License-Identifier: MIT
"""What both simulated LoRa chips do alike: a transaction on the bus, a transmission, a look around, a reception.

Written from the data sheets, not from the driver. What a real chip would take badly, and the driver must never do, is a
ChipError here: it ends the radio.
"""

import alarms
import ether

_PATIENCE_US = 100_000
_NOISE = -119  # dBm, in the receiver's bandwidth


class ChipError(Exception):
    pass


class Chip:
    """Kinds give `_begin`, `_next(byte)` and `_end` of a transaction, `_done(what)` and `_received(...)`."""

    TRANSMITTED = 0
    SENSED_FREE = 1
    SENSED_BUSY = 2

    def __init__(self):
        self.memory = bytearray(256)
        self.powered = True
        self._selected = False
        self._running = True
        self._alarm = alarms.Alarm(self._timer)
        self._then = None
        self._listening_since = None
        ether.join(self._heard)

    # Pins.

    def select(self, level):
        if level == 0 and not self._selected:
            if not self._running:
                raise ChipError("talked to while it is held in reset")
            if self.powered:
                self._begin()
        elif level and self._selected and self.powered:
            self._end()
        self._selected = level == 0

    def reset(self, level):
        if level == 0:
            self._stop()
            self._running = False
        elif not self._running:
            self._running = True
            self._start()

    def exchange(self, byte):
        if not self._selected:
            raise ChipError("bytes on the bus while the chip is not selected")
        return self._next(byte) & 255 if self.powered else 0

    # Modes.

    def symbol_us(self):
        factor, width = self._modulation()
        return (1 << factor) * 1000 // width

    def airtime_us(self, n):
        """AN1200.13, section 4: explicit header, CRC, 4/5."""
        factor, width = self._modulation()
        symbol = self.symbol_us()
        slow = 1 if symbol >= 16_000 else 0
        bits = 8 * n - 4 * factor + 44
        payload = max(-(-bits // (4 * (factor - 2 * slow))) * 5, 0)
        return (4 * (self._preamble() + 8 + payload) + 17) * symbol // 4

    def _stop(self):
        self._alarm.clear()
        self._then = None
        self._listening_since = None

    def _later(self, microseconds, call):
        self._then = call
        self._alarm.set(ether.now() + microseconds)

    def _timer(self):
        call = self._then
        self._then = None
        call()

    def _listen_after(self, delay):
        self._stop()
        self._listening_since = ether.now() + delay

    def _transmit_after(self, delay, n):
        self._stop()
        frame = bytes(self._loaded(n))
        self._later(delay, lambda: self._transmit(frame))

    def _transmit(self, frame):
        ether.transmit(frame)
        self._later(self.airtime_us(len(frame)), lambda: self._done(self.TRANSMITTED))

    def _sense_after(self, delay, symbols):
        self._stop()
        self._later(delay, lambda: self._look_around(symbols * self.symbol_us()))

    def _look_around(self, microseconds):
        ether.sense(microseconds, self._sensed)
        # An ether that is not there: nobody talks, as on a mountain.
        self._later(microseconds + _PATIENCE_US, lambda: self._sensed(False))

    def _sensed(self, busy):
        if self._is_sensing():
            self._stop()
            self._done(self.SENSED_BUSY if busy else self.SENSED_FREE)

    def _heard(self, address, rssi, frame):
        # A receiver that missed no more than the first symbols of the preamble can still lock on.
        since = self._listening_since
        if not self._running or since is None or not self.powered:
            return
        missed = since - (ether.now() - self.airtime_us(len(frame)))
        if missed <= (self._preamble() - 5) * self.symbol_us():
            snr = max(-25 * 4, min(10 * 4, (rssi - _NOISE) * 4))
            self._received(frame, max(rssi, _NOISE), snr)


class Power:
    """A T-Beam's AXP192 on I2C: the radio has power when LDO2 is on, at 3.3 V."""

    ADDRESS = 0x34

    def __init__(self, chip):
        self.registers = {0x28: 0x0F, 0x12: 0x0B}
        self._chip = chip
        self._switch()

    def read(self, register):
        return self.registers[register]

    def write(self, register, value):
        if register == 0x12 and not value & 0x02:
            raise ChipError("DCDC3, which feeds the ESP32, was switched off")
        self.registers[register] = value
        self._switch()

    def _switch(self):
        self._chip.powered = bool(self.registers[0x12] & 4) and self.registers[0x28] >> 4 == 15
