"""The board's light, by what its pin was set to and when."""

import pytest

from tests.support.cpython_firmware import firmware

WRAP = 1 << 30


def changes(
    milliseconds: int, heard: tuple[int, ...] = (), *, waiting: bool = False, start: int = 0
) -> list[int]:
    """When the pin changed, from the first turn on: on, off, on, ... beginning with on."""
    with firmware("led") as (led,):
        set_to: list[bool] = []
        light = led.Led(set_to.append, False, waiting)
        found = []
        for now in range(milliseconds):
            ticks = (start + now) % WRAP
            if now in heard:
                light.heard()
            due = light.wait(ticks) == 0
            count = len(set_to)
            light.turn(ticks)
            assert due == (len(set_to) > count), "it changed although it wanted no turn, or the other way"
            found += [now] * (len(set_to) - count)
        assert set_to == [count % 2 == 1 for count in range(len(set_to))]
        return found


def test_on_the_air_it_shines_and_wakes_nobody() -> None:
    assert changes(9000) == [0]


@pytest.mark.parametrize("start", [0, WRAP - 320])
def test_a_frame_is_a_flicker_and_many_are_many(start: int) -> None:
    assert changes(1000, (300,), start=start) == [0, 300, 340]
    assert changes(1000, tuple(range(300, 500)), start=start) == [0, 300, 340, 400, 440, 500, 540]


def test_without_a_region_it_blinks_slowly_whatever_is_heard() -> None:
    assert changes(2100, (700, 900), waiting=True) == [0, 500, 1000, 1500, 2000]


def test_a_board_without_a_light_wants_no_turn_and_some_shine_at_zero() -> None:
    with firmware("led") as (led,):
        none = led.Led(None, False)
        none.heard()
        none.turn(5)
        assert none.wait(5) == -1
        set_to: list[bool] = []
        led.Led(set_to.append, True).turn(0)
        assert set_to == [True, False]
