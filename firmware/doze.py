# SPDX-License-Identifier: MIT
"""A LoRa radio on a small battery: its processor sleeps between frames, while the chip listens on.

ESP32 light sleep: memory, clock and pins stay, the UART hears nothing. So the cable has its window: the radio stays
awake for long enough to hear a host, which says hello every 250 ms, and often enough that it is heard before the
host gives up, after six seconds.
"""

import esp32
import machine
from micropython import const
from slots import HALF, TICKS

PERIOD = const(5000)  # ms from one window to the next
WINDOW = const(300)
AWAKE = const(60_000)  # ms after the start, and after anything came over the cable
_WORTH = const(5)  # ms: falling asleep and waking up take one or two


class Doze:
    """`pin` is the chip's line, up when there is something to be had."""

    def __init__(self, pin, now):
        self._pin = pin
        self._until = (now + AWAKE) & TICKS
        self._window_at = 0
        esp32.wake_on_ext0(pin, esp32.WAKEUP_ANY_HIGH)

    def attended(self, now):
        """Somebody is at the cable."""
        self._until = (now + AWAKE) & TICKS

    def sleep(self, milliseconds, now):
        """Sleep so long at the most, or until the line goes up; False, at once: it has to be awake now."""
        milliseconds = min(milliseconds, self.allowed(now))
        if milliseconds < _WORTH:
            return False
        machine.lightsleep(milliseconds)
        self._pin.init(
            machine.Pin.IN
        )  # what woke us was taken from the digital pins: ESP-IDF, rtc_gpio_deinit
        return True

    def allowed(self, now):
        """Milliseconds that may be slept from now on; 0: none."""
        if self._until >= 0:
            if (self._until - now) & TICKS < HALF:
                return 0
            self._until = -1  # a time that is long past would come again when the clock has gone round
            self._window_at = now
        since = (now - self._window_at) & TICKS
        if since >= PERIOD:
            self._window_at = now
            return 0
        return 0 if since < WINDOW else PERIOD - since
