"""Go-back-N: every number once and in order, whatever a line that keeps the order loses or repeats."""

import random
from collections import deque

import pytest

from handheld.link.window import (
    NUMBER,
    OWES_ANY,
    OWES_BARE,
    OWES_NOTHING,
    PATIENCE,
    PATIENCE_MAX,
    WIRE_RATE,
    Receiver,
    Sender,
    since,
)

SIZE = 20
KIND, OTHER = 17, 18


def filled(count: int, *, window: int = 1_000, slots: int = 8, first: int = 0) -> Sender:
    """A sender that holds `count` payloads, each with its place in the order at its end."""
    sender = Sender(slots, SIZE)
    sender.window = window
    for value in range(first, first + count):
        give(sender, value)
    return sender


def give(sender: Sender, value: int, kind: int = KIND, *, yields: bool = False) -> bool:
    slot = sender.claim()
    if slot is None:
        return False
    slot[0] = kind
    slot[4:6] = value.to_bytes(2, "big")
    sender.commit(6, 100, yields)
    return True


def taken(sender: Sender, now: int = 0) -> list[tuple[int, int]]:
    """(number, value) of all that may go now."""
    found = []
    while (payload := sender.take(now)) is not None:
        assert sender.taken == 6
        found.append((payload[NUMBER], int.from_bytes(payload[4:6], "big")))
    return found


def test_slots_are_bounded() -> None:
    sender = filled(8)

    assert sender.claim() is None
    assert sender.held == 8


def test_the_window_counts_bytes_and_always_lets_one_frame_go() -> None:
    assert taken(filled(8, window=350)) == [(0, 0), (1, 1), (2, 2)]
    assert taken(filled(8, window=50)) == [(0, 0)]


def test_acknowledged_frames_make_room_in_window_and_slots() -> None:
    sender = filled(8, window=300)
    taken(sender)

    assert sender.acknowledged(2, 5)
    assert give(sender, 8)
    assert give(sender, 9)
    assert not give(sender, 10)
    assert taken(sender, 5) == [(3, 3), (4, 4)]


@pytest.mark.parametrize("number", [0, 4, 200, 255])
def test_an_acknowledgement_of_nothing_new_or_of_what_was_never_sent_is_none(number: int) -> None:
    sender = filled(5, window=300)
    taken(sender)

    assert not sender.acknowledged(number, 1)
    assert sender.held == 5


def test_numbers_go_round_at_256() -> None:
    sender = filled(0)
    numbers = []
    for value in range(600):
        give(sender, value)
        [(number, _)] = taken(sender)
        numbers.append(number)
        assert sender.acknowledged((number + 1) & 255, 0)

    assert numbers == [value & 255 for value in range(600)]


