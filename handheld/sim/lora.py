"""LoRa's air: how long a frame takes, how weak it may be. Whole microseconds and centi-dB."""

import math
from dataclasses import dataclass

from handheld.errors import SimulationError
from handheld.sim.air import Channel

CAD_SYMBOLS = 2
"""Symbols for which a radio listens before it talks (channel-activity detection)."""

HARMLESS_SYMBOLS = 11
"""Preamble symbols that may be overlapped: the rest is enough for a receiver to lock on."""

CAD_MARGIN = 300
"""Centi-dB below the sensitivity at which activity is still detected."""

_REFERENCE = -13150, 11, 250_000
"""Sensitivity in centi-dBm at this spreading factor and bandwidth: -174 dBm/Hz + 54 dB + 6 dB noise figure
- 17.5 dB; each spreading factor less costs 2.5 dB (Semtech SX1262 data sheet, table 6-1)."""


@dataclass(frozen=True)
class Lora:
    """One setting of the modem; `coding_rate` 5 is 4/5, 8 is 4/8. SimulationError for what no chip does."""

    sf: int = 11
    bandwidth_hz: int = 250_000
    coding_rate: int = 5
    preamble: int = 16
    tx_dbm: float = 30.0

    def __post_init__(self) -> None:
        if not (7 <= self.sf <= 12 and 5 <= self.coding_rate <= 8 and 6 <= self.preamble <= 65_535):
            raise SimulationError("LoRa takes sf 7 to 12, coding_rate 5 to 8, and a preamble from 6 on.")
        if not 7_800 <= self.bandwidth_hz <= 500_000:
            raise SimulationError("LoRa takes a bandwidth of 7,800 to 500,000 Hz.")

    def symbols_us(self, quarters: int) -> int:
        """Microseconds of this many quarters of a symbol, rounded."""
        return (quarters * (1 << self.sf) * 500_000 + self.bandwidth_hz) // (2 * self.bandwidth_hz)

    def airtime_us(self, length: int) -> int:
        """Microseconds of a frame of `length` bytes with explicit header and CRC (AN1200.13, section 4)."""
        slow = 1 if (1 << self.sf) * 1000 >= 16 * self.bandwidth_hz else 0
        bits = 8 * length - 4 * self.sf + 44
        payload = max(-(-bits // (4 * (self.sf - 2 * slow))) * self.coding_rate, 0)
        return self.symbols_us(4 * (self.preamble + 8 + payload) + 17)

    @property
    def cad_us(self) -> int:
        """How long it listens before it talks."""
        return self.symbols_us(4 * CAD_SYMBOLS)

    @property
    def sensitivity(self) -> int:
        """The weakest level that is received, in centi-dBm."""
        level, sf, bandwidth = _REFERENCE
        return level + 250 * (sf - self.sf) + round(1000 * math.log10(self.bandwidth_hz / bandwidth))

    def channel(self) -> Channel:
        """How such radios use the air; listening before talking is the radio's business here."""
        return Channel(
            airtime_us=self.airtime_us,
            tx_power=round(100 * self.tx_dbm),
            sensitivity=self.sensitivity,
            sense=self.sensitivity - CAD_MARGIN,
            harmless_us=self.symbols_us(4 * HARMLESS_SYMBOLS),
        )
