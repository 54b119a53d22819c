"""Radios in virtual time: one turn after the other, and nothing in them that knows another clock."""

import os
import signal
import subprocess
import sys

import pytest

from handheld.errors import SimulationError
from handheld.sim import firmware, virtual
from handheld.sim.firmware import Interpreter, find_interpreter
from handheld.sim.virtual import TICKS, Fleet, Make, Reception
from handheld.wire.air import decode_air, flood
from handheld.wire.constants import AirKind
from tests.support.frames import stamped
from tests.support.patience import PATIENCE_S
from tests.support.radios import STDIO, UART, need_micropython
from tests.support.villages import left_behind, processes

MAC = bytes([2, 0, 0, 0, 0, 1])
OTHER = bytes([2, 0, 0, 0, 0, 2])
SECOND = 1_000_000
UP = 2 * SECOND
"""When the service window is over."""


@pytest.fixture
def fleet():
    need_micropython()
    with Fleet() as made:
        yield made


def make(name="ann", seed="1", **others):
    return Make(name, MAC, seed, **others)


def until(radio, end_us, turn=None):
    """Its turns up to this time, as (when, turn), the first one at the time of the given turn."""
    turns = []
    now_us = turn.wake_us if turn else 0
    while now_us is not None and now_us <= end_us:
        turn = radio.turn(now_us)
        turns.append((now_us, turn))
        now_us = turn.wake_us
    return turns


def post(text):
    return stamped(flood(AirKind.POST, 8, text))


def scripted(monkeypatch, tmp_path, text):
    """Radios run this from now on, and not the firmware."""
    script = tmp_path / "main.py"
    script.write_text(text)
    monkeypatch.setattr(firmware, "main", lambda: script)


@pytest.mark.parametrize("board", [STDIO, UART])
def test_it_starts_in_its_service_window_and_greets_at_its_end(fleet, board):
    turns = until(fleet.switch_on(make(board=board)), 20 * SECOND)
    assert turns[0][1].cable.startswith(b"pocketmesh radio, reset cause 1")
    written = [(at_us, turn.cable) for at_us, turn in turns[1:] if turn.cable]
    assert [(at_us, cable[0], cable[-1]) for at_us, cable in written] == [(UP, 0, 0)]
    # Its clock, in milliseconds, has gone round meanwhile.
    assert TICKS + 10_000 > 1 << 30
    # Idle, it wakes once a second, and for what it tells about itself.
    times = [at_us for at_us, _ in turns if at_us >= 10 * SECOND]
    talks = sum(len(turn.transmit) for at_us, turn in turns if at_us >= 10 * SECOND)
    assert 9 <= len(times) <= 12 + 2 * talks


def test_it_hands_on_what_it_hears_a_little_later(fleet):
    radio = fleet.switch_on(make())
    until(radio, UP)
    turn = radio.turn(UP + 500_000, [Reception(OTHER, -70, post(b"hello"))])
    assert all(decode_air(frame).kind == AirKind.HERE for frame in turn.transmit)
    turns = until(radio, UP + 600_000, turn)
    sent = [(at_us, frame) for at_us, turn in turns for frame in turn.transmit]
    ((at_us, frame),) = [one for one in sent if decode_air(one[1]).kind != AirKind.HERE]
    assert at_us > UP + 500_000
    assert (decode_air(frame).ttl, decode_air(frame).body) == (7, b"hello")


def forwards(fleet, name, seed):
    radio = fleet.switch_on(make(name, seed))
    turns = until(radio, UP)
    for number in range(5):
        heard = [Reception(OTHER, -70, post(b"%d" % number))]
        turns.append((0, radio.turn((3 + number) * SECOND, heard)))
        turns += until(radio, (3 + number) * SECOND + 900_000, turns[-1][1])
    return turns


def test_the_same_seed_gives_the_same_turns_and_another_one_others(fleet):
    first = forwards(fleet, "ann", "1")
    assert forwards(fleet, "ben", "1") == first
    assert forwards(fleet, "cem", "2") != first


def test_without_power_it_is_not_there_and_its_flash_stays(fleet, monkeypatch, tmp_path):
    scripted(monkeypatch, tmp_path, "import os, time\nopen('kept', 'a').write('x')\ntime.sleep(9)")
    for starts in (1, 2):
        radio = fleet.switch_on(make())
        turn = radio.turn(starts * SECOND)
        assert turn.wake_us == (9 + starts) * SECOND
        radio.close()
    assert (radio._flash / "kept").read_text() == "xx"
    assert radio.turn(9 * SECOND) == virtual.Turn([], b"", None, None)


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ("machine.reset()", "2"),
        ("dog = machine.WDT(timeout=3000)\n    time.sleep_ms(3001)\n    dog.feed()", "3"),
    ],
)
def test_a_reset_and_its_watchdog_start_it_again(fleet, monkeypatch, tmp_path, how, cause):
    text = f"""
import machine, os, random, time
print(machine.reset_cause(), time.ticks_ms(), random.getrandbits(30), os.urandom(3))
if machine.reset_cause() == 1:
    time.sleep_ms(100)
    {how}
time.sleep(1)
"""
    scripted(monkeypatch, tmp_path, text)
    radio = fleet.switch_on(make(ticks=7))
    turns = until(radio, 5 * SECOND)
    first, second = b"".join(turn.cable for _, turn in turns).decode().splitlines()
    assert first.split()[:2] == ["1", "7"]
    assert second.split()[:2] == [cause, "7"]
    assert first.split()[2:] != second.split()[2:]
    assert not radio.on


