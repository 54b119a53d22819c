# SPDX-License-Identifier: MIT
"""What the radio keeps over a loss of power, and what of it may be set: nothing outside the law.

Two files take turns, each whole with its own CRC and a generation that counts up: a write that the power ends
leaves the other as it was.
"""

import binascii
import struct

import regions
from micropython import const
from wire_tables import (
    PRESET_MEDIUM,
    RADIO_LORA,
    SET_CHANGED,
    SET_NO_CHANNEL,
    SET_NO_REGION,
    SET_NOT_KEPT,
    SET_TOO_STRONG,
    SET_TOO_WEAK,
    SET_UNCHANGED,
    SET_UNKNOWN,
    SETTING_ASK,
    SETTING_CHANNEL,
    SETTING_POWER,
    SETTING_PRESET,
    SETTING_REGION,
)

FILES = ("settings.a", "settings.b")

WIFI_CHANNEL = const(6)  # without a region: allowed everywhere, between 1 and 11 where access points crowd

_FORMAT = (
    ">BHBBBbB"  # format's version, generation, region, channel, preset, power, eighths of the hour set aside
)
_VERSION = const(1)
_SIZE = const(12)


class Settings:
    """Those of a radio of this kind, whose power goes from `low` to `high` dBm."""

    def __init__(self, kind, low, high):
        self.lora = kind == RADIO_LORA
        self.low = low
        self._high = high
        self._generation = 0
        self._older = 0
        self.region = 0
        self.channel = 0 if self.lora else WIFI_CHANNEL
        # 5 dB less reach than the longest, and three times as many frames in the share of the hour that a law leaves.
        self.preset = PRESET_MEDIUM if self.lora else 0
        self.power = high
        self.kept = 0
        self._load()
        self._fit()

    def change(self, number, value):
        """Set and keep it; a SetResult. The radio has to start anew after SET_CHANGED."""
        before = (self.region, self.channel, self.preset, self.power)
        rule = _RULES.get(number)
        result = SET_UNKNOWN if rule is None else rule(self, value)
        if result == SET_UNCHANGED and before != (self.region, self.channel, self.preset, self.power):
            result = SET_CHANGED if self.save() else SET_NOT_KEPT
        if result == SET_NOT_KEPT:
            self.region, self.channel, self.preset, self.power = before
        return result

    def save(self):
        """Write all of it again; whether it can be read back."""
        try:
            self._save()
        except OSError:
            return False
        return _read(FILES[1 - self._older]) is not None

    def keep(self, eighths):
        """Keep how much of the hour's air time is set aside: Duty's `keep`."""
        self.kept = eighths
        self._save()

    def channels(self):
        """How many channels there are, counted from 1."""
        return regions.channels(self.region) if self.lora else self._wifi()[0]

    def strongest(self):
        """The most power that law and radio allow on this channel, in dBm."""
        if not self.lora:
            return min(self._high, self._wifi()[1])
        return min(self._high, self.band()[regions.POWER]) if self.region else self._high

    def band(self):
        """What the law says about this LoRa channel; there must be a region."""
        return regions.band(self.region, self.channel)

    def width(self):
        """LoRa's bandwidth here in kHz; somewhere in the middle while there is no region."""
        return self.band()[regions.WIDTH] if self.region else 250

    def duty(self):
        """The share of an hour that may be spent transmitting, in millionths."""
        if not self.lora:
            return 1_000_000
        return self.band()[regions.DUTY] if self.region else 0

    def kilohertz(self):
        """The middle of the channel; 0 while LoRa has no region."""
        if not self.lora:
            return 2_407_000 + 5_000 * self.channel
        return regions.frequency(self.region, self.channel) if self.region else 0

    def answer(self, result):
        """The fields of the cable's SETTINGS."""
        return {
            "result": result,
            "region": self.region,
            "channel": self.channel,
            "preset": self.preset,
            "power": self.power,
            "channels": self.channels(),
            "power_min": self.low,
            "power_max": self.strongest(),
            "duty": self.duty(),
            "frequency": 1000 * self.kilohertz(),
        }

    # What may be set.

    def _ask(self, value):
        return SET_UNCHANGED

    def _set_region(self, value):
        if value not in regions.LORA:
            return SET_UNKNOWN
        if value != self.region:
            self.region = value
            self.channel = regions.LORA[value][1] if self.lora else self.channel
            self._fit()
        return SET_UNCHANGED

    def _set_channel(self, value):
        if self.lora and not self.region:
            return SET_NO_REGION
        if not 1 <= value <= self.channels():
            return SET_NO_CHANNEL
        self.channel = value
        self._fit()
        return SET_UNCHANGED

    def _set_preset(self, value):
        if not self.lora or value not in regions.PRESETS:
            return SET_UNKNOWN
        self.preset = value
        return SET_UNCHANGED

    def _set_power(self, value):
        if self.lora and not self.region:
            return SET_NO_REGION
        if value > self.strongest():
            return SET_TOO_STRONG
        if value < self.low:
            return SET_TOO_WEAK
        self.power = value
        return SET_UNCHANGED

    def _wifi(self):
        return regions.WIFI.get(self.region, regions.WIFI_ANYWHERE)

    def _fit(self):
        # Also what was kept, by another version or for another radio, must be within the law of this one.
        if self.region not in regions.LORA:
            self.region = 0
        if self.lora and self.preset not in regions.PRESETS:
            self.preset = PRESET_MEDIUM
        if not self.lora:
            self.preset = 0
        if not 1 <= self.channel <= self.channels():
            self.channel = self._usual()
        self.power = max(self.low, min(self.power, self.strongest()))

    def _usual(self):
        if not self.lora:
            return WIFI_CHANNEL
        return regions.LORA[self.region][1] if self.region else 0

    # Two files.

    def _load(self):
        newest = None
        for number, name in enumerate(FILES):
            found = _read(name)
            if found and (newest is None or (found[1] - newest[1]) & 0xFFFF < 0x8000):
                newest = found
                self._older = 1 - number
        if newest:
            _, self._generation, self.region, self.channel, self.preset, self.power, self.kept = newest

    def _save(self):
        self._generation = (self._generation + 1) & 0xFFFF
        data = pack(self._generation, self.region, self.channel, self.preset, self.power, self.kept)
        with open(FILES[self._older], "wb") as file:
            file.write(data)
        self._older = 1 - self._older


_RULES = {
    SETTING_ASK: Settings._ask,
    SETTING_REGION: Settings._set_region,
    SETTING_CHANNEL: Settings._set_channel,
    SETTING_PRESET: Settings._set_preset,
    SETTING_POWER: Settings._set_power,
}


def pack(generation, region, channel, preset, power, kept):
    """What a file holds."""
    data = struct.pack(_FORMAT, _VERSION, generation, region, channel, preset, power, kept)
    return data + struct.pack(">I", binascii.crc32(data))


def _read(name):
    """What a file holds, or None if it is not whole."""
    try:
        with open(name, "rb") as file:
            data = file.read(_SIZE + 1)
    except OSError:
        return None
    if len(data) != _SIZE or binascii.crc32(data[:-4]) != struct.unpack(">I", data[-4:])[0]:
        return None
    return struct.unpack(_FORMAT, data[:-4]) if data[0] == _VERSION else None
