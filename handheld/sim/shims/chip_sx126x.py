# SPDX-License-Identifier: MIT
"""A simulated SX1262: commands, BUSY, DIO1 and a buffer, after its data sheet (DS_SX1261-2 rev. 2.1)."""

import ether
from chip import Chip, ChipError

_RC = 2
_XOSC = 3
_RX = 5
_TX = 6
_CAD = 0  # while it listens the status says nothing that can be relied on

_TX_DONE = 1
_RX_DONE = 2
_CAD_DONE = 0x80
_CAD_DETECTED = 0x100

_WIDTHS = {4: 125, 5: 250, 6: 500}
_BUSY_US = 100  # after most commands
_STEP = 15.625  # us
_REGISTERS = {0x0740: 0x14, 0x0741: 0x24, 0x08AC: 0x94, 0x08D8: 0xC8, 0x0736: 0x09, 0x0889: 0x01}

_WRITES = {
    0x02: 2,
    0x07: 2,
    0x08: 8,
    0x80: 1,
    0x82: 3,
    0x83: 3,
    0x86: 4,
    0x88: 7,
    0x89: 1,
    0x8A: 1,
    0x8B: 4,
    0x8C: 6,
    0x8E: 2,
    0x8F: 2,
    0x95: 4,
    0x96: 1,
    0x97: 4,
    0x98: 2,
    0x9D: 1,
    0xC5: 0,
}
_STANDING = (0x86, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8E, 0x8F, 0x95, 0x96, 0x97, 0x98, 0xC5)


