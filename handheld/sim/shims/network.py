# SPDX-License-Identifier: MIT
"""`network` of a radio: as much of WLAN as sets up ESP-NOW."""


class WLAN:
    IF_STA = 0
    PM_NONE = 0

    def __init__(self, interface):
        self._active = False

    def active(self, is_active=None):
        if is_active is None:
            return self._active
        self._active = is_active

    def config(self, mac=b"", channel=0, pm=0, txpower=0):
        # The ether knows its radios by PM_MAC, whatever address the firmware gives itself.
        if mac and mac[0] & 1:
            raise OSError("ESP_ERR_WIFI_MAC")
