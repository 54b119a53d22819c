"""The byte loops of the radio: the vectors, numbers as wide as the chip's, and random data."""

import random
from types import ModuleType
from typing import Any

import pytest

from handheld.link import framing
from handheld.link.framing import Loops
from handheld.sim import firmware
from tests.support import micropython
from tests.support.cpython_firmware import load
from tests.support.framing import COBS, FILE, MICROPYTHON, STREAMS, check_all, decoded, encoded


class Signed:
    """`ptr32` as the chip has it: what has bit 31 set is negative."""

    def __init__(self, words: Any) -> None:
        self._words = words

    def __getitem__(self, at: int) -> int:
        word = int(self._words[at])
        return word - (1 << 32) if word >> 31 else word


@pytest.fixture(params=[32, 64, "shim"])
def viper(request: pytest.FixtureRequest) -> ModuleType:
    """The module under CPython, with numbers as wide as on the chip, or as in the simulator; and its shim."""
    if request.param == "shim":
        return firmware.load("viper")[0]
    module = load("viper")[0]
    mask = (1 << request.param) - 1
    module.__dict__["uint"] = lambda value: value & mask
    if request.param == 32:
        module.__dict__["ptr32"] = Signed
    return module


def test_vectors_under_cpython(viper: ModuleType) -> None:
    check_all(framing, viper)


def test_vectors_under_micropython_by_viper_and_by_the_copied_plain_loops() -> None:
    code, text = micropython.run(MICROPYTHON, str(FILE))

    assert (code, text) == (0, f"{len(COBS)} {len(STREAMS)} []\n")


def test_same_results_as_the_plain_loops(viper: ModuleType) -> None:
    chance = random.Random(7)
    for _ in range(60):
        count = chance.randrange(0, 270)
        data = bytearray(chance.choice((0, 1, chance.randrange(256))) for _ in range(count))
        ours, plain = data + bytes(4), data + bytes(4)
        assert viper.crc32(ours, count) == Loops.crc32(plain, count)
        assert ours == plain
        assert viper.crc32(ours, count) == 1
        assert encoded(viper, bytes(ours)) == encoded(Loops, bytes(ours))
        assert decoded(viper, bytes(data)) == decoded(Loops, bytes(data))
        start, end = sorted((chance.randrange(count + 1), chance.randrange(count + 1)))
        assert viper.find_zero(data, start, end) == Loops.find_zero(data, start, end)


def test_copy_moves_down_in_the_same_buffer(viper: ModuleType) -> None:
    buffer = bytearray(b"0123456789")
    viper.copy(buffer, 3, buffer, 0, 7)

    assert buffer == b"3456789789"


def test_an_id_is_found_where_it_first_stands(viper: ModuleType) -> None:
    ring = b"".join(bytes((1, 2, 3, value)) for value in (9, 4, 7, 4))

    assert viper.find_id(ring, 4, bytes((1, 2, 3, 4)), 4) == 1
    assert viper.find_id(ring, 4, bytes((1, 2, 3, 7, 99)), 4) == 2
    assert viper.find_id(ring, 2, bytes((1, 2, 3, 7)), 4) == -1
    assert viper.find_id(ring, 4, bytes((3, 9, 1, 2)), 4) == -1
    assert viper.find_id(ring, 0, bytes(4), 4) == -1


RANDOM = """
import binascii, gc, random
import viper

random.seed(5)
plain = bytearray(280)
cobs = bytearray(290)
again = bytearray(290)
for count in range(270):
    for i in range(count):
        plain[i] = random.getrandbits(8) if count & 1 else random.getrandbits(1)
    viper.crc32(plain, count)
    assert bytes(plain[count : count + 4]) == binascii.crc32(bytes(plain[:count])).to_bytes(4, "big"), count
    assert viper.crc32(plain, count) == 1
    end = viper.encode(plain, count + 4, cobs, 1)
    assert viper.find_zero(cobs, 1, end) == -1
    assert viper.decode(cobs, 1, end, again) == count + 4
    assert again[: count + 4] == plain[: count + 4]

def work():
    for _ in range(100):
        viper.crc32(plain, 260)
        end = viper.encode(plain, 264, cobs, 1)
        viper.decode(cobs, 1, end, again)
        viper.find_zero(cobs, 0, 200)
        viper.copy(cobs, 0, again, 0, 200)
        viper.find_id(plain, 20, again, 9)

work()
before = gc.mem_alloc()
work()
print(gc.mem_alloc() - before)
"""


def test_under_micropython_random_data_comes_back_and_nothing_is_allocated() -> None:
    assert micropython.run(RANDOM) == (0, "0\n")
