"""What flashing leaves in a simulated LoRa radio: which board it is, and settings that the law allows."""

from functools import cache
from types import ModuleType

from handheld.errors import SimulationError
from handheld.sim import firmware
from handheld.sim.lora import Lora
from handheld.sim.tally import PPM

BOARD = "heltec_v3"
"""The board that is simulated: an SX1262, and a UART, which the firmware reads in blocks."""

CODING_RATE, PREAMBLE = 5, 16
"""All that the firmware's LoRa speaks."""


WIDTHS = (125, 250, 500)
"""Bandwidths in kHz that its chips' drivers know."""

LAW = "law"
"""The file that stands for a law of the scenario's own: shims/law.py."""


@cache
def _firmware() -> tuple[ModuleType, ModuleType, ModuleType]:
    settings, regions, tables = firmware.load("settings", "regions", "wire_tables")
    return settings, regions, tables


def duty_ppm(lora: Lora, frequency_hz: int) -> int:
    """The share of an hour that the law allows there, in millionths; all of it where it allows nothing."""
    _, regions, _ = _firmware()
    found = _band(lora, frequency_hz)
    return int(regions.band(*found)[regions.DUTY]) if found else PPM


def lora_files(lora: Lora, frequency_hz: int) -> dict[str, bytes]:
    """The files of a radio that transmits like this.

    Where no law that the firmware knows allows that, as with S1, they say that the scenario is the law.
    SimulationError for what the firmware's LoRa cannot do.
    """
    settings, regions, tables = _firmware()
    width = lora.bandwidth_hz // 1000
    slow = (1 << lora.sf) * 1000 >= 16 * lora.bandwidth_hz
    if (lora.coding_rate, lora.preamble) != (CODING_RATE, PREAMBLE) or width not in WIDTHS or slow:
        raise SimulationError(
            f"The firmware's LoRa has coding_rate {CODING_RATE}, preamble {PREAMBLE}, 125, 250 or 500 kHz, "
            "and symbols below 16 ms. Change [air], or add --fast to play it anyway."
        )
    files = {"board": BOARD.encode()}
    place = _band(lora, frequency_hz)
    preset = _preset(lora)
    if place and preset is not None:
        region, channel = place
        power = regions.band(region, channel)[regions.POWER]
    elif place and regions.band(*place)[regions.DUTY] < PPM:
        raise SimulationError(
            "There the firmware's LoRa has spreading factor "
            + ", ".join(str(factors[width]) for factors in regions.PRESETS.values())
            + ". Change sf in [air], or add --fast to play it anyway."
        )
    else:
        region, channel, preset, power = tables.REGION_US915, 1, tables.PRESET_LONG, 30
        files[LAW] = f"{frequency_hz // 1000} {width} {lora.sf}".encode()
    kept = (region, channel, preset, power, tables.LISTEN_ALWAYS)
    return {**files, settings.FILES[0]: settings.pack(1, kept, 0)}


def _band(lora: Lora, frequency_hz: int) -> tuple[int, int] | None:
    """Region and channel where this is allowed."""
    _, regions, _ = _firmware()
    width = lora.bandwidth_hz // 1000
    for region in regions.LORA:
        for channel in range(1, regions.channels(region) + 1):
            band = regions.band(region, channel)
            off = abs(1000 * regions.frequency(region, channel) - frequency_hz)
            if band[regions.WIDTH] == width and 2 * off <= 1000 * band[regions.STEP]:
                return region, channel
    return None


def _preset(lora: Lora) -> int | None:
    _, regions, _ = _firmware()
    width = lora.bandwidth_hz // 1000
    return next((preset for preset, factors in regions.PRESETS.items() if factors[width] == lora.sf), None)
