# SPDX-License-Identifier: MIT
"""What the law allows, as data: where LoRa and ESP-NOW may transmit, how strong, and how much of the time.

Powers are what may reach an antenna of 2.15 dBi, a half-wave dipole: a limit in e.r.p. is that number, one
in e.i.r.p. is lowered by 2.15 dB and rounded down. A better antenna needs less power than is allowed here.
What is not in here could not be traced to a text of law: it can be added, never guessed.
"""

from micropython import const
from wire_tables import (
    PRESET_FAST,
    PRESET_LONG,
    PRESET_MEDIUM,
    REGION_AU915,
    REGION_EU433,
    REGION_EU868,
    REGION_IN865,
    REGION_JP920,
    REGION_KR920,
    REGION_US915,
)

# Places in a band.
FIRST = const(0)  # the middle of its first channel, in kHz
STEP = const(1)  # from channel to channel, in kHz
COUNT = const(2)
WIDTH = const(3)  # bandwidth of LoRa here, in kHz
POWER = const(4)  # dBm
DUTY = const(5)  # share of an hour, in millionths
SENSE = const(6)  # dBm: for 5 ms nothing stronger may be heard before a transmission; 0: no such rule

_ALWAYS = const(1_000_000)

# ERC Recommendation 70-03, annex 1, and EN 300 220-2 V3.1.1, table B.1: its letters are given. All in e.r.p.
_EU868 = (
    (869_525, 250, 1, 250, 27, 100_000, 0),  # P: 869.4 to 869.65 MHz, 500 mW, 10 %
    (868_125, 250, 2, 250, 14, 10_000, 0),  # M: 868.0 to 868.6 MHz, 25 mW, 1 %
    (865_125, 250, 12, 250, 14, 10_000, 0),  # L: 865 to 868 MHz, 25 mW, 1 %
    (868_825, 250, 2, 250, 14, 1_000, 0),  # N: 868.7 to 869.2 MHz, 25 mW, 0.1 %
    (863_125, 250, 8, 250, 14, 1_000, 0),  # K: 863 to 865 MHz, 25 mW, 0.1 %
)
_EU433 = ((433_175, 250, 6, 250, 10, 100_000, 0),)  # F: 433.05 to 434.79 MHz, 10 mW, 10 %

# 47 CFR 15.247 (a)(2), (b)(3): digital modulation at least 500 kHz wide (6 dB), 1 W into at most 6 dBi.
# What is narrower would have to hop (a)(1). 250 kHz on one channel, as other meshes use it, is neither.
_US915 = ((902_250, 500, 52, 500, 30, _ALWAYS, 0),)

# Radiocommunications (Low Interference Potential Devices) Class Licence 2015 (F2015L01438), schedule 1,
# digital modulation transmitters, 915 to 928 MHz: 1 W e.i.r.p., at most 25 mW in any 3 kHz, 500 kHz wide.
_AU915 = ((915_250, 500, 26, 500, 27, _ALWAYS, 0),)

# G.S.R. 168(E) and 564(E) of 2005: 865 to 867 MHz, 1 W, 4 W e.r.p., a carrier of at most 200 kHz.
_IN865 = ((865_125, 125, 15, 125, 30, _ALWAYS, 0),)

# ARIB STD-T108: unit channels 24 to 32 of 200 kHz, 20 mW into at most 3 dBi, at most 4 s in one go, then a
# pause of 50 ms, all after 5 ms below -80 dBm; and 360 s in an hour, which it asks of shorter listening.
_JP920 = ((920_600, 200, 9, 125, 13, 100_000, -80),)

# LoRaWAN 1.0.3 Regional Parameters rev. A, 2.9 (KR920-923), which sums up the rules there: 14 dBm e.i.r.p.
# from 922.1 MHz on, 10 dBm below, after 5 ms below -65 dBm.
_KR920 = (
    (922_100, 200, 7, 125, 11, _ALWAYS, -65),
    (920_900, 200, 6, 125, 7, _ALWAYS, -65),
)

# Region: its bands, and the channel that is usual there, counted from 1 over all of its bands.
LORA = {
    REGION_EU868: (_EU868, 1),  # the one with the most power and time
    REGION_EU433: (_EU433, 3),
    REGION_US915: (_US915, 37),  # 920.25 MHz: between LoRaWAN's two halves
    REGION_AU915: (_AU915, 11),  # 920.25 MHz
    REGION_IN865: (_IN865, 8),
    REGION_JP920: (_JP920, 5),
    REGION_KR920: (_KR920, 3),
}

# Wi-Fi channels of ESP-NOW, numbered from 1, and dBm. EN 300 328 V2.2.2, 4.3.2.2: 20 dBm e.i.r.p.; 47 CFR
# 15.247 (b)(3), and 15.205 keeps 12 and 13 nearly silent. What all of them allow needs no region.
WIFI_ANYWHERE = (11, 17)
WIFI = {
    REGION_EU868: (13, 17),
    REGION_EU433: (13, 17),
    REGION_US915: (11, 20),
}

# Spreading factor by bandwidth in kHz. A step of both keeps symbol, rate and reach nearly as they are: so
# one preset is the same mesh everywhere, though a law wants it wider or narrower.
PRESETS = {
    PRESET_LONG: {125: 10, 250: 11, 500: 12},
    PRESET_MEDIUM: {125: 8, 250: 9, 500: 10},
    PRESET_FAST: {125: 7, 250: 7, 500: 8},
}


def channels(region):
    """How many LoRa channels a region has; 0: there is no such region."""
    if region not in LORA:
        return 0
    return sum(band[COUNT] for band in LORA[region][0])


def band(region, channel):
    """The band that holds this LoRa channel, which exists."""
    for found in LORA[region][0]:
        if channel <= found[COUNT]:
            return found
        channel -= found[COUNT]
    raise ValueError(channel)


def frequency(region, channel):
    """The middle of a LoRa channel, in kHz."""
    for found in LORA[region][0]:
        if channel <= found[COUNT]:
            return found[FIRST] + (channel - 1) * found[STEP]
        channel -= found[COUNT]
    raise ValueError(channel)
