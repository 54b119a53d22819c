"""Each board by its machine name, with the parameters that the others have too."""

import pytest

from tests.support.cpython_firmware import firmware
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SHIMS = (ROOT / "handheld/sim/shims", *FIRMWARE)
NAMES = sorted(path.stem for path in (ROOT / "firmware/boards").glob("[a-z]*.py"))
ALL = {"NAME", "FREQUENCY", "UART_TX", "WINDOW", "LORA_CHIP", "LED", "LED_LOW"}
UART = {"UART_RX", "BAUD", "RX_BUFFER", "TX_BUFFER"}
LORA = {f"LORA_{name}" for name in ("SCK", "MOSI", "MISO", "CS", "RESET", "IRQ", "WAKES", "POWER")}
LORA_BY_CHIP = {None: set(), "sx126x": LORA | {"LORA_BUSY", "LORA_TCXO"}, "sx127x": LORA}


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        ("Generic ESP32 module with ESP32", "ESP32"),
        ("Generic ESP32 module with SPIRAM with ESP32", "ESP32"),
        ("Generic ESP32S3 module with ESP32S3", "ESP32-S3"),
        ("Generic ESP32S3 module with Octal-SPIRAM with ESP32-S3", "ESP32-S3"),
        ("ESP32C3 module with ESP32C3", "ESP32-C3"),
    ],
)
def test_a_board_is_known_by_its_chip(monkeypatch, machine, name):
    monkeypatch.setenv("PM_MACHINE", machine)
    assert run("import boards; print(boards.this().NAME.decode())", path=SHIMS) == (0, f"{name}\n")


def test_a_board_is_known_by_the_file_that_flashing_left(monkeypatch, tmp_path):
    monkeypatch.setenv("PM_MACHINE", "Generic ESP32S3 module with ESP32S3")
    monkeypatch.chdir(tmp_path)
    for name, board in (("heltec_v3\n", "Heltec V3"), ("t3s3", "LILYGO T3-S3"), ("esp32s3", "ESP32-S3")):
        (tmp_path / "board").write_text(name)
        assert run("import boards; print(boards.this().NAME.decode())", path=SHIMS) == (0, f"{board}\n")


def test_a_chip_that_nobody_tried_is_named(monkeypatch):
    monkeypatch.setenv("PM_MACHINE", "Generic ESP99 module with ESP99")
    outcome = run("import boards; boards.this()", path=SHIMS)
    assert outcome.code == 1
    assert "no module named 'boards.esp99'" in outcome.text


@pytest.mark.parametrize("name", NAMES)
def test_a_board_is_parameters_only(name):
    with firmware(f"boards.{name}") as (board,):
        given = {key: value for key, value in vars(board).items() if not key.startswith("_")}
    uart = UART if given["UART_TX"] is not None else set()
    assert set(given) == ALL | uart | LORA_BY_CHIP[given["LORA_CHIP"]]
    pins = [value for key, value in given.items() if key in LORA and type(value) is int]
    pins += [given["LED"]] * (given["LED"] is not None)
    assert len(set(pins)) == len(pins)
    assert 0 < len(given["NAME"]) <= 16
    assert given["FREQUENCY"] in {160_000_000, 240_000_000}
    # A whole frame must fit, and what may come unasked must fit into what the port holds.
    assert 272 <= given["WINDOW"] <= given.get("RX_BUFFER", 4096) // 2
