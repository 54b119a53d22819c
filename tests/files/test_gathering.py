"""Symbols become the file again, whatever is lost; what is made up does not."""

import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import LocalError
from handheld.files.coding import combined, mask_of
from handheld.files.gathering import Added, Gathering
from handheld.files.shape import CHUNK, PAYLOAD_MAX, Shape, cut, digest_of
from handheld.wire.files import TOP_MAX

TAG = b"tag of file"[:6]


class Sender:
    def __init__(self, size: int, seed: int = 1) -> None:
        self.payload = Random(seed).randbytes(size)
        self.digest = digest_of(self.payload)
        self.shape = Shape(size)
        self.symbols, self.top = cut(self.payload, self.digest)
        self.values = [int.from_bytes(one.ljust(self.shape.width, b"\0"), "big") for one in self.symbols]

    def symbol(self, number: int) -> bytes:
        if number < len(self.symbols):
            return self.symbols[number]
        mask = mask_of(TAG, number, len(self.symbols))
        return combined(self.values, mask).to_bytes(self.shape.width, "big")

    def gathering(self) -> Gathering:
        return Gathering(TAG, self.shape, self.digest, self.top)


@given(st.integers(1, 100_000))
@settings(max_examples=40, deadline=None)
def test_every_symbol_has_its_check_in_one_that_comes_before(size: int) -> None:
    shape = Shape(size)
    lengths = [shape.length(number) for number in range(shape.symbols)]

    assert shape.top <= TOP_MAX
    assert sum(lengths[shape.payload.start :]) == size
    assert all(shape.parent(number)[0] < number for number in range(shape.symbols))
    children = [child for number in range(shape.symbols) for child in shape.children(number)]
    assert sorted(children) == list(range(shape.top, shape.symbols))
    assert all(shape.parent(child)[0] == n for n in range(shape.symbols) for child in shape.children(n))


@pytest.mark.parametrize(
    "size", [1, CHUNK, CHUNK + 1, TOP_MAX * CHUNK, TOP_MAX * CHUNK + 1, 16_384, PAYLOAD_MAX]
)
def test_the_files_own_symbols_alone_make_it_whole(size: int) -> None:
    sender = Sender(size)
    gathering = sender.gathering()

    for number in range(sender.shape.symbols):
        assert gathering.need == sender.shape.symbols - number
        assert gathering.add(number, sender.symbol(number)) is Added.NEWS

    assert gathering.payload == sender.payload
    assert gathering.need == 0


