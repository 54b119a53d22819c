"""The ESP-NOW radio: how it is set up, its pace, and what becomes of a driver that fails."""

import pytest

from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SHIMS = (ROOT / "handheld/sim/shims", *FIRMWARE)

DRIVER = """
import espnow, network

told = []

class Driver:
    full = 0
    waiting = []
    peers_table = {}
    def active(self, flag):
        told.append(("espnow", flag))
    def config(self, rxbuf):
        told.append(("rxbuf", 8192 <= rxbuf <= 16384))
    def add_peer(self, mac):
        told.append(("peer", mac))
    def send(self, mac, frame, sync):
        if self.full:
            self.full -= 1
            raise OSError(-12391, "ESP_ERR_ESPNOW_NO_MEM")
        told.append((mac, bytes(frame), sync))
    def recvinto(self, data, timeout):
        if timeout != 0 or len(data[1]) != 1470:
            raise ValueError
        if not self.waiting:
            return 0
        frame = self.waiting.pop(0)
        data[1][:len(frame)] = frame
        data[2] = -71
        return len(frame)

class Station:
    IF_STA = 0
    PM_NONE = 5
    stubborn = False
    def __init__(self, interface):
        told.append(("wlan", interface))
    def active(self, flag):
        told.append(("wlan", flag))
    def config(self, mac=b"", channel=0, pm=0, txpower=0):
        if mac:
            if self.stubborn:
                raise OSError("ESP_ERR_WIFI_STATE")
            told.append(("mac", len(mac), mac[0] & 3))
        else:
            told.append(("channel", channel, "pm", pm, "power", txpower))

espnow.ESPNow = Driver
espnow.MAX_DATA_LEN = 1470
network.WLAN = Station
from radio_espnow import EspNow
class Settings:
    channel = 9
    power = 17
radio = EspNow(Settings)
"""


def script(text):
    outcome = run(DRIVER + text, path=SHIMS)
    assert outcome.code == 0, outcome.text
    return outcome.text


SETUP = [
    ("espnow", False),
    ("wlan", 0),
    ("wlan", False),
    ("mac", 6, 2),
    ("wlan", True),
    ("channel", 9, "pm", 5, "power", 17),
    ("rxbuf", True),
    ("espnow", True),
    ("peer", b"\xff" * 6),
]


def test_it_is_set_up_in_the_only_order_that_works():
    assert script("radio.start()\nprint(told)") == f"{SETUP}\n"


def test_a_build_that_keeps_its_address_will_do():
    wanted = [step for step in SETUP if step[0] != "mac"]
    assert script("Station.stubborn = True\nradio.start()\nprint(told)") == f"{wanted}\n"


def test_each_start_has_another_address():
    text = """
seen = set()
Station.config = lambda self, mac=None, **others: mac and seen.add(bytes(mac))
for _ in range(8):
    radio.start()
print(len(seen))
"""
    assert script(text) == "8\n"


def test_frames_come_with_their_signal():
    text = """
radio.source.waiting = [b"one", bytes(300)]
print(radio.receive(), bytes(radio.heard[:3]), radio.rssi)
print(radio.receive(), radio.receive())
"""
    assert script(text) == "3 b'one' -71\n300 0\n"


def test_one_frame_at_a_time_as_long_as_the_air_takes():
    text = """
frame = bytes(250)
for now in (0, (1 << 30) - 1):
    print(radio.airtime(250), radio.wait(now), end=" ")
    radio.send(memoryview(frame), now)
    print([radio.wait((now + passed) % (1 << 30)) for passed in (0, 1, 2, 3, 4, 1)])
radio.send(b"x", 0)
print(radio.wait(0), radio.wait(1 << 29), radio.wait(1))
"""
    # 192 + (43 + 250) * 8 us, and a millisecond for the driver's own listening.
    line = "2536 0 [3, 2, 1, 0, 0, 0]\n"
    assert script(text) == line + line + "1 0 0\n"


def test_a_full_driver_is_given_time_and_a_dead_one_ends_the_radio():
    text = """
radio.source.full = 19
print([radio.send(b"x", now) for now in range(20)].count(False), told)
radio.source.full = 1
print(radio.send(b"x", 100), radio.wait(100), radio.wait(119), radio.wait(120))
told.clear()
radio.source.full = 20
try:
    for now in range(20):
        radio.send(b"x", now)
except OSError as error:
    print(now, error.args[1])
"""
    sent = [(b"\xff" * 6, b"x", False)]
    assert script(text) == f"19 {sent}\nFalse 20 1 0\n18 ESP_ERR_ESPNOW_NO_MEM\n"


@pytest.mark.parametrize(("count", "worn"), [(400, False), (401, True)])
def test_strangers_addresses_wear_it_out(count, worn):
    assert (
        script(f"radio.source.peers_table = dict.fromkeys(range({count}))\nprint(radio.worn())")
        == f"{worn}\n"
    )
