"""The real firmware on a simulated SX1262, in virtual time: alone, with a host, and within the law."""

import struct
import zlib

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import SimulationError
from handheld.link.session import Closed, Opened
from handheld.sim import firmware
from handheld.sim.flash import duty_ppm, lora_files
from handheld.sim.lora import Lora
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
from handheld.sim.virtual import Fleet, Make, Reception
from handheld.sim.wired import HostEnd
from handheld.wire.air import decode_air, flood
from handheld.wire.constants import AirKind, Listen, Preset, Region
from tests.support.frames import stamped
from tests.support.radios import need_micropython

MAC = bytes([2, 0, 0, 0, 0, 1])
OTHER = bytes([2, 0, 0, 0, 0, 2])
SECOND = 1_000_000
EU = lora_files(Lora(sf=9), 869_525_000)
SYMBOL = 2_048
"""Microseconds, at SF9 and 250 kHz."""


@pytest.fixture
def fleet():
    need_micropython()
    with Fleet() as made:
        yield made


def make(**files):
    return Make("repeater", MAC, "1", files=EU | files)


def post(text):
    return stamped(flood(AirKind.POST, 8, text))


class Watch:
    """A radio's turns, its air free or `busy`; what it did, and when."""

    def __init__(self, radio):
        self.radio = radio
        self.now_us = 0
        self.busy = False
        self.looks = []
        self.sent = []
        self.said = b""
        self._due = 0
        self._look_ends = None

    def until(self, end_us, heard=(), cable=b""):
        while True:
            times = [at for at in (self._due, self._look_ends, end_us) if at is not None]
            self.now_us = max(self.now_us, min(times))
            sensed = None
            if self._look_ends is not None and self.now_us >= self._look_ends:
                sensed, self._look_ends = self.busy, None
            turn = self.radio.turn(self.now_us, heard, cable, sensed=sensed)
            heard, cable = (), b""
            self.said += turn.cable
            # But for what it tells about itself.
            others = [frame for frame in turn.transmit if decode_air(frame).kind != AirKind.HERE]
            self.sent += [(self.now_us, frame) for frame in others]
            if turn.cad_us is not None:
                self.looks.append((self.now_us, turn.cad_us))
                self._look_ends = self.now_us + turn.cad_us
            self._due = turn.wake_us
            if self.now_us >= end_us:
                return self


def test_a_repeater_without_a_host_looks_around_and_hands_on(fleet):
    watch = Watch(fleet.switch_on(make())).until(5 * SECOND)
    watch.until(6 * SECOND, [Reception(OTHER, -110, post(b"hello"))])
    watch.until(12 * SECOND)
    ((at_us, frame),) = watch.sent
    look_us, how_long = max(look for look in watch.looks if look[0] < at_us)
    assert how_long == 2 * SYMBOL
    assert look_us + how_long <= at_us <= look_us + how_long + 10_000
    assert (decode_air(frame).ttl, decode_air(frame).body) == (7, b"hello")


def test_it_waits_while_others_talk_and_forgets_nothing(fleet):
    watch = Watch(fleet.switch_on(make())).until(5 * SECOND)
    watch.busy = True
    watch.until(5 * SECOND, [Reception(OTHER, -110, post(b"hello"))]).until(12 * SECOND)
    assert (watch.sent, len(watch.looks) > 10) == ([], True)
    watch.busy = False
    watch.until(14 * SECOND)
    assert len(watch.sent) == 1


def test_an_idle_one_wakes_once_a_second(fleet):
    # Until it tells about itself but twice an hour.
    watch = Watch(fleet.switch_on(make())).until(1200 * SECOND)
    turns = 0
    while watch.now_us < 1260 * SECOND:
        watch.until(watch._due)
        turns += 1
    assert turns <= 61


def sparing(**files):
    """A radio whose processor sleeps between frames."""
    values = (Region.EU868, 1, Preset.MEDIUM, 14, Listen.AIR)
    kept = firmware.load("settings")[0].pack(2, values, 0)
    return Make("on a small battery", OTHER, "1", files=EU | {"settings.b": kept} | files)


def test_one_that_sleeps_between_frames_hands_on_as_soon_as_one_that_does_not(fleet):
    heard = {}
    for name, made in (("always", make()), ("air", sparing())):
        watch = Watch(fleet.switch_on(made)).until(120 * SECOND)
        for number in range(40):
            at_us = (120 + 3 * number) * SECOND + 77_777 * number
            watch.until(at_us).until(at_us, [Reception(OTHER, -110, post(b"%d" % number))])
        watch.until(300 * SECOND)
        heard[name] = {frame: at_us for at_us, frame in watch.sent}
    assert len(heard["air"]) == 40
    assert heard["air"].keys() == heard["always"].keys()
    late = [heard["air"][frame] - heard["always"][frame] for frame in heard["air"]]
    assert max(map(abs, late)) <= SECOND


