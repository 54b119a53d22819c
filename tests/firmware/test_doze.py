"""A radio on a small battery: when its processor may sleep, and that its cable has its window."""

import sys
from itertools import pairwise
from types import ModuleType

import pytest

from tests.support.cpython_firmware import load

TICKS = (1 << 30) - 1
START = (1 << 30) - 90_000
"""Its clock goes round within the second minute."""


class Pin:
    IN = 0

    def __init__(self):
        self.fresh = True
        self.slept = 0  # the last time

    def init(self, mode):
        self.fresh = mode == Pin.IN


class Chip:
    """What the module asks of MicroPython; `slept` are milliseconds."""

    def __init__(self):
        self.slept = []
        self.waking = None
        self.pin = Pin()

    def lightsleep(self, milliseconds):
        assert self.pin.fresh
        self.pin.fresh = False  # the pin is another unit's until it is set up again
        self.slept.append(milliseconds)
        self.pin.slept = milliseconds


@pytest.fixture
def chip(monkeypatch):
    made = Chip()

    def wake_on_ext0(pin, level):
        made.waking = (pin, level)

    for name, what in (
        (
            "esp32",
            {"WAKEUP_ANY_HIGH": 1, "wake_on_ext0": wake_on_ext0},
        ),
        ("machine", {"Pin": Pin, "lightsleep": made.lightsleep}),
    ):
        module = ModuleType(name)
        vars(module).update(what)
        monkeypatch.setitem(sys.modules, name, module)
    return made


@pytest.fixture
def doze(chip):
    (module,) = load("doze")
    made = module.Doze(chip.pin, START & TICKS)
    assert chip.waking == (chip.pin, 1)
    return made


def awake(doze, begin_ms, end_ms, turn_ms=1000):
    """[from, to] of each stretch without sleep, of a loop that has something to do every `turn_ms`."""
    stretches, now = [], begin_ms
    while now < end_ms:
        asked = (START + now) & TICKS
        if doze.sleep(turn_ms, asked):
            now += doze._pin.slept
            continue
        if stretches and stretches[-1][1] == now:
            stretches[-1][1] = now + 10
        else:
            stretches.append([now, now + 10])
        now += 10
    return stretches


def test_it_is_awake_for_a_minute_and_then_for_a_moment_every_five_seconds(doze):
    first, *rest = awake(doze, 0, 600_000)
    assert first == [0, 60_310]
    gaps = [later[0] - sooner[1] for sooner, later in pairwise([first, *rest])]
    assert set(gaps) == {4_700}
    assert {end - begin for begin, end in rest[:-1]} == {300}
    # A host says hello every 250 ms, and gives up after six seconds.
    assert len(rest) == 107


def test_who_speaks_on_the_cable_keeps_it_awake_for_a_minute(doze):
    assert awake(doze, 0, 100_000)[-1][1] < 100_000
    doze.attended((START + 100_000) & TICKS)
    assert awake(doze, 100_000, 200_000)[0] == [100_000, 160_310]


def test_it_does_not_sleep_past_what_is_due_nor_for_nothing(doze, chip):
    now = START + 61_000 & TICKS
    assert doze.allowed(now) == 0  # the first window begins
    now = now + 300 & TICKS
    assert doze.sleep(20, now)
    assert not doze.sleep(4, now)
    assert not doze.sleep(0, now)
    assert doze.sleep(9_999, now)
    assert chip.slept == [20, 4_700]
    assert chip.pin.fresh


def test_a_minute_that_is_long_past_does_not_come_again_when_the_clock_has_gone_round(doze):
    assert awake(doze, 0, 70_000)[0] == [0, 60_310]
    later = (1 << 30) + 30_000  # the radio's clock shows the first half minute again
    assert awake(doze, later, later + 20_000)[0][1] - later <= 300
