"""What can be said of the calendar."""

from pathlib import Path

import pytest

from handheld.daemon import system


def test_a_calendar_is_believed_when_a_chip_keeps_it_or_a_server_told_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chips, told = tmp_path / "rtc", tmp_path / "synchronized"
    monkeypatch.setattr(system, "CLOCK_CHIPS", chips)
    monkeypatch.setattr(system, "SYNCHRONIZED", told)
    now = system.EARLIEST_S + 1
    assert not system.wall_is_sure(now)
    chips.mkdir()
    assert not system.wall_is_sure(now)
    (chips / "rtc0").mkdir()
    assert system.wall_is_sure(now)
    assert not system.wall_is_sure(0)
    (chips / "rtc0").rmdir()
    told.touch()
    assert system.wall_is_sure(now)
