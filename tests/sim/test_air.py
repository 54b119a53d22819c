"""The air against the formulas of the scenarios: airtime, capture, half duplex, turn-taking, loss."""

from dataclasses import replace
from itertools import pairwise

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import LocalError, SimulationError
from handheld.sim.air import ESPNOW, QUEUE_MAX, Air, Began, Burst, Bursts, Channel, Heard, espnow_airtime
from handheld.sim.place import Ground, log_distance, open_to, still

# A frame lasts ten microseconds a byte and goes out at once: what the tests time by hand.
PLAIN = Channel(airtime_us=lambda length: 10 * length, tx_power=2000, sensitivity=-9700, sense=-9700)
VILLAGE = log_distance(3.5, 40)  # 158 m of range at this budget


def air(xs, channel=PLAIN, loss=VILLAGE, seed=1, **more):
    return Air(channel, Ground([still(x, 0) for x in xs], loss), SeededEntropy(seed), **more)


def play(model, sends=(), until_us=10_000_000):
    """Send (at, sender, data) and collect everything that happens."""
    for at_us, sender, data in sends:
        assert model.send(sender, data, at_us)
    events = []
    while event := model.next_event(until_us):
        events.append(event)
    assert model.next_deadline() is None
    return events


def heard(events):
    return {(event.receiver, event.data) for event in events if isinstance(event, Heard)}


def test_airtime_of_esp_now():
    # 192 us + (43 + bytes) * 8 / rate
    assert [espnow_airtime(1)(n) for n in (0, 50, 250)] == [536, 936, 2536]
    assert espnow_airtime(0.25)(250) == 9568
    for rate in (0, -1, 55):
        with pytest.raises(SimulationError):
            espnow_airtime(rate)


def test_who_is_in_range_hears_at_the_end_of_the_frame_with_his_rssi():
    events = play(air([0, 10, 155, 400]), [(1000, 0, b"abc")])
    assert events == [
        Began(0, b"abc", 1000, 30),
        Heard(1, 0, b"abc", -5500, 1030, 0),
        Heard(2, 0, b"abc", -9666, 1030, 0),
    ]


def test_undamped_air_ends_sharply():
    assert heard(play(air([0, 50, 51], loss=open_to(50)), [(0, 0, b"x")])) == {(1, b"x")}


@pytest.mark.parametrize(
    ("place", "survivors"),
    [
        (100, set()),  # as loud as the other: both lost
        (80, set()),  # 3.4 dB
        (60, {(1, b"late")}),  # 7.8 dB: captured, although it came later
    ],
)
def test_of_two_overlapping_frames_the_one_6_db_stronger_survives(place, survivors):
    # The receiver stands at 0, the senders on both sides of it, deaf to each other.
    events = play(air([-100, 0, place]), [(0, 0, b"early"), (30, 2, b"late")])
    assert heard(events) == survivors


def test_frames_that_only_touch_do_not_overlap():
    events = play(air([-100, 0, 100]), [(0, 0, b"abc"), (30, 2, b"def")])
    assert heard(events) == {(1, b"abc"), (1, b"def")}


def test_an_overlap_with_the_first_symbols_is_harmless():
    gentle = replace(PLAIN, harmless_us=11)
    overlaps = {by: air([-100, 0, 100], gentle) for by in (11, 12)}
    results = {
        by: heard(play(model, [(0, 0, b"abc"), (30 - by, 2, b"def")])) for by, model in overlaps.items()
    }
    assert results == {11: {(1, b"abc"), (1, b"def")}, 12: set()}


def test_too_weak_to_be_heard_still_spoils():
    # From 200 m away: below the sensitivity, and less than 6 dB under the wanted frame.
    model = air([-150, 0, 200])
    assert heard(play(model, [(0, 0, b"abc"), (0, 2, b"def")])) == set()
    assert model.counts["collided"] == 1


def test_nobody_hears_while_he_talks():
    model = air([0, 20, 40])
    events = play(model, [(0, 0, b"abcdef"), (10, 1, b"x")])
    # 1 began in the middle of what it was hearing and loses it; 0 was talking when 1 began; 2 is nearer to 1.
    assert heard(events) == {(2, b"x")}
    assert model.counts["deaf"] == 2


