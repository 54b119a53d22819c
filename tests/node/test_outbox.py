"""The outbox's table and its waits."""

import pytest

from handheld.clock import SeededEntropy
from handheld.node.entry import OPEN, TABLE, Entry, Input, Sealing, State
from handheld.node.outbox import (
    AGAIN_MS,
    CARRIED_MAX,
    FRONT,
    FRONT_NEAR,
    GIVE_UP_S,
    SEALINGS_MAX,
    SILENT_TRIES,
    WITHDRAW_MS,
    Outbox,
)
from handheld.node.pace import AIRTIMES, FAST, FIRST_TRY_MS, REST_MS, TURN_MS, UNSURE_TRIES
from handheld.wire.constants import AIR_FRAME_MAX

BO, CY = b"b" * 32, b"c" * 32


def outbox(*readers: bytes) -> tuple[Outbox, list[Entry]]:
    box = Outbox(SeededEntropy("outbox"))
    entries = [Entry(number + 1, reader, number + 1, 1, b"x") for number, reader in enumerate(readers)]
    for entry in entries:
        box.add(entry, 0)
    return box, entries


def test_the_table_has_an_answer_to_everything_and_delivered_is_final() -> None:
    assert set(TABLE) == set(State)
    assert all(set(row) == set(Input) for row in TABLE.values())
    assert {to for what, to in TABLE[State.DELIVERED].items() if what is not Input.READ} == {State.DELIVERED}
    assert set(TABLE[State.READ].values()) == {State.READ}
    assert all(TABLE[state][Input.READ] is State.READ for state in State)
    assert all(TABLE[state][Input.ACKED] is State.DELIVERED for state in State if state is not State.READ)
    assert set(State) - set(OPEN) == {State.DELIVERED, State.READ, State.FAILED}


def test_nobody_in_reach_and_no_answer_are_never_mixed_up() -> None:
    silent = {state: row[Input.SILENT] for state, row in TABLE.items()}
    alone = {state: row[Input.ALONE] for state, row in TABLE.items()}
    assert [state for state in State if silent[state] is State.UNANSWERED] == [
        State.AIRED,
        State.UNHEARD,
        State.UNANSWERED,
    ]
    assert [state for state in State if alone[state] is State.UNHEARD] == [State.AIRED, State.UNHEARD]
    # Whoever was near once may have heard it: that they did not answer stays true when they are gone.
    assert alone[State.UNANSWERED] is State.UNANSWERED
    # Nothing is said of what was not sent.
    assert all(
        TABLE[state][what] is state
        for state in (State.QUEUED, State.WAITING)
        for what in (Input.SILENT, Input.ALONE)
    )


def test_waits_grow_and_stay_below_the_longest() -> None:
    box, (entry,) = outbox(BO)
    waits, now = [], 0
    for number in range(30):
        box.sealed(entry, bytes([number]) * 8, now)
        waits.append(entry.at - now)
        now = entry.at
    assert FIRST_TRY_MS <= waits[0] <= FIRST_TRY_MS * 5 // 4
    assert sum(waits[:4]) <= 3_000
    assert waits[-1] <= FAST.slowest_ms * 5 // 4
    assert waits[-1] >= FAST.slowest_ms


