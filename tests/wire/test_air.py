"""The air header: what its two packed bytes say, and which of two layouts a frame has."""

from collections.abc import Callable
from functools import partial

import pytest

from handheld.errors import WireError
from handheld.wire.air import (
    NO_MAC,
    AirFrame,
    AirPath,
    AirPlain,
    decode_air,
    first_byte,
    flood,
    goes_one_hop,
    hop_byte,
    one_hop,
    way,
)
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirFlag, AirKind, AirMode
from tests.support.vectors import Case, cases


def test_a_flood_is_a_plain_frame_without_a_mac() -> None:
    data = flood(AirKind.ACK, 8, bytes.fromhex("0123456789abcdef"))

    assert data.hex() == "5020000000000123456789abcdef"
    assert decode_air(data) == AirPlain(0x50, 0x20, NO_MAC, bytes.fromhex("0123456789abcdef"))


def test_the_packed_bytes_come_apart_as_they_were_put_together() -> None:
    urgent = flood(AirKind.POST, 15, b"x", AirFlag.URGENT)
    air = decode_air(urgent)

    assert (air.kind, air.flags, air.mode, air.ttl) == (AirKind.POST, 1, AirMode.FLOOD, 15)
    assert (air.first, air.hop) == (first_byte(AirKind.POST, 1), hop_byte(AirMode.FLOOD, 15))


def test_a_kind_of_a_later_version_is_read() -> None:
    assert decode_air(encode(AirPlain(first_byte(14), hop_byte(AirMode.ONE_HOP, 1), NO_MAC, b"?"))).kind == 14


@pytest.mark.parametrize("case", cases("air"), ids=lambda case: case.id)
def test_the_mode_tells_the_layout(case: Case) -> None:
    has_path = len(case.data) > 1 and case.data[1] >> 6 in (AirMode.COLLECT, AirMode.WAY)
    layout = AirPath if has_path else AirPlain

    assert outcome(decode_air, case.data) == outcome(partial(decode, layout), case.data)


def outcome(read: Callable[[bytes], AirFrame], data: bytes) -> AirFrame | str:
    """What comes of it: the frame, or the reason why it is none."""
    try:
        return read(data)
    except WireError as error:
        return error.reason


def test_what_goes_one_hop_says_so() -> None:
    assert goes_one_hop(one_hop(AirKind.BEACON, b"body"))
    assert not goes_one_hop(flood(AirKind.POST, 7, b"body"))
    assert not goes_one_hop(way(AirKind.ACK, 7, bytes([1, 2]), 0, b"body"))
    assert not goes_one_hop(b"")
    assert not goes_one_hop(b"!")