def test_one_that_falls_is_reported_with_its_traceback(fleet):
    radio = fleet.switch_on(make(board="Something with ESP99"))
    with pytest.raises(SimulationError, match=r"At 3\.\d+ s ann fell(.|\n)*boards\.esp99"):
        until(radio, 10 * SECOND)


def test_what_falls_before_the_firmware_can_catch_it_is_reported_too(fleet, monkeypatch, tmp_path):
    scripted(monkeypatch, tmp_path, "import nothing_of_this_name")
    with pytest.raises(SimulationError, match="ImportError: no module named 'nothing_of_this_name'"):
        fleet.switch_on(make()).turn(0)


def test_one_that_hangs_is_reported(fleet, monkeypatch, tmp_path):
    monkeypatch.setattr(virtual, "PATIENCE_S", 0.2)
    scripted(monkeypatch, tmp_path, "import time\ntime.sleep(1)\nwhile True: pass")
    radio = fleet.switch_on(make())
    assert radio.turn(0).wake_us == SECOND
    with pytest.raises(SimulationError, match="ann hung"):
        radio.turn(SECOND)


def test_who_keeps_looking_at_the_clock_sees_it_move(fleet, monkeypatch, tmp_path):
    text = """
import ether, select, time
start = time.ticks_us()
while time.ticks_diff(time.ticks_us(), start) < 500: pass
ether.transmit(b"later")
poller = select.poll()
for _ in range(300): poller.poll(0)
"""
    scripted(monkeypatch, tmp_path, text)
    radio = fleet.switch_on(make())
    turn = radio.turn(1000)
    assert turn.transmit == []
    assert turn.wake_us == 1500
    assert radio.turn(1500).transmit == []


CHIP = """
import alarms, ether, io, select

class Chip(io.IOBase):
    def __init__(self):
        self.told = []
        self.line = alarms.Alarm(lambda: self.told.append(("rang", ether.now())))
        ether.join(lambda address, rssi, frame: self.told.append((address[5], rssi, frame)))
    def ioctl(self, request, argument):
        return -1 if request == 10 else 1 if self.told else 0

chip = Chip()
poller = select.poll()
poller.register(chip, select.POLLIN)
"""


def printed(turn):
    return [eval(line) for line in turn.cable.decode().splitlines()]


def test_a_chip_wakes_the_firmware_at_its_time(fleet, monkeypatch, tmp_path):
    text = "chip.line.set(ether.now() + 2500)\nprint([event for _, event in poller.poll(5000)], chip.told)\n"
    scripted(monkeypatch, tmp_path, CHIP + text + "chip.told.clear()\nprint(len(poller.poll(7)))")
    radio = fleet.switch_on(make())
    assert radio.turn(0).wake_us == 2500
    turn = radio.turn(2500)
    assert turn.cable == b"[1] [('rang', 2500)]\n"
    assert turn.wake_us == 9500
    assert printed(radio.turn(9500)) == [0]


def test_a_chip_listens_transmits_and_hears(fleet, monkeypatch, tmp_path):
    text = """
ether.sense(4096, lambda busy: chip.told.append(busy))
poller.poll()
print(chip.told)
ether.transmit(b"a frame")
ether.transmit(memoryview(b"another one")[:7])
chip.told.clear()
poller.poll()
print(chip.told)
ether.leave()
print(len(poller.poll(1)))
"""
    scripted(monkeypatch, tmp_path, CHIP + text)
    radio = fleet.switch_on(make())
    turn = radio.turn(0)
    assert (turn.cad_us, turn.wake_us) == (4096, None)
    turn = radio.turn(4096, sensed=True)
    assert (printed(turn), turn.transmit, turn.cad_us) == ([[True]], [b"a frame", b"another"], None)
    turn = radio.turn(9000, [Reception(OTHER, -99, b"x"), Reception(MAC, 5, b"y" * 255)])
    assert printed(turn) == [[(2, -99, b"x"), (1, 5, b"y" * 255)]]


def test_more_than_the_receive_buffer_holds_is_lost(fleet, monkeypatch, tmp_path):
    text = """
import espnow, time
radio = espnow.ESPNow()
radio.config(rxbuf=300)
radio.active(True)
time.sleep(1)
found = []
while radio.recvinto([None, buffer := bytearray(250), 0, 0], 0): found.append(buffer[0])
print(found)
"""
    scripted(monkeypatch, tmp_path, text)
    radio = fleet.switch_on(make())
    radio.turn(0)
    frames = [bytes([number]) * 87 for number in range(4)]
    turn = radio.turn(10, [Reception(OTHER, -70, frame) for frame in [b"", bytes(251), *frames]])
    assert turn.wake_us == SECOND
    assert printed(radio.turn(SECOND)) == [[0, 1, 2]]


def test_without_micropython_it_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(firmware, "find_interpreter", lambda: Interpreter.CPYTHON)
    with pytest.raises(SimulationError, match="add --fast"):
        Fleet()


ENDLESS = """
import sys
from handheld.sim.virtual import Fleet, Make
with Fleet() as fleet:
    radio = fleet.switch_on(Make("ann", bytes(6), "1"))
    radio.turn(0)
    print("it lives", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left behind")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_a_run_is_interrupted(tmp_path, number):
    need_micropython()
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "it lives\n"
        # We and the radio; a MicroPython that is no package is one more.
        assert len(processes(tmp_path)) == (2 if find_interpreter() is Interpreter.PACKAGE else 3)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert left_behind(tmp_path) == ({}, [])