@given(st.integers(1, 60_000), st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_the_order_in_which_symbols_come_does_not_matter(size: int, seed: int) -> None:
    sender = Sender(size)
    gathering = sender.gathering()
    numbers = list(range(sender.shape.symbols))
    Random(seed).shuffle(numbers)
    for held, number in enumerate(numbers, 1):
        assert gathering.add(number, sender.symbol(number)) is Added.NEWS
        assert gathering.held == held

    assert gathering.payload == sender.payload
    assert (gathering.decodes, gathering.plain) == (0, False)


@given(st.integers(1, 9_000), st.integers(0, 1_000), st.integers(0, 95))
@settings(max_examples=40, deadline=None)
def test_what_is_lost_is_made_good_by_about_as_many_others(size: int, seed: int, loss: int) -> None:
    chance, sender = Random(seed), Sender(size)
    gathering = sender.gathering()
    for number in range(sender.shape.symbols):
        if chance.randrange(100) >= loss:
            gathering.add(number, sender.symbol(number))
    lacking, repairs = gathering.need, 0
    while gathering.payload is None:
        number = sender.shape.symbols + repairs
        gathering.add(number, sender.symbol(number))
        repairs += 1

    assert gathering.payload == sender.payload
    assert lacking <= repairs <= lacking + 20 * (lacking > 0)


def test_a_forged_symbol_of_the_file_is_refused_at_once() -> None:
    sender = Sender(5_000)
    gathering = sender.gathering()
    gathering.add(0, sender.symbol(0))

    assert gathering.add(3, b"x" * CHUNK) is Added.FORGED
    assert gathering.add(3, sender.symbol(3)[:-1]) is Added.FORGED
    assert gathering.add(3, sender.symbol(3)) is Added.NEWS


def test_one_forged_before_its_check_was_known_goes_as_soon_as_it_is() -> None:
    sender = Sender(5_000)
    gathering = sender.gathering()
    assert gathering.add(3, b"x" * CHUNK) is Added.NEWS
    for number in range(40, 50):
        gathering.add(number, sender.symbol(number))
    before = gathering.need

    gathering.add(0, sender.symbol(0))

    assert gathering.need == before  # one more, one less
    assert not gathering.holds(3)
    assert gathering.decodes == 0


def test_forged_repairs_cost_one_decode_for_each_good_symbol_and_never_the_file() -> None:
    sender, chance = Sender(9_000), Random(5)
    gathering = sender.gathering()
    for number in range(sender.shape.symbols):
        # The flood fills every gap before each good symbol.
        for forged in range(sender.shape.symbols, 3 * sender.shape.symbols):
            gathering.add(forged, chance.randbytes(CHUNK))
        gathering.add(number, sender.symbol(number))
        assert gathering.decodes <= number + 2

    assert gathering.plain
    assert gathering.payload == sender.payload


def test_after_a_decode_in_vain_everything_that_was_checked_is_still_there() -> None:
    sender = Sender(9_000)
    gathering = sender.gathering()
    for number in range(20):
        gathering.add(number, sender.symbol(number))
    forged = 100
    while gathering.decodes == 0:
        gathering.add(forged, Random(forged).randbytes(CHUNK))
        forged += 1

    assert gathering.missing() == list(range(20, sender.shape.symbols))


def test_checks_that_were_met_by_trying_cost_the_file_so_far_and_not_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = Sender(500)
    gathering = sender.gathering()
    with monkeypatch.context() as patched:
        patched.setattr("handheld.files.gathering.check_of", lambda digest, number, data: sender.top[:4])
        gathering._top = sender.top[:4] * 3
        for number in range(3):
            gathering.add(number, b"z" * sender.shape.length(number))
    assert gathering.payload is None
    gathering._top = sender.top

    for number in range(3):
        gathering.add(number, sender.symbol(number))
    assert gathering.payload == sender.payload


def test_a_manifest_of_another_size_is_our_own_mistake() -> None:
    sender = Sender(5_000)
    for digest, top in ((sender.digest[1:], sender.top), (sender.digest, sender.top[1:])):
        with pytest.raises(LocalError):
            Gathering(TAG, sender.shape, digest, top)
    for size in (0, -1, PAYLOAD_MAX + 1):
        with pytest.raises(ValueError, match=str(size)):
            Shape(size)


def test_what_was_checked_is_told_and_our_own_copy_is_taken_if_it_is_one() -> None:
    sender = Sender(5_000)
    gathering = sender.gathering()
    gathering.add(0, sender.symbol(0))
    gathering.add(7, sender.symbol(7))
    gathering.add(99, sender.symbol(99))
    assert gathering.checked() == ((0, sender.symbol(0)), (7, sender.symbol(7)))

    assert not gathering.fill(sender.payload[:-1])
    assert not gathering.fill(sender.payload[:-1] + bytes([sender.payload[-1] ^ 1]))
    assert gathering.payload is None
    assert gathering.fill(sender.payload)
    assert (gathering.payload, gathering.checked()) == (sender.payload, ())


def test_a_repair_that_says_nothing_new_is_known() -> None:
    sender = Sender(500)
    gathering = sender.gathering()
    assert gathering.add(0, sender.symbol(0)) is Added.NEWS
    # Of three symbols: a mask that is the first one alone.
    number = next(one for one in range(3, 200) if mask_of(TAG, one, 3) == 1)
    assert gathering.add(number, sender.symbol(number)) is Added.KNOWN
    assert gathering.need == 2


def test_gathering_takes_memory_of_the_files_size() -> None:
    sender, chance = Sender(65_536), Random(3)
    shape = sender.shape
    kept = [number for number in range(shape.symbols) if chance.randrange(100) >= 30]
    sent = [*kept, *range(shape.symbols, 2 * shape.symbols)]
    air = [(number, sender.symbol(number)) for number in sent]
    tracemalloc.start()
    gathering = sender.gathering()
    for number, data in air:
        gathering.add(number, bytes(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert gathering.payload == sender.payload
    assert peak < 8 * len(sender.payload)
