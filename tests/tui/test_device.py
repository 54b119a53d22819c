"""The battery, from files as the kernel writes them."""

from pathlib import Path

import pytest

from tui import device


def supply(folder: Path, name: str, **values: str) -> None:
    (folder / name).mkdir()
    for key, value in values.items():
        (folder / name / key).write_text(value + "\n")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"type": "Battery", "capacity": "87", "status": "Discharging"}, "87 %"),
        ({"type": "Battery", "capacity": "12", "status": "Charging"}, "12 %, charging"),
        ({"type": "Battery", "capacity": "unknown"}, ""),
        ({"type": "Mains", "online": "1"}, ""),
    ],
)
def test_a_battery_in_words(tmp_path: Path, values: dict[str, str], words: str) -> None:
    supply(tmp_path, "AC", type="Mains")
    supply(tmp_path, "BAT0", **values)
    assert device.battery(tmp_path) == words


def test_most_boards_know_none(tmp_path: Path) -> None:
    assert device.battery(tmp_path / "nothing") == ""
