# SPDX-License-Identifier: MIT
"""`machine`'s pins and buses, with what is wired to them."""

import wiring


class Pin:
    IN = 0
    OUT = 1
    IRQ_RISING = 1

    def __init__(self, id, mode=-1, pull=-1, value=None):
        self._write, self._read = wiring.pin(id)
        if mode == Pin.OUT and value is not None:
            self(value)

    def __call__(self, value=None):
        if value is None:
            return self._read()
        if self._write:
            self._write(value)

    value = __call__

    def init(self, mode=-1):
        pass

    def irq(self, handler=None, trigger=0):
        pass  # the poll looks at the level by itself


class SPI:
    def __init__(self, id, baudrate=0, sck=None, mosi=None, miso=None):
        self._exchange = wiring.chip().exchange

    def write(self, buf):
        for byte in buf:
            self._exchange(byte)

    def readinto(self, buf, write=0):
        for i in range(len(buf)):
            buf[i] = self._exchange(write)

    def write_readinto(self, out, into):
        if len(out) != len(into):
            raise ValueError("buffers must be the same length")
        for i in range(len(out)):
            into[i] = self._exchange(out[i])


class I2C:
    def __init__(self, id, sda=None, scl=None):
        self._device = wiring.power()

    def readfrom_mem_into(self, address, register, buf):
        self._at(address)
        buf[0] = self._device.read(register)

    def writeto_mem(self, address, register, buf):
        self._at(address)
        self._device.write(register, buf[0])

    def _at(self, address):
        if address != self._device.ADDRESS:
            raise OSError(19)  # ENODEV: nobody acknowledged