class SX1262(Chip):
    def __init__(self):
        self.level_dbm = -120
        self.stuck = False
        self._start()
        super().__init__()

    def _start(self):
        self.mode = _RC
        self.registers = dict(_REGISTERS)
        self.settings = {}
        self.irq = 0
        self.errors = 0
        self._irq_mask = self._dio1_mask = 0
        self._quiet_at = ether.now() + 3500
        self._tcxo_us = 0
        self._sent = bytearray()
        self._payload = (0, 0)
        self._packet = (0, 0)
        self._writing = 0

    # Pins.

    def busy(self):
        return 1 if self.stuck or ether.now() < self._quiet_at else 0

    def line(self):
        return 1 if self.irq & self._dio1_mask else 0

    # A transaction: a command and its bytes.

    def _begin(self):
        if self.busy():
            raise ChipError("a command while BUSY is high")
        self._sent = bytearray()

    def _next(self, byte):
        self._sent.append(byte)
        at = len(self._sent) - 1
        command = self._sent[0]
        if command == 0x1E and at >= 3:
            return self.memory[self._sent[1] + at - 3 & 255]
        if command == 0x1D and at >= 4:
            return self.registers.get((self._sent[1] << 8 | self._sent[2]) + at - 4, 0)
        answer = self._answer(command)
        # The status comes first, or again and again where there is no answer.
        return answer[at - 2] if answer and 2 <= at < 2 + len(answer) else self.mode << 4 | 2

    def _answer(self, command):
        if command == 0x12:
            return (self.irq >> 8, self.irq & 255)
        if command == 0x13:
            return self._payload
        if command == 0x14:
            return self._packet + (0,)
        if command == 0x15:
            return (-2 * self.level_dbm,)
        return (self.errors >> 8, self.errors & 255) if command == 0x17 else ()

    def _end(self):
        command, values = self._sent[0], bytes(self._sent[1:])
        self._quiet_at = ether.now() + _BUSY_US
        if command in (0x12, 0x13, 0x14, 0x15, 0x17, 0x1D, 0x1E):
            return
        if command == 0x0E:
            self._write_buffer(values)
        elif command == 0x0D:
            self._write_registers(values)
        else:
            self._command(command, values)

    def _write_buffer(self, values):
        if self.mode not in (_RC, _XOSC):
            raise ChipError("the buffer is written while the radio uses it")
        for i, value in enumerate(values[1:]):
            self.memory[values[0] + i & 255] = value

    def _write_registers(self, values):
        first = values[0] << 8 | values[1]
        for i, value in enumerate(values[2:]):
            if first + i not in self.registers:
                raise ChipError("register %#x" % (first + i))
            self.registers[first + i] = value

    def _command(self, command, values):
        if len(values) != _WRITES.get(command, -1):
            raise ChipError("command %#x with %d bytes" % (command, len(values)))
        if command in _STANDING and self.mode not in (_RC, _XOSC):
            raise ChipError("command %#x in mode %d" % (command, self.mode))
        if (
            command not in (0x80, 0x8A, 0x02, 0x07, 0x97, 0x89, 0x96, 0x9D)
            and self.settings.get(0x8A) != b"\1"
        ):
            raise ChipError("command %#x before LoRa was chosen" % command)
        self.settings[command] = values
        if command in _ACTIONS:
            _ACTIONS[command](self, values)

    def _standby(self, values):
        self._stop()
        if values[0] and self.mode == _RC:
            self._quiet_at = ether.now() + self._tcxo_us + _BUSY_US
        self.mode = _XOSC if values[0] else _RC

    def _set_tcxo(self, values):
        self._tcxo_us = int((values[1] << 16 | values[2] << 8 | values[3]) * _STEP)
        self.errors |= 0x20  # XOSC_START_ERR, until it is cleared

    def _calibrate(self, values):
        self._quiet_at = ether.now() + 3500 + self._tcxo_us

    def _clear_errors(self, values):
        self.errors = 0

    def _clear_irq(self, values):
        self.irq &= ~(values[0] << 8 | values[1])

    def _set_irqs(self, values):
        self._irq_mask = values[0] << 8 | values[1]
        self._dio1_mask = values[2] << 8 | values[3]

    def _leave(self, mode):
        """Into a mode that needs the crystal; how long until it runs."""
        missing = [
            command for command in (0x86, 0x8B, 0x8C, 0x95, 0x8E, 0x88) if command not in self.settings
        ]
        if missing:
            raise ChipError("mode %d before %#x was set" % (mode, missing[0]))
        delay = self._tcxo_us if self.mode == _RC else 0
        self.mode = mode
        self._quiet_at = ether.now() + delay + _BUSY_US
        return delay + _BUSY_US

    def _receive(self, values):
        if values != b"\xff\xff\xff":
            raise ChipError("a reception that ends by itself")
        self._listen_after(self._leave(_RX))

    def _send(self, values):
        if self.mode not in (_RC, _XOSC):
            raise ChipError("SetTx in mode %d" % self.mode)
        self._transmit_after(self._leave(_TX), self.settings[0x8C][3])

    def _sense(self, values):
        symbols, peak, least, after = self.settings[0x88][:4]
        if after or least != 10 or not 20 <= peak <= 30:
            raise ChipError("parameters of CAD")
        self._sense_after(self._leave(_CAD), 1 << symbols)

    # What the radio does.

    def _modulation(self):
        factor, width, rate, slow = self.settings[0x8B]
        if rate != 1 or slow:
            raise ChipError("not 4/5, or slow")
        return factor, _WIDTHS[width]

    def _preamble(self):
        return self.settings[0x8C][0] << 8 | self.settings[0x8C][1]

    def _loaded(self, n):
        return self.memory[:n]

    def _is_sensing(self):
        return self.mode == _CAD

    def _raise(self, flags):
        self.irq |= flags & self._irq_mask

    def _done(self, what):
        self.mode = _RC
        if what == self.TRANSMITTED:
            self._raise(_TX_DONE)
        else:
            self._raise(_CAD_DONE | (_CAD_DETECTED if what == self.SENSED_BUSY else 0))

    def _received(self, frame, rssi, snr):
        self.memory[: len(frame)] = frame
        self._payload = (len(frame), 0)
        self._packet = (-2 * rssi, snr & 255)
        self._raise(_RX_DONE | 0x14)


_ACTIONS = {
    0x80: SX1262._standby,
    0x97: SX1262._set_tcxo,
    0x89: SX1262._calibrate,
    0x07: SX1262._clear_errors,
    0x02: SX1262._clear_irq,
    0x08: SX1262._set_irqs,
    0x82: SX1262._receive,
    0x83: SX1262._send,
    0xC5: SX1262._sense,
}
