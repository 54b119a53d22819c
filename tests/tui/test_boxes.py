"""What strangers send stays in its box, on a terminal emulator. The long run: `make soak`, loop "boxes"."""

import random

import pytest

from tests.support.boxes import PIECES, Screen, hostile


@pytest.mark.parametrize("piece", PIECES)
def test_each_piece_stays_in_its_box(piece: str) -> None:
    screen = Screen()

    assert screen.faults(piece) == []
    assert screen.faults(piece * 9) == []
    assert screen.faults("a" + piece + "b") == []


def test_what_strangers_send_stays_in_its_box() -> None:
    chance, screen = random.Random("boxes"), Screen()

    assert [fault for _ in range(1_500) for fault in screen.faults(hostile(chance))] == []


def test_a_string_that_was_not_cleaned_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.boxes.clean_name", lambda raw: raw)
    monkeypatch.setattr("tests.support.boxes.safe", lambda text: text)

    assert Screen().faults("a\x1b[1;1Hb")
