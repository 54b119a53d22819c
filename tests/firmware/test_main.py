"""The main loop under MicroPython: who is fed, told, reset, and when it sleeps."""

import pytest

from handheld import __version__
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SHIMS = (ROOT / "handheld/sim/shims", *FIRMWARE)

LOOP = """
import machine, main, os, select, sys, time
from wire_tables import *

told = []

class Link:
    undelivered = 7
    commands = []
    wait = -1
    length = 9
    command = b"a command"
    token = 0
    up = True
    def readable(self, now): told.append("cable")
    def next_command(self):
        if not self.commands:
            return 0
        self.token += 1
        return self.commands.pop(0)
    def sent(self, token, result, now): told.append(("sent", token, result))
    def heard(self, frame, n, rssi, now): told.append(("heard", bytes(frame[:n]), rssi))
    def status(self, values, now): told.append(values)
    def close(self, now): told.append("bye")
    number = 2
    value = 1
    done = False
    def settings(self, fields, now): told.append(fields)
    def tested(self, fields, now): told.append(fields)
    def settled(self): return self.done
    def tick(self, now): told.append("tick")
    def deadline(self, now): return self.wait

class Relay:
    count = [11, 12, 13, 14, 15, 16, 17, 18, 19]
    lost_token = -1
    verdict = 3
    due = -1
    wait = 5000
    refused = 0
    waiting = 0
    def receive(self, frame, n, rssi, now, address): return self.verdict
    def submit(self, frame, n, token, now):
        told.append(("submit", bytes(frame[:n]), token))
        return self.refused
    def next_due(self, now): return self.due
    def fetch(self, slot): return b"frame %d" % slot
    def sent(self, slot, now): return slot - 1
    def deadline(self, now): return self.wait
    def queued(self): return self.waiting

class Air:
    heard = b"heard"
    rssi = -5
    address = None
    frames = 0
    busy = 0
    spread = 1
    duty = None
    def airtime(self, n): return 1000
    deaf = False
    tired = False
    def receive(self):
        if self.deaf:
            raise ValueError("deaf")
        if self.frames == 0:
            told.append("air")
            return 0
        self.frames -= 1
        return 5
    def wait(self, now): return self.busy
    takes = True
    def send(self, frame, now):
        told.append(("air", frame))
        return self.takes
    def worn(self): return self.tired
    wish = -1
    def deadline(self, now): return self.wish

class Settings:
    result = SET_UNCHANGED
    def change(self, number, value):
        told.append(("set", number, value))
        return self.result
    def answer(self, result): return {"result": result}

class Dog:
    fed = 0
    def feed(self):
        told.append("dog")
        self.fed += 1
        if self.fed == 2:
            raise KeyboardInterrupt

link = Link()
relay = Relay()
air = Air()
dog = Dog()
settings = Settings()
loop = main.Loop(link, relay, air, (), settings)
"""


def script(text, code=0, patience=60.0):
    outcome = run(LOOP + text, path=SHIMS, patience=patience)
    assert outcome.code == code, outcome.text
    return outcome.text


RUN = """
try:
    loop.run(dog)
except {0}:
    print(told)
"""


def test_the_dog_is_fed_after_cable_and_air_had_their_turn():
    turn = ["cable", "air", "tick", "dog"]
    assert script("link.wait = 0\n" + RUN.format("KeyboardInterrupt")) == f"{turn + turn}\n"


def test_the_dog_starves_when_the_radio_fails():
    assert script("air.deaf = True\n" + RUN.format("ValueError")) == "['cable']\n"


def test_it_sleeps_until_something_is_due():
    text = """
cases = ((5000, 0, -1, -1), (40, 3, -1, -1), (2, 30, -1, -1), (40, 3, 7, -1), (5000, 9, 0, -1))
cases += ((5000, 0, 2000, -1), (5000, 0, -1, 60), (40, 3, -1, 5))
for relay.wait, air.busy, link.wait, air.wish in cases:
    print(loop.timeout(0))
"""
    assert script(text).split() == ["1000", "40", "30", "7", "0", "1000", "60", "5"]


def test_a_setting_is_answered_and_only_a_change_starts_the_radio_anew():
    text = """
sys.atexit(lambda: print(told))
for settings.result in (SET_UNCHANGED, SET_TOO_STRONG, SET_CHANGED):
    link.commands = [LINK_SET]
    loop.turn(1000)
told.clear()
loop.turn(1999)
link.done = {0}
loop.turn({1})
"""
    for done, now in ((True, 1999), (False, 2000)):
        printed = script(text.format(done, now), code=75)
        assert printed.rstrip().endswith("'tick', 'bye']")
    assert "reached" in script(text.format(False, 1999) + "print('reached')")
    told = script("link.commands = [LINK_SET]\nloop.turn(0)\nprint(told)")
    assert told == f"{['cable', ('set', 2, 1), {'result': 1}, 'air', 'tick']}\n"


