"""How full the air is, by what our radio hears: retries wait longer when it is."""

from handheld.wire.air import goes_one_hop
from handheld.wire.constants import AIR_FRAME_MAX

WINDOW_MS = 10_000
"""Over this long frames are counted, or over 60 of the longest where those take long."""

WINDOW_FRAMES = 60

ONCE, COPIES = 1, 3

_PREAMBLE = 35
"""What comes before the bytes of a frame takes as long as about so many of them, on LoRa and on ESP-NOW."""


def airtime_us(longest_us: int, size: int) -> int:
    """About how long a frame of `size` bytes takes where the longest takes `longest_us`; in microseconds."""
    return longest_us * (size + _PREAMBLE) // (AIR_FRAME_MAX + _PREAMBLE)


class Traffic:
    """Frames heard lately, weighed by the radio's airtime."""

    def __init__(self) -> None:
        self._airtime_us = 0
        self._level_us = 0
        self._at = 0

    def radio(self, longest_us: int) -> None:
        """The airtime of the longest frame on this radio, in microseconds."""
        self._airtime_us = longest_us

    def heard(self, frame: bytes, now: int) -> None:
        """A frame (empty: on another air) came.

        First copies come up: two more of each were there, but of those that nobody repeats.
        """
        self._decay(now)
        copies = ONCE if goes_one_hop(frame) else COPIES
        self._level_us += copies * airtime_us(self._airtime_us, len(frame)) if frame else 0

    def now(self, now: int) -> tuple[int, int]:
        """The airtime of the longest frame in microseconds, and how much of the air is taken, in percent."""
        self._decay(now)
        return self._airtime_us, min(100, self._level_us // (self._window_ms * 10))

    @property
    def _window_ms(self) -> int:
        return max(WINDOW_MS, WINDOW_FRAMES * self._airtime_us // 1_000)

    def _decay(self, now: int) -> None:
        window = self._window_ms
        passed = min(window, max(0, now - self._at))
        self._level_us -= self._level_us * passed // window
        self._at = now
