# SPDX-License-Identifier: MIT
"""A simulated SX1276: registers, DIO0 and a buffer, after its data sheet (rev. 7)."""

import ether
from chip import Chip, ChipError

_SLEEP = 0
_STANDBY = 1
_TX = 3
_RX = 5
_CAD = 7
_LORA = 0x80

_TX_DONE = 0x08
_RX_DONE = 0x40
_CAD_DONE = 0x04
_CAD_DETECTED = 0x01
_BY_MAPPING = {0: _RX_DONE, 1: _TX_DONE, 2: _CAD_DONE}

_WIDTHS = {7: 125, 8: 250, 9: 500}
_START_US = 6000  # after a reset nothing answers for 5 ms
_AFTER_RESET = {
    0x01: 0x09,
    0x31: 0xC3,
    0x37: 0x0A,
    0x39: 0x12,
    0x42: 0x12,
    0x4D: 0x84,
    0x36: 0x03,
    0x21: 8,
    0x0E: 0x80,
}
_WRITABLE = (
    0x00,
    0x01,
    0x06,
    0x07,
    0x08,
    0x09,
    0x0C,
    0x0D,
    0x0E,
    0x0F,
    0x11,
    0x12,
    0x1D,
    0x1E,
    0x20,
    0x21,
    0x22,
    0x26,
    0x31,
    0x36,
    0x37,
    0x39,
    0x3A,
    0x40,
    0x4D,
)
_FREE = (0x01, 0x0D, 0x11, 0x12, 0x22, 0x40)  # the rest is set in standby or sleep only


class SX1276(Chip):
    def __init__(self):
        self.level_dbm = -120
        self.stuck = False
        self._start()
        super().__init__()

    def _start(self):
        self.registers = bytearray(128)
        for register, value in _AFTER_RESET.items():
            self.registers[register] = value
        self.mode = _STANDBY
        self._ready_at = ether.now() + _START_US
        self._address = -1
        self._write = False

    def line(self):
        wanted = _BY_MAPPING.get(self.registers[0x40] >> 6, 0)
        return 1 if self.registers[0x12] & wanted & ~self.registers[0x11] else 0

    def _begin(self):
        if ether.now() < self._ready_at - 1000:
            raise ChipError("talked to too early after a reset")
        self._address = -1

    def _end(self):
        if self._address < 0 and not self.stuck:
            raise ChipError("an empty transaction")

    def _next(self, byte):
        if self.stuck:
            return 0xFF
        if self._address < 0:
            self._address = byte & 0x7F
            self._write = byte > 0x7F
            return 0
        register = self._address
        if register:
            self._address += 1
            if self._write:
                self._set(register, byte)
                return 0
            return self._get(register)
        return self._fifo(byte)

    def _fifo(self, byte):
        if self.mode not in (_STANDBY, _RX):
            raise ChipError("the buffer in mode %d" % self.mode)
        at = self.registers[0x0D]
        self.registers[0x0D] = at + 1 & 255
        if self._write:
            self.memory[at] = byte
            return 0
        return self.memory[at]

    def _get(self, register):
        return self.level_dbm + self._offset() & 255 if register == 0x1B else self.registers[register]

    def _set(self, register, value):
        if register not in _WRITABLE:
            raise ChipError("register %#x is not to be written" % register)
        if self.mode not in (_STANDBY, _SLEEP) and register not in _FREE:
            raise ChipError("register %#x in mode %d" % (register, self.mode))
        if register == 0x12:
            self.registers[0x12] &= ~value
        elif register == 0x01:
            self._enter(value)
        else:
            self.registers[register] = value

    def _enter(self, value):
        if (value ^ self.registers[0x01]) & _LORA and self.mode != _SLEEP and value & 7 != _SLEEP:
            raise ChipError("from FSK to LoRa without sleep")
        if value & 7 == _SLEEP and value & _LORA and not self.registers[0x01] & _LORA and self.mode != _SLEEP:
            raise ChipError("into LoRa's sleep from FSK's standby")
        if value & 7 not in (_SLEEP, _STANDBY, _TX, _RX, _CAD):
            raise ChipError("mode %d" % (value & 7))
        if value & 7 in (_TX, _RX, _CAD) and not value & _LORA:
            raise ChipError("FSK")
        self.registers[0x01] = value
        before, self.mode = self.mode, value & 7
        self._stop()
        if self.mode in (_TX, _CAD) and before != _STANDBY:
            raise ChipError("mode %d from mode %d" % (self.mode, before))
        if self.mode == _RX:
            self._listen_after(100)
        elif self.mode == _TX:
            self._transmit_after(100, self.registers[0x22])
        elif self.mode == _CAD:
            self._sense_after(100, 2)

    def _offset(self):
        return 164 if self.registers[0x01] & 8 else 157

    def _modulation(self):
        if self.registers[0x1D] & 0x0F != 2 or self.registers[0x1E] & 0x0F != 4 or self.registers[0x26] & 8:
            raise ChipError("not 4/5 with a header and a CRC, or slow")
        return self.registers[0x1E] >> 4, _WIDTHS[self.registers[0x1D] >> 4]

    def _preamble(self):
        return self.registers[0x20] << 8 | self.registers[0x21]

    def _loaded(self, n):
        first = self.registers[0x0E]
        return self.memory[first : first + n]

    def _is_sensing(self):
        return self.mode == _CAD

    def _done(self, what):
        self.mode = _STANDBY
        self.registers[0x01] = self.registers[0x01] & 0xF8 | _STANDBY
        if what == self.TRANSMITTED:
            self.registers[0x12] |= _TX_DONE
        else:
            self.registers[0x12] |= _CAD_DONE | (_CAD_DETECTED if what == self.SENSED_BUSY else 0)

    def _received(self, frame, rssi, snr):
        first = self.registers[0x0F]
        self.memory[first : first + len(frame)] = frame
        self.registers[0x10] = first
        self.registers[0x13] = len(frame)
        self.registers[0x19] = snr & 255
        self.registers[0x1A] = rssi + self._offset() & 255
        self.registers[0x1C] = 0x40
        self.registers[0x12] |= _RX_DONE | 0x10
