# SPDX-License-Identifier: MIT
"""`espnow` of a radio: datagrams to and from the ether.

To the ether: address 6, frame; an empty frame says "here I am". From it: address 6, RSSI 1, frame.
"""

import io
import os
import socket
import time

MAX_DATA_LEN = 250
_HEAD = 7


class ESPNow(io.IOBase):
    def __init__(self):
        self.peers_table = {}
        self._address = bytes.fromhex(os.getenv("PM_MAC"))
        self._socket = None
        self._peers = set()

    def active(self, flag=None):
        if flag and self._socket is None:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.connect(socket.getaddrinfo("127.0.0.1", int(os.getenv("PM_AIR_PORT")))[0][-1])
            self._socket.setblocking(False)
            self._transmit(b"")
        elif flag is False and self._socket is not None:
            self._socket.close()
            self._socket = None
        return self._socket is not None

    def config(self, rxbuf=0):
        pass  # the kernel's buffer is as large

    def add_peer(self, mac):
        self._peers.add(mac)

    def fileno(self):
        return self._socket.fileno()

    def ioctl(self, request, argument):
        return self._socket.fileno() if request == 10 else 0  # GET_FILENO: the poll waits in the kernel

    def send(self, mac, msg, sync=True):
        if mac not in self._peers:
            raise OSError(-12393, "ESP_ERR_ESPNOW_NOT_FOUND")
        if not 0 < len(msg) <= MAX_DATA_LEN:
            raise OSError(-12390, "ESP_ERR_ESPNOW_ARG")
        self._transmit(msg)
        return True

    def _transmit(self, msg):
        try:
            self._socket.send(self._address + bytes(msg))
        except OSError:
            pass  # an ether that is not there: nobody hears, as on a mountain

    def recvinto(self, data, timeout_ms=0):
        if len(data[1]) != MAX_DATA_LEN:
            raise ValueError("invalid buffer length")
        try:
            datagram = self._socket.recv(_HEAD + MAX_DATA_LEN)
        except OSError:
            return 0
        n = len(datagram) - _HEAD
        if n <= 0:
            return 0
        data[1][:n] = datagram[_HEAD:]
        data[0] = datagram[:6]
        rssi = datagram[6]
        data[2] = rssi - 256 if rssi > 127 else rssi
        data[3] = time.ticks_ms()
        self.peers_table[data[0]] = [data[2], data[3]]
        return n
