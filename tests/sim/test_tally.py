"""What the air carried, against sums done the slow way."""

import random
from collections import Counter

import pytest

from handheld.sim.air import Began
from handheld.sim.tally import HOUR_US, Tally
from handheld.wire.air import first_byte, hop_byte
from handheld.wire.constants import AirKind, AirMode


def frame(kind: AirKind, mode: AirMode = AirMode.FLOOD, size: int = 20) -> bytes:
    return bytes([first_byte(kind), hop_byte(mode, 3)]).ljust(size, b"x")


def test_frames_by_kind_and_mode():
    tally = Tally(2)
    tally.began(Began(0, frame(AirKind.PRIVATE), 0, 1_000_000))
    tally.began(Began(1, frame(AirKind.PRIVATE, AirMode.WAY, 30), 5, 2_000_000))
    tally.began(Began(1, frame(AirKind.POST, AirMode.ONE_HOP), 9, 500_000))
    found = tally.summary(10_000_000, Counter(heard=3, collided=1))
    assert found["frames"] == {"post": 1, "private": 2}
    assert found["frames_by_mode"] == {"post one-hop": 1, "private flood": 1, "private way": 1}
    assert found["bytes"] == {"post": 20, "private": 50}
    assert (found["total_airtime_s"], found["max_tx_share"], found["collided_share"]) == (3.5, 0.25, 0.25)


def test_each_kind_pays_its_own_frames_and_its_share_of_the_rest():
    tally = Tally(1)
    for kind, count in ((AirKind.PRIVATE, 4), (AirKind.ACK, 2), (AirKind.POST, 3), (AirKind.PROFILE, 9)):
        for _ in range(count):
            tally.began(Began(0, frame(kind), 0, 1))
    assert tally.per_message("dm", 2, tally.frames) == (6 + 9 * 6 / 9) / 2
    assert tally.per_message("post", 1, tally.frames) == 3 + 9 * 3 / 9
    assert tally.per_message("post", 0, tally.frames) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_the_fullest_hour_is_found_wherever_it_begins(seed):
    chance = random.Random(seed)
    sent, at_us = [], 0
    for _ in range(60):
        at_us += chance.randrange(1_000_000, 400_000_000)
        airtime_us = chance.randrange(1_000, 900_000)
        sent.append((at_us, airtime_us))
        at_us += airtime_us
    tally = Tally(1)
    for begin_us, airtime_us in sent:
        tally.began(Began(0, frame(AirKind.POST), begin_us, airtime_us))
    # The fullest window ends where some transmission ends.
    fullest = max(
        sum(max(0, min(begin + took, end) - max(begin, end - HOUR_US)) for begin, took in sent)
        for end in (begin + took for begin, took in sent)
    )
    assert tally.summary(1, Counter())["max_hour_share"] == round(fullest / HOUR_US, 4)


def test_who_takes_more_than_his_share_of_an_hour_breaks_the_law():
    tally = Tally(2, 10_000)
    for second in range(0, 3_600, 100):
        tally.began(Began(0, frame(AirKind.POST), second * 1_000_000, 1_000_000))
    assert tally.summary(1, Counter())["duty_cycle_violations"] == 0
    tally.began(Began(0, frame(AirKind.POST), 3_599_000_000, 1_000_000))
    assert tally.summary(1, Counter())["duty_cycle_violations"] == 1