def test_the_hosts_frames_go_to_the_relay():
    text = """
link.commands = [LINK_SEND, LINK_SEND]
loop.turn(0)
relay.refused = SENT_REFUSED
link.commands = [LINK_SEND]
loop.turn(0)
print([one for one in told if type(one) is tuple])
"""
    submitted = [("submit", b"a command", token) for token in (1, 2, 3)]
    assert script(text) == f"{[*submitted, ('sent', 3, 3)]}\n"


def test_the_host_hears_of_what_gave_way():
    text = """
relay.lost_token = 41
link.commands = [LINK_SEND]
loop.turn(0)
air.frames = 1
relay.verdict = 2
loop.turn(0)
print([one for one in told if type(one) is tuple and one[0] != "submit"])
"""
    # After the host's frame, after one from the air, and when the radio had one of its own, in each turn.
    assert script(text) == f"{[('sent', 41, 2)] * 4}\n"


@pytest.mark.parametrize(("verdict", "times"), [(0, 0), (1, 0), (2, 0), (3, 8), (4, 8), (5, 0)])
def test_new_frames_and_only_they_go_to_the_host(verdict, times):
    # No more than eight before it is the cable's turn again.
    text = f"air.frames = 12\nrelay.verdict = {verdict}\nloop.turn(0)\nprint(told, air.frames)"
    heard = [("heard", b"heard", -5)] * times
    assert script(text) == f"{['cable', *heard, 'tick']} 4\n"


def test_what_is_due_goes_out_when_the_air_is_free():
    text = """
relay.due = 0
air.busy = 1
loop.turn(0)
air.busy = 0
loop.turn(0)
relay.due = 6
loop.turn(0)
print([one for one in told if type(one) is tuple])
"""
    # Slot 0 was somebody else's, slot 6 our own with token 5.
    assert script(text) == f"{[('air', b'frame 0'), ('air', b'frame 6'), ('sent', 5, 1)]}\n"


def test_what_the_driver_did_not_take_is_not_called_sent_and_stays():
    text = """
air.takes = False
relay.due = 6
loop._transmit(0)
air.takes = True
loop._transmit(20)
print(told)
"""
    tried = ("air", b"frame 6")
    assert script(text) == f"{[tried, tried, ('sent', 5, 1)]}\n"


def test_a_ping_is_answered_with_the_counters_in_the_order_of_the_layout():
    text = """
relay.waiting = 3
link.commands = [LINK_PING]
start = time.ticks_ms()
for second in (1, 2, 3):
    loop.turn((start + 1000 * second) % (1 << 30))
link.commands = [LINK_PING]
loop.turn(start)
values = [one for one in told if type(one) is list][-1]
print(len(values) == len(LAYOUTS["status"][1]), values[:-1], 0 < values[-1] < 1 << 20)
"""
    assert script(text) == "True [3, 11, 12, 13, 14, 15, 16, 17, 18, 7, 3] True\n"


def test_a_worn_driver_is_started_afresh():
    text = """
sys.atexit(lambda: print(told[-1]))
air.tired = True
now = time.ticks_ms()
loop.turn(now)
loop.turn(now + 1500)
"""
    assert script(text, code=75) == "bye\n"


def test_service_leaves_a_flag_says_goodbye_and_resets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "sys.atexit(lambda: print(told))\nlink.commands = [LINK_SERVICE]\nloop.turn(0)\n"
    assert script(text, code=75) == "['cable', 'air', 'tick', 'bye']\n"
    assert [file.name for file in tmp_path.iterdir()] == ["service"]
    assert script("print(main.flagged(), main.flagged())") == "True False\n"
    assert list(tmp_path.iterdir()) == []


def test_a_crash_is_told_on_the_wire_and_followed_by_a_reset():
    text = """
def broken():
    raise ValueError("broken")
main.flagged = main.service_wanted = lambda: False
main.boards.this = broken
resets = []
machine.reset = lambda: resets.append(1)
main.main()
print(resets)
"""
    printed = script(text)
    assert "ValueError: broken" in printed
    assert printed.endswith("[1]\n")


def test_the_version_is_that_of_pocketmesh():
    assert script("print(list(main.VERSION))") == f"{[int(part) for part in __version__.split('.')]}\n"


def test_the_layout_of_status_is_what_the_loop_fills_in():
    first, *relay, last, queued, heap = script('print(*LAYOUTS["status"][1])').split()
    assert (first, last, queued, heap) == ("uptime", "undelivered", "queued", "heap_free")
    assert " ".join(relay) == "heard duplicates bad_mac malformed forwarded sent silenced dropped"
