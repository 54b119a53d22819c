"""The simulated LoRa chips refuse what the real ones take badly: so the driver's tests mean something."""

import pytest

from tests.support.lora import script

CHIP = """
from chip import ChipError

def talk(*bytes_):
    chip.select(0)
    answer = [chip.exchange(byte) for byte in bytes_]
    chip.select(1)
    ether.advance(4000)
    return answer

def refused(*bytes_):
    try:
        talk(*bytes_)
        return "taken"
    except ChipError as error:
        chip._selected = False
        ether.advance(4000)
        return str(error)

def ready():
    chip.select(1)
    chip.reset(0)
    chip.reset(1)
    ether.advance(10_000)
    driver = chip_of(board)
    driver.open(869_525, 250, 9, 14)
    ether.advance(10_000)
    return driver
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("print(refused(0xFE))", "command 0xfe with 0 bytes"),
        ("print(refused(0x80))", "command 0x80 with 0 bytes"),
        ("driver.listen()\nether.advance(9000)\nprint(refused(0x86, 0, 0, 0, 0))", "command 0x86 in mode 5"),
        ("driver.listen()\nether.advance(9000)\nprint(refused(0x0E, 0, 1))", "the buffer is written while"),
        ("driver.listen()\nether.advance(9000)\nprint(refused(0x83, 0, 0, 0))", "SetTx in mode 5"),
        ("print(refused(0x82, 0, 0, 0))", "a reception that ends by itself"),
        ("print(refused(0x0D, 0x09, 0x99, 1))", "register 0x999"),
        ("chip.settings[0x88] = bytes((1, 22, 10, 1, 0, 0, 0))\nprint(refused(0xC5))", "parameters of CAD"),
    ],
)
def test_an_sx1262_refuses(tmp_path, text, why):
    assert script("heltec_v3", f"{CHIP}driver = ready()\n{text}\n", tmp_path).startswith(why)


def test_an_sx1262_is_busy_after_each_command_and_set_up_before_it_is_used(tmp_path):
    text = """
chip.reset(0)
chip.reset(1)
print(chip.busy(), refused(0x80, 0))
ether.advance(4000)
print(chip.busy(), refused(0x8A, 1), refused(0x82, 255, 255, 255))
talk(0x80, 0)
chip.select(0)
chip.exchange(0x12)
chip.select(1)
print(chip.busy(), refused(0x12, 0, 0, 0))
"""
    first, second, third = script("heltec_v3", CHIP + text, tmp_path).splitlines()
    assert first == "1 a command while BUSY is high"
    assert second == "0 taken mode 5 before 0x86 was set"
    assert third == "1 a command while BUSY is high"


def test_a_chip_hears_nothing_while_it_is_not_selected_or_held_in_reset(tmp_path):
    text = """
ready()
try:
    chip.exchange(1)
except ChipError as error:
    print(error)
chip.reset(0)
print(refused(0))
"""
    for board in ("heltec_v3", "lora32"):
        assert script(board, CHIP + text, tmp_path) == (
            "bytes on the bus while the chip is not selected\ntalked to while it is held in reset\n"
        )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("print(refused(0x85, 0))", "register 0x5 is not to be written"),
        ("driver.listen()\nether.advance(9000)\nprint(refused(0x9E, 0))", "register 0x1e in mode 5"),
        ("driver.listen()\nether.advance(9000)\nprint(refused(0x81, 0x83))", "mode 3 from mode 5"),
        ("print(refused(0x81, 0x86))", "mode 6"),
        ("talk(0x81, 0x80)\nprint(refused(0x00, 0))", "the buffer in mode 0"),
        ("talk(0x81, 0x80)\ntalk(0x81, 0)\nprint(refused(0x81, 3))", "FSK"),
        ("talk(0x81, 0x80)\ntalk(0x81, 0)\ntalk(0x81, 1)\nprint(refused(0x81, 0x81))", "from FSK to LoRa"),
        ("talk(0x81, 0x80)\ntalk(0x81, 0)\ntalk(0x81, 1)\nprint(refused(0x81, 0x80))", "into LoRa's sleep"),
        ("chip.reset(0)\nchip.reset(1)\nprint(refused(0x42, 0))", "talked to too early after a reset"),
        ("print(refused())", "an empty transaction"),
    ],
)
def test_an_sx1276_refuses(tmp_path, text, why):
    assert script("lora32", f"{CHIP}driver = ready()\n{text}\n", tmp_path).startswith(why)


def test_a_t_beams_power_chip_refuses_to_switch_the_esp32_off(tmp_path):
    text = """
power = wiring.power()
try:
    power.write(0x12, 0x04)
except ChipError as error:
    print(error)
from machine import I2C
try:
    I2C(0).writeto_mem(0x35, 0x12, b"1")
except OSError as error:
    print(error.args[0])
"""
    said = script("tbeam", CHIP + text, tmp_path)
    assert said == "DCDC3, which feeds the ESP32, was switched off\n19\n"
