"""LoRa's air against the scenarios' formula and Semtech's figures."""

import math

import pytest

from handheld.errors import SimulationError
from handheld.sim.lora import Lora


@pytest.mark.parametrize("sf", [7, 9, 11, 12])
@pytest.mark.parametrize("bandwidth", [125_000, 250_000, 500_000])
@pytest.mark.parametrize("rate", [5, 8])
def test_airtime_is_the_scenarios_formula(sf, bandwidth, rate):
    lora = Lora(sf, bandwidth, rate)
    symbol = 2**sf / bandwidth
    slow = symbol >= 0.016
    for length in (14, 56, 122, 250):
        payload = max(math.ceil((8 * length - 4 * sf + 44) / (4 * (sf - 2 * slow))) * rate, 0)
        assert abs(lora.airtime_us(length) - 1e6 * (16 + 4.25 + 8 + payload) * symbol) <= 1


def test_the_setting_of_s1():
    lora = Lora()
    assert [lora.airtime_us(length) for length in (14, 56, 122)] == [354_304, 681_984, 1_173_504]
    assert (lora.cad_us, lora.sensitivity, lora.channel().sense) == (16_384, -13_150, -13_450)
    assert lora.channel().harmless_us == 90_112


def test_sensitivity_follows_sf_and_bandwidth():
    # SX1262 data sheet, table 3-9: 125 kHz, SF7 -124 dBm, SF12 -137 dBm, boosted gain.
    assert [round(Lora(sf, 125_000).sensitivity / 100) for sf in (7, 12)] == [-125, -137]


@pytest.mark.parametrize("wrong", [{"sf": 6}, {"coding_rate": 9}, {"preamble": 5}, {"bandwidth_hz": 10**6}])
def test_what_no_chip_does_is_refused(wrong):
    with pytest.raises(SimulationError):
        Lora(**wrong)
