"""Somebody plays the holder who is about to send: honest ones are held up for a bounded time."""

from random import Random

import pytest

from handheld.wire.air import one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from handheld.wire.files import Symbol
from tests.support.file_village import Village

CONTENT = Random(1).randbytes(16_384)


def begun() -> Village:
    """Ana has shared a file, and bo lacks most of it."""
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    village.run(100)
    village.deaf.add(("ana", "bo"))
    village.run(5_000)
    assert village.entries("bo")[0].held < 20
    village.deaf.clear()
    return village


@pytest.mark.parametrize("every", [100, 500])
def test_symbols_that_are_sent_again_silence_nobody(every: int) -> None:
    village = begun()
    entry = village.entries("ana")[0]
    transfer = village.hosts["ana"].node.files.organ.courier.loaded(entry.tag)
    assert transfer is not None
    for number in range(60_000 // every):
        again = Symbol(entry.tag, number % 2, 255, transfer.symbol(number % 2))
        village.hosts["ana"].heard(one_hop(AirKind.SYMBOL, encode(again)), -60, village.now)
        village.run(every)
        if village.whole():
            break
    assert village.now < 20_000
    assert village.content("bo") == CONTENT


def test_good_symbols_that_nobody_else_hears_hold_a_holder_up_for_a_few_promises() -> None:
    village = begun()
    entry = village.entries("ana")[0]
    transfer = village.hosts["ana"].node.files.organ.courier.loaded(entry.tag)
    assert transfer is not None
    for number in range(300_000 // 50):
        made = Symbol(entry.tag, 30_000 + number, 255, transfer.symbol(30_000 + number))
        village.hosts["ana"].heard(one_hop(AirKind.SYMBOL, encode(made)), -60, village.now)
        village.run(50)
        if village.whole():
            break
    assert village.content("bo") == CONTENT
    assert village.now < 120_000
