"""The small counters of the node: tries, traffic, the Lamport clock."""

from handheld.commands import LETTER_BYTES, POST_BYTES, POST_HOURS
from handheld.node.lamport import LEAP, Lamport
from handheld.node.longtexts import TEXT_MAX
from handheld.node.traffic import WINDOW_MS, Traffic
from handheld.node.trials import PER_SECOND, WAITING_MAX, Trials
from handheld.wire.air import flood, one_hop
from handheld.wire.constants import AIR_FRAME_MAX, PLAIN_HEADER, POST_LIFE_S, AirKind
from handheld.wire.records import LETTER_TEXT_MAX


def test_tries_are_capped_a_second_and_nothing_is_lost_or_reordered() -> None:
    trials: Trials[int] = Trials()
    for number in range(100):
        assert trials.put(number)
    taken = trials.take(1_000)
    assert taken == list(range(PER_SECOND))
    now = 1_000
    while (deadline := trials.next_deadline()) is not None:
        assert deadline > now
        now = deadline
        taken += trials.take(now)
    assert taken == list(range(100))
    assert now - 1_000 == (100 - PER_SECOND) * 1000 // PER_SECOND
    assert trials.take(now) == []


def test_the_queue_of_tries_is_bounded() -> None:
    trials: Trials[int] = Trials()
    kept = [trials.put(number) for number in range(WAITING_MAX + 5)]
    assert kept.count(False) == 5
    assert trials.take(0)[0] == 5


def test_what_the_owner_brings_is_tried_beyond_the_cap_and_saves_up_nothing() -> None:
    trials: Trials[int] = Trials()
    for number in range(10 * PER_SECOND):
        trials.allow()
        trials.put(number)
        assert trials.take(1_000) == [number]
    for _ in range(10 * PER_SECOND):
        trials.allow()
    for number in range(2 * PER_SECOND):
        trials.put(number)
    assert len(trials.take(1_000)) == PER_SECOND


LONGEST = flood(AirKind.HERE, 7, bytes(AIR_FRAME_MAX - PLAIN_HEADER))


def test_what_nobody_repeats_is_one_frame_and_what_all_repeat_is_three() -> None:
    taken = []
    for frame in (LONGEST, one_hop(AirKind.POST, bytes(AIR_FRAME_MAX - PLAIN_HEADER)), b"", b"?"):
        traffic = Traffic()
        traffic.radio(1_000_000)
        traffic.heard(frame, 0)
        taken.append(traffic.now(0)[1])
    # Of sixty seconds over which is counted; one byte takes as long as its preamble does.
    assert taken == [5, 1, 0, 0]


def test_traffic_rises_with_what_is_heard_and_falls_in_silence() -> None:
    traffic = Traffic()
    traffic.radio(2_500)
    assert traffic.now(0) == (2_500, 0)
    for now in range(0, WINDOW_MS, 25):
        traffic.heard(LONGEST, now)
    _, busy = traffic.now(WINDOW_MS)
    assert 15 <= busy <= 31
    assert traffic.now(2 * WINDOW_MS)[1] < busy
    for _ in range(100_000):
        traffic.heard(LONGEST, 3 * WINDOW_MS)
    assert traffic.now(3 * WINDOW_MS)[1] == 100


def test_a_lie_moves_the_lamport_clock_a_little() -> None:
    lamport = Lamport(5)
    assert lamport.tick() == 6
    lamport.see(4)
    assert lamport.value == 6
    lamport.see(9)
    assert lamport.tick() == 10
    lamport.see(0xFFFFFFFF)
    assert lamport.value == 10 + LEAP


def test_the_limits_that_a_screen_counts_against_are_those_of_the_wire() -> None:
    assert (POST_BYTES, LETTER_BYTES) == (TEXT_MAX, LETTER_TEXT_MAX)
    assert POST_HOURS * 3600 == POST_LIFE_S
