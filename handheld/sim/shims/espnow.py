# SPDX-License-Identifier: MIT
"""`espnow` of a radio, on the simulated air."""

import io

import ether
from ticks import ticks_ms

MAX_DATA_LEN = 250
_AROUND = 13  # bytes that a frame costs in the receive buffer beside itself
_POLL = 3
_POLLIN = 1


class ESPNow(io.IOBase):
    def __init__(self):
        self.peers_table = {}
        self._active = False
        self._peers = set()
        self._room = 526
        self._waiting = []

    def active(self, flag=None):
        if flag and not self._active:
            self._active = True
            ether.join(self._heard)
        elif flag is False and self._active:
            self._active = False
            ether.leave()
        return self._active

    def config(self, rxbuf=526):
        self._room = rxbuf

    def add_peer(self, mac):
        self._peers.add(mac)

    def ioctl(self, request, argument):
        if request != _POLL:
            return -1  # it has no file descriptor
        return _POLLIN if self._waiting and argument & _POLLIN else 0

    def send(self, mac, msg, sync=True):
        if mac not in self._peers:
            raise OSError(-12393, "ESP_ERR_ESPNOW_NOT_FOUND")
        if not 0 < len(msg) <= MAX_DATA_LEN:
            raise OSError(-12390, "ESP_ERR_ESPNOW_ARG")
        ether.transmit(msg)
        return True

    def recvinto(self, data, timeout_ms=0):
        if len(data[1]) != MAX_DATA_LEN:
            raise ValueError("invalid buffer length")
        if not self._waiting:
            return 0
        data[0], data[2], frame, data[3] = self._waiting.pop(0)
        n = len(frame)
        self._room += n + _AROUND
        data[1][:n] = frame
        self.peers_table[data[0]] = [data[2], data[3]]
        return n

    def _heard(self, address, rssi, frame):
        # The driver drops what does not fit, and so do we.
        if 0 < len(frame) <= MAX_DATA_LEN and len(frame) + _AROUND <= self._room:
            self._room -= len(frame) + _AROUND
            self._waiting.append((address, rssi, frame, ticks_ms()))
