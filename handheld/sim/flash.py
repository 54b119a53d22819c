"""What flashing leaves in a simulated LoRa radio: which board it is, and settings that the law allows."""

from functools import cache
from types import ModuleType

from handheld.errors import SimulationError
from handheld.sim import firmware
from handheld.sim.lora import Lora

BOARD = "heltec_v3"
"""The board that is simulated: an SX1262, and a UART, which the firmware reads in blocks."""

CODING_RATE, PREAMBLE = 5, 16
"""All that the firmware's LoRa speaks."""


@cache
def _firmware() -> tuple[ModuleType, ModuleType]:
    settings, regions = firmware.load("settings", "regions")
    return settings, regions


def lora_files(lora: Lora, frequency_hz: int) -> dict[str, bytes]:
    """The files of a radio that transmits like this.

    SimulationError where none of the regions that the firmware knows allows it on this frequency.
    """
    settings, _ = _firmware()
    found = _settings(lora, frequency_hz)
    if found is None:
        raise SimulationError(
            "No region's law that the firmware knows allows LoRa like this on this frequency, so its radios "
            "keep quiet. Change sf, bandwidth_hz or frequency_hz in [air]. Add --fast to play it anyway."
        )
    region, channel, preset, power = found
    kept = settings.pack(1, region, channel, preset, power, 0)
    return {"board": BOARD.encode(), settings.FILES[0]: kept}


def _settings(lora: Lora, frequency_hz: int) -> tuple[int, int, int, int] | None:
    """Region, channel, preset and power in dBm."""
    _, regions = _firmware()
    if (lora.coding_rate, lora.preamble) != (CODING_RATE, PREAMBLE):
        return None
    width = lora.bandwidth_hz // 1000
    for region in regions.LORA:
        for channel in range(1, regions.channels(region) + 1):
            band = regions.band(region, channel)
            off = abs(1000 * regions.frequency(region, channel) - frequency_hz)
            if band[regions.WIDTH] == width and 2 * off <= 1000 * band[regions.STEP]:
                for preset, factors in regions.PRESETS.items():
                    if factors[width] == lora.sf:
                        return region, channel, preset, band[regions.POWER]
    return None
