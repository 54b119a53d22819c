"""The law as data: channels within their bands, and frames that no rule finds too long."""

import pytest

from handheld.wire.constants import Preset, Region
from tests.support.cpython_firmware import load

(regions,) = load("regions")

EDGES = {
    Region.EU868: (863_000, 869_650),
    Region.EU433: (433_050, 434_790),
    Region.US915: (902_000, 928_000),
    Region.AU915: (915_000, 928_000),
    Region.IN865: (865_000, 867_000),
    Region.JP920: (920_500, 922_300),
    Region.KR920: (920_800, 923_400),
}
GAPS = [(868_600, 868_700), (869_200, 869_400)]
"""Between the bands of EU868: alarms."""


@pytest.mark.parametrize("region", Region)
def test_every_channel_lies_within_its_band(region):
    low, high = EDGES[region]
    seen = set()
    for channel in range(1, regions.channels(region) + 1):
        band, middle = regions.band(region, channel), regions.frequency(region, channel)
        half = band[regions.WIDTH] / 2
        assert low <= middle - half
        assert middle + half <= high
        if region is Region.EU868:
            assert all(middle + half <= gap[0] or middle - half >= gap[1] for gap in GAPS)
        assert band[regions.WIDTH] <= band[regions.STEP]
        seen.add(middle)
    assert len(seen) == regions.channels(region) <= 255
    assert 1 <= regions.LORA[region][1] <= len(seen)


def test_regions_are_those_of_the_wire():
    assert set(regions.LORA) == set(Region)
    assert regions.channels(0) == regions.channels(255) == 0
    assert set(regions.PRESETS) == set(Preset)
    for call in (regions.band, regions.frequency):
        with pytest.raises(ValueError, match="1"):
            call(Region.EU433, 7)


def test_limits_are_sane():
    for bands, _ in regions.LORA.values():
        for band in bands:
            assert band[regions.WIDTH] in {125, 250, 500}
            assert 7 <= band[regions.POWER] <= 30
            assert 1_000 <= band[regions.DUTY] <= 1_000_000


def test_a_symbol_stays_below_16_ms_so_that_no_low_data_rate_is_needed():
    for factors in regions.PRESETS.values():
        assert set(factors) == {125, 250, 500}
        for width, factor in factors.items():
            assert 7 <= factor <= 12
            assert (1 << factor) / width < 16
