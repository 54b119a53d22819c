# SPDX-License-Identifier: MIT
"""ESP-NOW, broadcast only: 250 bytes at 1 Mb/s, no peers, none of its encryption, no acknowledgement.

From https://docs.micropython.org/en/latest/library/espnow.html and the port's modespnow.c.
"""

import os

import espnow
import network

from radio import Radio
from wire_tables import AIR_FRAME_MAX, RADIO_ESPNOW

POWER_LOW = 2  # dBm that the driver can be set to: esp_wifi_set_max_tx_power, 8 to 80 quarters
POWER_HIGH = 20

_BROADCAST = b"\xff\xff\xff\xff\xff\xff"
_RX_BUFFER = 12288  # about 45 full frames: what comes in while the loop writes to the cable
_FAILURES = 20  # in a row: then the driver is beyond help

# The driver keeps an entry of about 100 bytes for each transmitter it ever heard and never lets go of one.
_PEERS_MAX = 400


class EspNow(Radio):
    """The radio of every ESP32."""

    kind = RADIO_ESPNOW
    spread = 24  # 60 ms for a full frame
    floor = -97  # what Espressif states for 1 Mb/s

    def __init__(self, settings):
        super().__init__(AIR_FRAME_MAX)
        self.channel = settings.channel
        self._power = settings.power
        self.source = espnow.ESPNow()
        # The driver takes a buffer of exactly this size, more than a frame of ours where it speaks version
        # 2, and shortens it to what it received.
        self.heard = bytearray(espnow.MAX_DATA_LEN)
        self._received = [None, self.heard, 0, 0]
        self._failures = 0

    def start(self):
        """On the air, on a fixed channel and always listening, under a new address."""
        # A soft reset leaves Wi-Fi as it was.
        self.source.active(False)
        station = network.WLAN(network.WLAN.IF_STA)
        station.active(False)
        self._take_new_address(station)
        station.active(True)
        station.config(channel=self.channel, pm=station.PM_NONE, txpower=self._power)
        self.source.config(rxbuf=_RX_BUFFER)
        self.source.active(True)
        self.source.add_peer(_BROADCAST)

    def _take_new_address(self, station):
        # The factory's address would say for years who transmits. Locally administered, unicast.
        address = bytearray(os.urandom(6))
        address[0] = address[0] & 0xFC | 2
        try:
            station.config(mac=address)
        except OSError:
            pass  # not every build lets us

    def receive(self):
        """Take the next frame into `heard`; its length, 0 when there is none."""
        n = self.source.recvinto(self._received, 0)
        self.address = self._received[0]
        self.rssi = int(self._received[2])
        return n

    def transmit(self, frame):
        """Hand a frame to the driver, which listens before it talks; whether it took it.

        OSError when it fails again and again.
        """
        try:
            self.source.send(_BROADCAST, frame, False)
            self._failures = 0
            return True
        except OSError:
            self._failures += 1
            if self._failures >= _FAILURES:
                raise
            return False

    def airtime(self, n):
        """Microseconds: preamble 192, then 43 bytes of headers and the frame at 1 Mb/s."""
        return 192 + (43 + n) * 8

    def worn(self):
        """Whether it is better to start afresh: strangers' addresses fill the memory."""
        return len(self.source.peers_table) > _PEERS_MAX