@pytest.mark.parametrize(("airtime_us", "load"), [(2_050_000, 0), (2_540, 90), (2_540, 100)])
def test_waits_stretch_with_airtime_and_load(airtime_us: int, load: int) -> None:
    box, (entry,) = outbox(BO)
    box.air(airtime_us, load)
    box.sealed(entry, b"c" * 8, 0, AIR_FRAME_MAX)
    assert entry.at >= max(AIRTIMES * airtime_us // 1000, FIRST_TRY_MS * (10 if load else 1))


def test_only_the_oldest_few_of_a_reader_are_tried_at_once() -> None:
    box, entries = outbox(*[BO] * 6, CY)
    assert box.due(0) == [*entries[:FRONT], entries[6]]
    for entry in box.due(0):
        box.sealed(entry, bytes([entry.message]) * 8, 0)
    deadline = box.next_deadline()
    assert deadline is not None
    assert deadline > 0
    assert box.step(entries[0], Input.ACKED, 100)
    assert entries[FRONT] in box.due(100)


@pytest.mark.parametrize(("airtime_us", "front"), [(2_540, FRONT_NEAR), (2_050_000, FRONT)])
def test_more_are_tried_while_the_reader_answers_and_the_air_is_fast(airtime_us: int, front: int) -> None:
    box, (first, *entries) = outbox(*[BO] * 12, CY)
    box.air(airtime_us, 0)
    box.sealed(first, b"f" * 8, 0)
    assert box.step(first, Input.ACKED, 0)
    assert box.due(0) == [*entries[:front], entries[11]]
    for _ in range(SILENT_TRIES):
        box.sealed(entries[0], b"e" * 8, 0)
    assert len(box.due(entries[0].at)) == front + 1
    box.sealed(entries[0], b"e" * 8, 0)
    assert box.due(entries[0].at) == [*entries[:FRONT], entries[11]]


def test_any_of_the_last_sealings_delivers() -> None:
    box, (entry,) = outbox(BO)
    for number in range(SEALINGS_MAX + 1):
        box.sealed(entry, number.to_bytes(8, "big"), 0)
    assert box.answered((0).to_bytes(8, "big")) is None
    assert box.answered((1).to_bytes(8, "big")) is entry
    assert box.step(entry, Input.ACKED, 0)
    assert box.answered((1).to_bytes(8, "big")) is None
    assert len(box) == 0
    assert box.next_deadline() is None
    assert box.get(entry.message) is None


def test_saved_sealings_are_answered_after_a_restart() -> None:
    box = Outbox(SeededEntropy("outbox"))
    entry = Entry(1, BO, 1, 1, b"x", State.AIRED, [b"c" * 8])
    box.add(entry, 0)
    assert box.answered(b"c" * 8) is entry
    assert box.states() == {"aired": 1}


def test_who_is_heard_is_tried_soon_but_not_oftener_than_before() -> None:
    box, (far, near) = outbox(BO, CY)
    for _ in range(14):
        box.sealed(far, bytes(8), 0)
    box.sealed(near, b"n" * 8, 0)
    soon = near.at
    box.heard(BO, 1_000)
    box.heard(CY, 1)
    assert 1_000 <= far.at < 1_000 + FIRST_TRY_MS
    assert near.at == soon


def test_who_is_heard_and_does_not_answer_is_tried_ever_more_rarely() -> None:
    box, (entry,) = outbox(BO)
    now, waits = 0, []
    for _ in range(FAST.quick + 1):
        box.sealed(entry, b"c" * 8, now)
    for _ in range(4):
        assert box.hopeless(entry, sure=True)
        entry.away = True
        box.sealed(entry, b"c" * 8, now)
        box.heard(BO, now)
        assert not box.hopeless(entry, sure=True)
        waits.append(entry.at - now)
        for _ in range(FAST.quick + 1 - entry.tries):
            box.sealed(entry, b"c" * 8, now)
    assert waits[0] < FIRST_TRY_MS
    assert waits[1:] == [4 * REST_MS, 16 * REST_MS, AGAIN_MS]


def test_to_who_was_heard_some_minutes_ago_and_to_whom_no_way_is_known_it_is_tried_less_often() -> None:
    box, (entry,) = outbox(BO)
    for _ in range(UNSURE_TRIES):
        assert not box.hopeless(entry, sure=False)
        box.sealed(entry, b"c" * 8, 0)
    assert box.hopeless(entry, sure=False)
    assert not box.hopeless(entry, sure=True)
    box.air(LORA_US, 0)
    assert not box.hopeless(entry, sure=False)


def test_hurry_makes_all_or_one_readers_due() -> None:
    box, entries = outbox(BO, CY)
    for entry in entries:
        box.wait(entry, 0)
    assert box.due(100) == []
    box.hurry(100, CY)
    assert box.due(100) == [entries[1]]
    box.hurry(200)
    assert box.due(200) == entries


def test_the_powered_age_counts_from_the_writing_and_each_run_tries_once() -> None:
    box = Outbox(SeededEntropy("outbox"))
    entry = Entry(1, BO, 1, 1, b"x", State.AIRED, powered=500)
    box.add(entry, 0)
    assert not box.too_old(entry, 500 + GIVE_UP_S)
    box.sealed(entry, b"c" * 8, 0)
    assert not box.too_old(entry, 499 + GIVE_UP_S)
    assert box.too_old(entry, 500 + GIVE_UP_S)


LORA_US = 2_116_000
"""Of 250 bytes at SF11 and 250 kHz."""


def test_by_way_an_ack_is_waited_for_as_long_as_the_hops_take_there_and_back() -> None:
    waits = []
    for hops in (1, 3, 4):
        box, (entry,) = outbox(BO)
        box.air(LORA_US, 0)
        box.sealed(entry, b"c" * 8, 0, 130, hops)
        waits.append(entry.at)
    for hops, wait in zip((1, 3, 4), waits, strict=True):
        trip = 2 * hops * (1_225 + TURN_MS)
        assert trip * 99 // 100 <= wait <= trip * 127 // 100
    box, (entry,) = outbox(BO)
    box.air(2_540, 0)
    box.sealed(entry, b"c" * 8, 0, 130, 3)
    assert entry.at <= FIRST_TRY_MS * 5 // 4


def test_by_a_long_way_the_second_try_is_not_a_quick_one() -> None:
    box, (entry,) = outbox(BO)
    box.air(LORA_US, 0)
    box.sealed(entry, b"c" * 8, 0, 130, 5)
    assert 180_000 < entry.at < 300_000


@pytest.mark.parametrize("hops", [4, 0])
def test_on_slow_air_a_second_try_fits_into_a_minute_or_so_and_then_they_are_rare(hops: int) -> None:
    box, (entry,) = outbox(BO)
    box.air(LORA_US, 0)
    at = []
    for number in range(7):
        at.append(entry.at)
        box.sealed(entry, bytes([number]) * 8, entry.at, 130, hops if number == 0 else 0)
    assert at[1] < 65_000
    assert at[2] > 120_000
    assert at[6] > 2 * 3_600_000


def test_the_wait_counts_from_when_the_radio_has_sent_it() -> None:
    box, (entry, other) = outbox(BO, CY)
    box.sealed(entry, b"c" * 8, 0)
    wait = entry.at
    box.aired(entry, 5_000)
    assert entry.at == 5_000 + wait
    box.aired(entry, 4_000)
    assert entry.at == 5_000 + wait
    box.aired(other, 4_000)
    assert other.at == 0


def test_what_is_due_for_another_reason_than_a_late_ack_says_nothing_of_the_way() -> None:
    box, (entry, late) = outbox(BO, CY)
    for one in (entry, late):
        box.sealed(one, bytes([one.message]) * 8, 0, 130, 3)
    box.hurry(10, BO)
    assert (entry.hops, late.hops) == (0, 3)


def test_on_slow_air_who_is_heard_gets_one_try_at_a_moment_of_its_own() -> None:
    box, (entry,) = outbox(BO)
    box.air(LORA_US, 0)
    for number in range(6):
        box.sealed(entry, bytes([number]) * 8, 0, 130)
    box.heard(BO, 1_000)
    soon = entry.at
    assert 1_000 <= soon <= 1_000 + AIRTIMES * LORA_US // 1000
    box.sealed(entry, b"x" * 8, soon, 130)
    assert entry.at - soon > 120_000


def test_a_message_that_failed_is_not_tried_and_a_late_ack_finds_it() -> None:
    box = Outbox(SeededEntropy("outbox"))
    entry = Entry(1, BO, 1, 1, b"x", State.FAILED, [b"c" * 8])
    box.add(entry, 0)
    assert (len(box), box.due(1_000_000), box.next_deadline()) == (0, [], None)
    assert box.answered(b"c" * 8) is entry
    assert box.step(entry, Input.ACKED, 5)
    assert entry.state is State.DELIVERED
    assert box.answered(b"c" * 8) is None


def test_what_others_carry_is_tried_more_rarely_and_what_is_for_who_is_away_too() -> None:
    def wait(carriers: int, *, away: bool) -> int:
        box, (entry,) = outbox(BO)
        entry.away, entry.carriers = away, carriers
        for number in range(20):
            box.sealed(entry, bytes([number]) * 8, 0)
        return entry.wait

    usual, slowest = FAST.slowest_ms, 5 * FAST.slowest_ms // 4
    assert usual <= wait(0, away=False) <= slowest
    assert 6 * usual <= wait(1, away=False) <= 8 * slowest
    assert wait(0, away=True) >= 60 * 60 * 1000
    assert wait(30, away=True) >= 6 * 60 * 60 * 1000


def test_a_sealing_is_sent_again_once_the_radios_have_forgotten_it_and_its_prekey_still_holds() -> None:
    box, (entry,) = outbox(BO)
    entry.away = True
    entry.kept[b"c" * 8] = Sealing(b"p" * 8, 0, b"key")
    box.sealed(entry, b"c" * 8, 0)
    assert box.reusable(entry, b"key", AGAIN_MS - 1) is None
    assert box.reusable(entry, b"newer", AGAIN_MS) is None
    assert box.reusable(entry, b"key", AGAIN_MS) == b"c" * 8


def sealed(box: Outbox, entry: Entry, *made: Sealing) -> None:
    for number, sealing in enumerate(made):
        entry.kept[bytes([number]) * 8] = sealing
        box.sealed(entry, bytes([number]) * 8, 0)


def named(number: int, prekey: bytes = b"", *, first: bool = False) -> Sealing:
    return Sealing(bytes([100 + number]) * 8, 0, prekey, first)


def test_on_fast_air_one_sealing_of_a_kind_stays_the_newest_until_somebody_carries_it() -> None:
    for carriers, stays in ((0, [3, 4, 5]), (1, [0, 2, 5])):
        box, (entry,) = outbox(BO)
        kinds = (b"old", b"old", b"key", b"old", b"key")
        sealed(box, entry, *map(named, range(5), kinds), named(5, b"key", first=True))
        entry.carriers = carriers
        assert box.surplus(entry, WITHDRAW_MS - 1) == []
        assert len(box.surplus(entry, WITHDRAW_MS)) == 3
        assert [one[0] for one in entry.kept] == stays
        assert box.surplus(entry, WITHDRAW_MS) == []


def test_a_sealing_for_another_prekey_stays_but_of_prekeys_too_the_newest_few() -> None:
    box, (entry,) = outbox(BO)
    sealed(box, entry, *(named(number, bytes([number])) for number in range(CARRIED_MAX + 1)))
    assert box.surplus(entry, WITHDRAW_MS) == [bytes([100]) * 8]


def test_of_many_sealings_on_slow_air_the_oldest_are_withdrawn_and_answered_no_more() -> None:
    box, (entry,) = outbox(BO)
    box.air(1_000_000, 0)
    sealed(box, entry, *map(named, range(CARRIED_MAX + 2)))
    assert box.surplus(entry, WITHDRAW_MS - 1) == []
    assert box.surplus(entry, WITHDRAW_MS) == [bytes([100]) * 8, bytes([101]) * 8]
    assert box.answered(bytes(8)) is None
    assert box.answered(bytes([2]) * 8) is entry


def test_who_was_silent_for_an_hour_is_tried_closely_again_when_he_is_heard() -> None:
    box, [entry] = outbox(BO)
    hour = 6 * FAST.slowest_ms
    entry.revived, entry.last, entry.tries, entry.at = 3, 0, 40, 10 * hour
    box.heard(BO, hour)
    assert (entry.revived, entry.tries) == (1, FAST.again)
    assert hour <= entry.at < hour + FIRST_TRY_MS


@pytest.mark.parametrize(
    ("carriers", "tries", "first", "rest"),
    [(0, 1, REST_MS, AGAIN_MS), (1, FAST.quick, 16 * REST_MS, 6 * FAST.slowest_ms)],
)
def test_what_others_carry_is_tried_once_and_rarely_when_its_reader_is_heard(
    carriers: int, tries: int, first: int, rest: int
) -> None:
    box, [entry] = outbox(BO)
    now = 10 * FAST.slowest_ms
    entry.carriers, entry.tries, entry.last, entry.at = carriers, 1, 0, 10 * now
    box.heard(BO, now)
    assert entry.tries == tries
    # He is heard, and does not answer: each rest is four times the one before.
    for revived in range(1, 6):
        entry.last, entry.at = now, 10 * now
        box.heard(BO, now)
        assert (entry.tries, entry.at - now) == (FAST.quick, min(rest, first << 2 * revived))


def test_what_is_on_its_way_is_told_in_order_of_writing() -> None:
    box, entries = outbox(BO, CY, BO)
    assert box.open() == entries
