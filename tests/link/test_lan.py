"""Frames between networks and the radio: what is new goes on, once, and nobody gets more than his share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.link.lan import (
    ADDRESSES_MAX,
    BURST,
    LATEST_AIRTIMES,
    NEAR_MS,
    RADIO_BURST,
    SEEN_MAX,
    SEEN_MS,
    WAITING_MAX,
    Lan,
)
from handheld.node.fileconsent import Consent
from handheld.node.filecourier import Courier
from handheld.node.outbound import Outbound
from handheld.node.shelf import Shelf
from handheld.wire.air import collecting, decode_air, flood, one_hop, way
from handheld.wire.codec import decode, encode
from handheld.wire.constants import DEFAULT_NETWORK_KEY, LAN_VERSION, PUBLIC_START_TTL, AirKind, AirMode
from handheld.wire.files import Symbol
from handheld.wire.lan import Datagram
from handheld.wire.records import Here
from tests.support.vectors import cases

AIRTIME_US = 10_000
HERE = collecting(AirKind.HERE, 8, encode(Here(b"12345678", 1, b"")))


def lan(key: bytes = DEFAULT_NETWORK_KEY) -> Lan:
    return Lan(key, SeededEntropy(1), 0)


def body(number: int) -> bytes:
    return b"frame %06d" % number


def datagram(number: int, ttl: int = 8, kind: AirKind = AirKind.POST) -> bytes:
    """What another node sends of its own."""
    return lan().own(flood(kind, ttl, body(number)), 0)


def mode_and_ttl(data: bytes) -> tuple[AirMode, int]:
    frame = decode_air(decode(Datagram, data).air)
    return frame.mode, frame.ttl


def test_the_mac_is_that_of_the_air() -> None:
    (case,) = [case for case in cases("air") if case.id == "air_plain-flood"]
    assert lan().own(case.data[:2] + bytes(4) + case.data[6:], 0) == bytes([LAN_VERSION]) + case.data


def test_what_is_new_is_taken_once_and_goes_on_with_one_hop_less() -> None:
    rules = lan()
    taken = rules.receive(datagram(1), "a", 0)
    assert taken is not None
    assert decode_air(taken.air).body == body(1)
    assert mode_and_ttl(taken.onward) == (AirMode.FLOOD, 7)
    assert rules.receive(datagram(1), "b", 1) is None
    assert rules.receive(taken.onward, "c", 2) is None
    assert rules.dropped == {"known": 2}
    assert rules.receive(datagram(1), "a", SEEN_MS) is not None


def test_what_goes_on_is_good_at_the_next() -> None:
    first, second = lan(), lan()
    taken = first.receive(datagram(1), "a", 0)
    assert taken is not None
    assert second.receive(taken.onward, "b", 0) is not None


def test_the_last_hop_and_one_hop_go_no_further() -> None:
    rules = lan()
    last = rules.receive(datagram(1, ttl=1), "a", 0)
    near = rules.receive(lan().own(one_hop(AirKind.PROFILE, body(2)), 0), "a", 0)
    assert last is not None
    assert near is not None
    assert (last.onward, near.onward) == (b"", b"")


def test_our_own_come_back_as_known() -> None:
    rules = lan()
    sent = rules.own(flood(AirKind.POST, 8, body(1)), 0)
    assert rules.receive(sent, "a", 0) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "short"),
        (b"\2" + datagram(1)[1:], "version"),
        (datagram(1) + b"\0" * 240, "long"),
        (datagram(1)[:-1] + b"\0", "mac"),
        (lan(bytes(32)).own(flood(AirKind.POST, 8, body(1)), 0), "mac"),
        (bytes([LAN_VERSION]) + HERE, "mode"),
    ],
)
def test_what_is_wrong_is_counted_and_dropped(data: bytes, reason: str) -> None:
    rules = lan()
    assert rules.receive(data, "a", 0) is None
    assert rules.dropped == {reason: 1}
    assert rules.near(0) == 0


@given(st.binary(max_size=260))
@settings(max_examples=60)
def test_no_bytes_do_harm(data: bytes) -> None:
    rules = lan()
    assert rules.receive(data, "a", 0) is None
    assert sum(rules.dropped.values()) == 1


def test_a_hop_is_covered_by_the_mac() -> None:
    data = bytearray(datagram(1))
    data[2] += 4
    assert lan().receive(bytes(data), "a", 0) is None


def test_one_address_has_its_share_and_all_together_twice_that() -> None:
    rules = lan()
    frames = iter(datagram(number) for number in range(3 * BURST))
    assert sum(rules.receive(next(frames), "a", 0) is not None for _ in range(BURST + 50)) == BURST
    assert rules.receive(next(frames), "b", 0) is not None
    others = sum(rules.receive(next(frames), f"c{n}", 0) is not None for n in range(BURST + 50))
    assert others == BURST - 1
    assert rules.dropped["too much"] == 101
    assert rules.receive(next(frames), "a", 1_000) is not None
    assert rules.near(1_000) == ADDRESSES_MAX
    assert rules.near(NEAR_MS + 1_001) == 0


def test_memory_is_bounded() -> None:
    rules = lan()
    for number in range(SEEN_MAX + 10):
        rules.own(flood(AirKind.POST, 8, body(number)), 0)
    assert len(rules._seen) == SEEN_MAX


def test_the_own_frames_lose_the_path_and_here_is_for_radios() -> None:
    rules = lan()
    by_way = way(AirKind.PRIVATE, 9, b"\7\11", 0, body(3))
    assert mode_and_ttl(rules.own(collecting(AirKind.POST, 8, body(1)), 0)) == (AirMode.FLOOD, 8)
    assert mode_and_ttl(rules.own(one_hop(AirKind.PROFILE, body(2)), 0)) == (
        AirMode.ONE_HOP,
        PUBLIC_START_TTL,
    )
    assert mode_and_ttl(rules.own(by_way, 0)) == (AirMode.FLOOD, 9)
    assert rules.own(HERE, 0) == b""
    rules.radio(AIRTIME_US, 0)
    assert mode_and_ttl(rules.own(by_way, 0)) == (AirMode.ONE_HOP, 9)


def test_the_radio_has_it_a_little_later_unless_it_heard_it_meanwhile() -> None:
    rules = lan()
    rules.radio(AIRTIME_US, 0)
    rules.receive(datagram(1), "a", 0)
    rules.receive(datagram(2), "a", 0)
    rules.receive(datagram(3, ttl=1), "a", 0)
    deadline = rules.next_deadline()
    assert deadline is not None
    assert 40 <= deadline <= 200
    assert rules.due(deadline - 1) == []
    assert rules.from_radio(flood(AirKind.POST, 7, body(2)), 10) == b""
    (air,) = rules.due(LATEST_AIRTIMES * AIRTIME_US // 1_000)
    frame = decode_air(air)
    assert (frame.body, frame.mode, frame.ttl, frame.mac) == (body(1), AirMode.FLOOD, 7, bytes(4))
    assert rules.next_deadline() is None
    assert rules.counters["to the radio"] == 1


def test_without_a_radio_nothing_waits_for_one() -> None:
    rules = lan()
    rules.receive(datagram(1), "a", 0)
    assert rules.next_deadline() is None
    rules.radio(AIRTIME_US, 0)
    rules.receive(datagram(2), "a", 0)
    rules.radio(0, 1)
    assert rules.next_deadline() is None


def test_the_radio_gets_its_share_of_the_network_and_no_more() -> None:
    rules = lan()
    rules.radio(AIRTIME_US, 0)
    for number in range(WAITING_MAX + 10):
        rules.receive(datagram(number), f"a{number}", 0)
    assert rules.dropped == {"radio busy": 10}
    assert len(rules.due(1)) == 0
    assert len(rules.due(200)) == RADIO_BURST
    assert rules.dropped["radio busy"] == 10 + WAITING_MAX - RADIO_BURST


def test_slow_air_is_spared_what_is_not_written_by_people() -> None:
    rules = lan()
    rules.radio(400_000, 0)
    heavy = encode(Datagram(LAN_VERSION, _unknown_kind(13)))
    assert rules.receive(heavy, "a", 0) is not None
    assert rules.next_deadline() is None
    rules.radio(AIRTIME_US, 0)
    assert rules.receive(encode(Datagram(LAN_VERSION, _unknown_kind(14))), "a", 0) is not None
    assert rules.next_deadline() is not None


def _unknown_kind(kind: int) -> bytes:
    rules = lan()
    hop = decode_air(flood(AirKind.POST, 8, b"x")).hop
    first = 64 | kind << 2
    return bytes([first, hop]) + rules._mac(first, hop, body(1)) + body(1)


def test_what_the_radio_hears_goes_to_the_network_once() -> None:
    rules = lan()
    air = collecting(AirKind.POST, 8, body(1))
    assert mode_and_ttl(rules.from_radio(air, 0)) == (AirMode.FLOOD, 7)
    assert rules.from_radio(air, 1) == b""
    assert rules.receive(datagram(1), "a", 2) is None
    assert rules.from_radio(HERE, 3) == b""
    assert rules.from_radio(way(AirKind.PRIVATE, 9, b"\7\11", 0, body(2)), 4) == b""
    assert rules.from_radio(flood(AirKind.POST, 1, body(3)), 5) == b""
    assert rules.from_radio(b"rubbish", 6) == b""


def test_a_file_of_64_kilobytes_passes_at_its_pace_and_goes_one_hop() -> None:
    ours, theirs = lan(), lan()
    pace_ms = Courier(Shelf(), Outbound(), SeededEntropy(1), Consent()).frame_ms
    for number in range(300):
        symbol = Symbol(b"a file", number, 0, bytes(232))
        sent = ours.own(one_hop(AirKind.SYMBOL, encode(symbol)), number * pace_ms)
        taken = theirs.receive(sent, "a", number * pace_ms)
        assert taken is not None
        assert decode(Symbol, decode_air(taken.air).body) == symbol
        assert not taken.onward
    assert theirs.dropped == {}
