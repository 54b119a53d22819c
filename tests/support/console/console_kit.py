"""A console on a radio whose air and cable are stood for by small objects; runs on both interpreters."""

import os

from console import Console
from host_link import HostLink
from radio import Radio
from relay import Relay
from settings import Settings
from tap import Tap
from tone import Tone
from wire_tables import NETWORK_KEY, RADIO_LORA


class Port:
    """The cable: `typed` is what comes, `written` what went."""

    def __init__(self):
        self.typed = b""
        self.written = b""
        self.room = 1 << 20

    def readinto(self, buf):
        """As a UART has it."""
        n = min(len(self.typed), len(buf))
        buf[:n] = self.typed[:n]
        self.typed = self.typed[n:]
        return n

    def write(self, buf, n):
        """As a UART has it."""
        n = min(n, self.room)
        self.room -= n
        self.written += bytes(buf[:n])
        return n


class Air(Radio):
    """Takes everything at once."""

    spread = 10
    floor = -97

    def airtime(self, n):
        """A full frame takes a quarter of a second."""
        return 1000 * n


class Machine:
    """What main.Loop offers to the console, without a loop."""

    def __init__(self):
        for name in ("settings.a", "settings.b"):
            try:
                os.remove(name)
            except OSError:
                pass
        self.now = 0
        self.airtime = 1234
        self.wished = None
        self.radio = Air(250)
        self.relay = Relay(NETWORK_KEY, self.radio, lambda limit: limit // 2)
        self.settings = Settings(RADIO_LORA, 2, 17)
        self.tap = Tap()
        self.tone = Tone(self.relay, self.radio, lambda limit: limit // 3)
        self.port = Port()
        self.link = HostLink(self.port, 1, 2048, 1, 6, 250, 2536, b"\0\0\0", b"board")
        self.console = self.link.console = Console(self)

    def counters(self):
        """As main.Loop has it."""
        return [7] * 12

    def change(self, number, value, now):
        """As main.Loop has it."""
        return self.settings.change(number, value)

    def wish(self, service):
        """As main.Loop has it."""
        self.wished = service

    def duty(self):
        """As main.Loop has it."""
        return self.radio.duty

    def type(self, data):
        """Somebody types; what was written to him since the last time, as lines."""
        self.port.typed += data
        while True:
            self.now += 1
            self.link.readable(self.now)
            self.link.next_command()
            self.link.tick(self.now)
            if not self.port.typed and self.link.deadline(self.now) != 0:
                break
        # The first thing that a radio says is its hello.
        text = self.port.written.split(b"\0")[-1]
        self.port.written = b""
        return [line.decode() for line in text.split(b"\r\n") if line]
