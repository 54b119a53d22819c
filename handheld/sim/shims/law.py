# SPDX-License-Identifier: MIT
"""A scenario may put LoRa where no law allows it, as S1 does: then a file in the radio's flash is its law.

What it says goes for the region US915 and the preset "long", in this radio only: kHz, bandwidth in kHz,
spreading factor. No duty cycle, 30 dBm.
"""

FILE = "law"


def enact():
    """Let the file be the law, if there is one."""
    try:
        with open(FILE) as file:
            frequency, width, factor = (int(word) for word in file.read().split())
    except OSError:
        return
    import regions
    from wire_tables import PRESET_LONG, REGION_US915

    regions.LORA[REGION_US915] = (((frequency, width, 1, width, 30, 1_000_000, 0),), 1)
    regions.PRESETS[PRESET_LONG] = {width: factor}