def test_silence_doubles_the_patience_up_to_a_second_and_sends_one_frame_only() -> None:
    sender = filled(3)
    taken(sender, 1_000)
    waits = []
    now = sender.started
    for _ in range(5):
        wait = sender.patience()
        sender.tick(now + wait - 1)
        assert taken(sender, now + wait - 1) == []
        now += wait
        sender.tick(now)
        assert taken(sender, now) == [(0, 0)]
        waits.append(wait - (300 if not waits else 100) // WIRE_RATE)

    assert waits == [PATIENCE, 2 * PATIENCE, 4 * PATIENCE, PATIENCE_MAX, PATIENCE_MAX]


def test_an_acknowledgement_after_silence_sends_all_the_rest_again() -> None:
    sender = filled(4)
    taken(sender)
    sender.tick(500)
    assert taken(sender, 500) == [(0, 0)]

    assert sender.acknowledged(1, 510)
    assert taken(sender, 510) == [(1, 1), (2, 2), (3, 3)]
    assert sender.patience() == PATIENCE + 300 // WIRE_RATE


def test_an_acknowledgement_that_was_on_its_way_when_patience_ended_is_believed() -> None:
    sender = filled(3)
    taken(sender)
    sender.tick(500)

    assert sender.acknowledged(2, 501)
    assert taken(sender, 501) == [(2, 2)]
    assert sender.acknowledged(3, 502)
    assert sender.held == 0


def test_nothing_to_wait_for_when_all_is_acknowledged_or_nothing_was_sent() -> None:
    sender = filled(2)
    assert sender.patience() == -1
    taken(sender)
    sender.acknowledged(2, 3)
    assert sender.patience() == -1
    sender.tick(10_000)
    assert taken(sender, 10_000) == []


def test_what_was_missed_goes_again_at_once_but_once_for_each_number() -> None:
    sender = filled(4)
    taken(sender)
    sender.missed(0)
    assert taken(sender) == [(0, 0)]
    sender.missed(0)
    assert taken(sender) == []

    sender.acknowledged(2, 1)
    assert taken(sender) == [(2, 2), (3, 3)]
    sender.missed(2)
    assert taken(sender) == [(2, 2)]


def test_missed_says_nothing_about_another_number_or_when_nothing_is_on_its_way() -> None:
    sender = filled(2)
    sender.missed(0)
    assert taken(sender) == [(0, 0), (1, 1)]
    sender.missed(1)
    sender.missed(255)
    assert taken(sender) == []


def test_only_what_never_went_is_dropped_the_oldest_of_its_kind_first() -> None:
    sender = filled(2, window=200)
    taken(sender)
    for value, kind in ((2, OTHER), (3, KIND), (4, KIND), (5, OTHER)):
        give(sender, value, kind)

    assert sender.drop_oldest(KIND)
    assert sender.drop_oldest(KIND)
    assert not sender.drop_oldest(KIND)
    sender.acknowledged(2, 0)
    assert taken(sender) == [(2, 2), (3, 5)]


def test_what_yields_lets_others_pass_until_it_was_taken_itself() -> None:
    sender = filled(0, window=250)
    for value in (0, 1, 2):
        give(sender, value, yields=True)
    assert sender.upcoming_yields()
    assert taken(sender) == [(0, 0), (1, 1)]
    give(sender, 3)
    give(sender, 4)
    assert not sender.upcoming_yields()

    assert sender.acknowledged(2, 5)
    assert taken(sender, 5) == [(2, 3), (3, 4)]
    assert sender.upcoming_yields()
    assert sender.acknowledged(4, 5)
    assert taken(sender, 5) == [(4, 2)]
    assert not sender.upcoming_yields()


def test_what_goes_again_keeps_its_place_though_it_yields() -> None:
    sender = filled(0)
    give(sender, 0, yields=True)
    taken(sender)
    sender.missed(0)
    give(sender, 1)
    assert not sender.upcoming_yields()
    assert taken(sender) == [(0, 0)]


def test_what_yields_is_dropped_before_the_rest_of_its_kind() -> None:
    sender = filled(0)
    for value, kind, yields in ((0, OTHER, False), (1, KIND, False), (2, KIND, True), (3, KIND, True)):
        give(sender, value, kind, yields=yields)
    assert all(sender.drop_oldest(KIND) for _ in range(2))
    assert taken(sender) == [(0, 0), (1, 1)]

    sender = filled(3)
    give(sender, 3, yields=True)
    assert sender.drop_oldest(KIND)
    assert taken(sender) == [(0, 0), (1, 1), (2, 2)]


def test_a_dropped_slot_is_of_use_again_without_mixing_payloads() -> None:
    sender = filled(8, window=100)
    taken(sender)
    for value in range(8, 40):
        assert sender.drop_oldest(KIND)
        assert give(sender, value)

    sender.window = 10_000
    assert taken(sender) == [
        (number, value) for number, value in zip(range(1, 8), range(33, 40), strict=True)
    ]


def test_clear_forgets_and_begins_with_number_0() -> None:
    sender = filled(3)
    taken(sender)
    sender.acknowledged(1, 0)
    sender.clear()

    assert (sender.held, sender.patience()) == (0, -1)
    give(sender, 7)
    assert taken(sender) == [(0, 7)]


def test_a_radio_s_clock_goes_round() -> None:
    assert since(5, (1 << 30) - 10) == 15
    sender = filled(1)
    taken(sender, (1 << 30) - 10)
    sender.tick(sender.patience() - 11)
    assert taken(sender, 0) == []
    sender.tick(sender.patience() - 10)
    assert taken(sender, 0) == [(0, 0)]


def test_a_receiver_takes_each_number_once_and_says_what_it_owes() -> None:
    receiver = Receiver()
    assert receiver.owed == OWES_NOTHING

    assert receiver.accept(0)
    assert receiver.owed == OWES_ANY
    assert not receiver.accept(0)
    assert receiver.owed == OWES_BARE
    assert receiver.accept(1)
    assert receiver.owed == OWES_BARE
    assert not receiver.accept(3)
    assert receiver.expected == 2

    receiver.clear()
    assert (receiver.expected, receiver.owed) == (0, OWES_NOTHING)


def test_a_receiver_goes_round_at_256() -> None:
    receiver = Receiver()
    assert all(receiver.accept(number & 255) for number in range(600))


class Lossy:
    """A sender and a receiver over lines that keep the order, lose and repeat."""

    def __init__(self, seed: int, loss: float, doubled: float) -> None:
        self.chance = random.Random(seed)
        self.loss, self.doubled = loss, doubled
        self.sender = filled(
            0, window=self.chance.choice((100, 450, 5_000)), slots=self.chance.choice((1, 5, 64))
        )
        self.receiver = Receiver()
        self.down: deque[tuple[int, int, int]] = deque()
        self.up: deque[tuple[int, int, bool]] = deque()
        self.given = 0
        self.got: list[int] = []

    def put(self, line: deque[tuple[int, ...]], item: tuple[int, ...]) -> None:
        drawn = self.chance.random()
        line.extend([item] * (0 if drawn < self.loss else 2 if drawn < self.loss + self.doubled else 1))

    def step(self, now: int) -> None:
        if self.chance.random() < 0.5 and give(self.sender, self.given):
            self.given += 1
        self.sender.tick(now)
        for number, value in taken(self.sender, now):
            self.put(self.down, (now + 3, number, value))  # type: ignore[arg-type]
        while self.down and self.down[0][0] <= now:
            _, number, value = self.down.popleft()
            if self.receiver.accept(number):
                self.got.append(value)
        if self.receiver.owed:
            bare = self.receiver.owed == OWES_BARE or self.chance.random() < 0.5
            self.put(self.up, (now + 3, self.receiver.expected, bare))  # type: ignore[arg-type]
            self.receiver.owed = OWES_NOTHING
        while self.up and self.up[0][0] <= now:
            _, number, bare = self.up.popleft()
            if not self.sender.acknowledged(number, now) and bare:
                self.sender.missed(number)


@pytest.mark.parametrize("seed", range(12))
def test_everything_arrives_once_and_in_order_whatever_is_lost_or_repeated(seed: int) -> None:
    pair = Lossy(seed, loss=seed % 4 * 0.12, doubled=seed % 3 * 0.15)
    for now in range(2_500):
        pair.step(now)
        assert pair.got == list(range(len(pair.got)))
    pair.loss = pair.doubled = 0.0
    given = pair.given
    assert given > (256 if seed % 4 == 0 else 0)
    for now in range(2_500, 6_000):
        pair.step(now)

    assert pair.got[:given] == list(range(given))
