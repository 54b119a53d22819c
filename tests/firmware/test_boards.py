"""Each board by its machine name, with the parameters that the others have too."""

import pytest

from tests.support.cpython_firmware import firmware
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SHIMS = (ROOT / "handheld/sim/shims", *FIRMWARE)
NAMES = sorted(path.stem for path in (ROOT / "firmware/boards").glob("[a-z]*.py"))
PARAMETERS = {"NAME", "FREQUENCY", "UART_TX", "UART_RX", "BAUD", "RX_BUFFER", "TX_BUFFER", "WINDOW"}
UART_ONLY = PARAMETERS - {"NAME", "FREQUENCY", "UART_TX", "WINDOW"}


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


def test_a_chip_that_nobody_tried_is_named(monkeypatch):
    monkeypatch.setenv("PM_MACHINE", "Generic ESP99 module with ESP99")
    outcome = run("import boards; boards.this()", path=SHIMS)
    assert outcome.code == 1
    assert "no module named 'boards.esp99'" in outcome.text


@pytest.mark.parametrize("name", NAMES)
def test_a_board_is_parameters_only(name):
    with firmware(f"boards.{name}") as (board,):
        given = {key: value for key, value in vars(board).items() if not key.startswith("_")}
    assert set(given) == (PARAMETERS if given["UART_TX"] is not None else PARAMETERS - UART_ONLY)
    assert 0 < len(given["NAME"]) <= 16
    assert given["FREQUENCY"] in {160_000_000, 240_000_000}
    # A whole frame must fit, and what may come unasked must fit into what the port holds.
    assert 272 <= given["WINDOW"] <= given.get("RX_BUFFER", 4096) // 2