def test_what_is_typed_while_it_sleeps_is_lost_but_not_in_its_first_minute(fleet):
    watch = Watch(fleet.switch_on(sparing())).until(50 * SECOND)
    watch.until(50 * SECOND, cable=b"get\r").until(51 * SECOND)
    assert b"listen     air" in watch.said
    watch.until(200 * SECOND)
    watch.said = b""
    # Of two so far apart one at the most falls into the window that there is every five seconds.
    for tenths in (2000, 2025):
        watch.until(tenths * SECOND // 10, cable=b"get\r").until(watch.now_us + SECOND)
    assert watch.said.count(b"listen     air") < 2


def test_a_host_that_comes_when_it_sleeps_is_heard_before_it_gives_up(fleet):
    watch = Watch(fleet.switch_on(sparing()))
    for tenths in (2000, 3013, 4031, 5049):
        watch.until(tenths * SECOND // 10)
        end = HostEnd(SeededEntropy("cable"), watch.now_us)
        event, watch.said = None, b""
        while not isinstance(event, Opened | Closed):
            watch.until(end.next_deadline(), cable=end.take(watch.now_us))
            end.put(watch.said, watch.now_us)
            watch.said = b""
            event = end.next_event(watch.now_us)
            end.give(watch.now_us)
        assert isinstance(event, Opened)


def test_without_a_region_it_says_so_and_never_transmits(fleet):
    watch = Watch(fleet.switch_on(make(**{"settings.a": b""}))).until(5 * SECOND)
    assert b"no region is chosen, so it only listens" in watch.said
    watch.until(60 * SECOND, [Reception(OTHER, -110, post(b"hello"))])
    assert (watch.sent, watch.looks) == ([], [])


def test_settings_and_what_was_spent_outlive_a_loss_of_power(fleet):
    def settings(files):
        return max((folder / name).read_bytes() for name in files if (folder / name).exists())

    first = fleet.switch_on(make())
    folder = first._flash
    watch = Watch(first).until(5 * SECOND)
    talked = 0
    while watch.now_us < 500 * SECOND:
        talked += 1
        watch.until(watch.now_us + SECOND, [Reception(OTHER, -110, post(b"%200d" % talked))])
    assert len(watch.sent) > 50
    kept = settings(("settings.a", "settings.b"))
    assert zlib.crc32(kept[:-4]) == struct.unpack(">I", kept[-4:])[0]
    assert kept[3:6] == bytes((Region.EU868, 1, Preset.MEDIUM))
    assert kept[8] > 0  # eighths of the hour's air time
    first.close()
    again = Watch(fleet.switch_on(make())).until(5 * SECOND)
    again.until(15 * SECOND, [Reception(OTHER, -110, post(b"once more"))])
    assert len(again.sent) == 1
    now = settings(("settings.a", "settings.b"))
    assert (now[3:8], now[8]) == (kept[3:8], kept[8] + 1)


VALLEY = """
name = "valley"
duration_s = 400
seed = 5
[air]
model = "lora"
sf = 9
frequency_hz = {frequency}
path_loss = "none"
range_m = 3000
[[nodes]]
name = "ana"
x = 0
y = 0
[[nodes]]
name = "hill"
x = 2900
y = 0
role = "repeater"
[[nodes]]
name = "bo"
x = 5800
y = 0
[[traffic]]
kind = "dm"
from = "ana"
to = "bo"
at_s = [60, 90, 120]
[[traffic]]
kind = "post"
from = "bo"
to = "all"
at_s = [200]
"""


def test_two_people_write_over_a_repeater_that_has_no_host():
    need_micropython()
    answers = [run(parse(VALLEY.format(frequency=869_525_000)), Options(fast=fast)) for fast in (False, True)]
    for found in answers:
        assert (found["traffic"]["dm"]["delivered"], found["traffic"]["dm"]["acked"]) == (3, 3)
        assert found["traffic"]["post"]["delivered"] == 1
        assert found["air"]["duty_cycle_violations"] == 0


def test_where_no_law_allows_it_the_scenario_is_the_law():
    need_micropython()
    answer = run(parse(VALLEY.format(frequency=908_750_000)), Options(fast=False))
    assert (answer["traffic"]["dm"]["delivered"], answer["traffic"]["dm"]["acked"]) == (3, 3)
    assert duty_ppm(Lora(sf=9), 908_750_000) == 1_000_000


def test_what_the_firmware_cannot_do_is_refused_before_it_starts():
    with pytest.raises(SimulationError, match="coding_rate"):
        lora_files(Lora(sf=9, coding_rate=8), 869_525_000)
    with pytest.raises(SimulationError, match="125, 250 or 500"):
        lora_files(Lora(sf=9, bandwidth_hz=62_500), 869_525_000)
    with pytest.raises(SimulationError, match="symbols below"):
        lora_files(Lora(sf=12, bandwidth_hz=125_000), 869_525_000)
    with pytest.raises(SimulationError, match="spreading factor 11, 9, 7"):
        lora_files(Lora(sf=10), 869_525_000)


def test_shares_of_the_hour_are_those_of_the_firmware():
    shares = [
        duty_ppm(Lora(), frequency) for frequency in (869_525_000, 868_125_000, 863_125_000, 433_425_000)
    ]
    assert shares == [100_000, 10_000, 1_000, 100_000]