def test_a_sender_waits_for_its_own_frame():
    events = play(air([0, 10]), [(0, 0, b"ab"), (5, 0, b"cd")])
    assert [event.at_us for event in events if isinstance(event, Began)] == [0, 20]


def test_esp_now_takes_turns_with_those_it_hears():
    model = air([0, 20, 40], ESPNOW)
    events = play(model, [(0, 0, bytes(250)), (500, 1, bytes(200)), (500, 2, bytes(100))])
    starts = sorted(
        (event.at_us, event.at_us + event.airtime_us) for event in events if isinstance(event, Began)
    )
    assert all(early[1] < late[0] for early, late in pairwise(starts))
    assert model.counts == {"sent": 3, "heard": 6}


def test_hidden_senders_do_not_wait_and_collide():
    # 300 m apart, the receiver between them.
    model = air([0, 150, 300], ESPNOW)
    play(model, [(0, 0, bytes(250)), (500, 2, bytes(250))])
    assert model.counts == {"sent": 2, "collided": 2}


def test_equal_backoff_collides_now_and_then():
    model = air([0, 10, 20], ESPNOW)
    for round_us in range(0, 3_000_000, 10_000):
        model.send(0, b"a", round_us)
        model.send(2, b"b", round_us)
        while model.next_event(round_us + 9_000):
            pass
    # 300 pairs that begin together: the same slot of 32 in about one of 32.
    assert 2 <= model.counts["collided"] / 2 <= 25


def test_extra_loss_is_independent_and_of_the_size_asked():
    model = air([0, 10], extra_loss=0.25)
    play(model, [(i * 1000, 0, b"x") for i in range(QUEUE_MAX)])
    for i in range(1, 126):
        play(model, [(i * 100_000, 0, b"x")] * 16, (i + 1) * 100_000)
    assert model.counts["sent"] == 2016
    assert 400 < model.counts["faded"] < 610
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(SimulationError):
            air([0], extra_loss=share)


def test_the_same_seed_gives_the_same_air():
    def trace(seed):
        model = air([0, 50, 100, 150, 200], ESPNOW, seed=seed, extra_loss=0.1)
        return play(model, [(i * 300, i % 5, bytes([i])) for i in range(40)])

    assert trace(7) == trace(7)
    assert trace(7) != trace(8)


def test_a_flood_of_one_sender_is_refused_not_hoarded():
    model = air([0, 10])
    accepted = [model.send(0, b"x", 0) for _ in range(QUEUE_MAX + 5)]
    assert accepted == [True] * QUEUE_MAX + [False] * 5
    assert model.counts["refused"] == 5
    assert len(heard(play(model))) == 1  # the same bytes, by 1
    assert model.counts["heard"] == QUEUE_MAX


def test_an_unknown_sender_is_our_bug():
    with pytest.raises(LocalError):
        air([0, 10]).send(2, b"x", 0)


def test_a_link_is_bad_for_its_share_of_the_time_and_in_runs():
    bursts, entropy = Bursts(Burst(good_s=30, bad_s=10, bad_loss=1.0)), SeededEntropy(5)
    lost = [bursts.lost(0, 1, second * 1_000_000, entropy) for second in range(8_000)]
    assert 0.2 < sum(lost) / len(lost) < 0.3
    # A bad second is followed by another nine times out of ten, and not one time out of four.
    after_bad = [late for early, late in pairwise(lost) if early]
    assert 0.85 < sum(after_bad) / len(after_bad) < 0.95


def test_who_listens_notices_what_is_loud_enough_and_not_himself():
    gentle = replace(PLAIN, sense=-10000)
    model = air([0, 160, 400], gentle)
    model.send(0, b"abcdef", 0)
    assert isinstance(model.next_event(0), Began)
    assert [model.sensed(number, 5) for number in range(3)] == [False, True, False]
    assert not model.sensed(1, 0)


def test_a_frame_under_another_name():
    model = air([0, 10])
    model.send(0, b"x", 0, alias=77)
    assert [event.alias for event in play(model) if isinstance(event, Heard)] == [77]
