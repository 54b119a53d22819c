"""How private frames are made: by way while that is believed, by flood where nothing else is left."""

import pytest

from handheld.clock import SeededEntropy
from handheld.node import routes as routes_module
from handheld.node.chart import Chart
from handheld.node.gossip import Gossip
from handheld.node.heralds import Heralds
from handheld.node.routes import ACK_TRIES, TTL_SPREAD, WAY_TRIES, Routes
from handheld.node.ways import FAILURES_MAX, Ways
from handheld.wire.air import BODY_MAX, PATH_BODY_MAX, AirPath, AirPlain, decode_air, first_byte
from handheld.wire.around import Entry, Grade
from handheld.wire.codec import decode
from handheld.wire.constants import PRIVATE_START_TTLS, AirKind, AirMode, ExtensionType
from handheld.wire.records import FURTHER_HEAD, Extension

ANA = b"a" * 32
BODY = b"a body"


def made(path: bytes = b"\x11\x22\x33") -> tuple[Routes, Ways, Heralds]:
    ways, entropy = Ways(), SeededEntropy("routes")
    heralds = Heralds(entropy, invisible=False)
    heralds.radio_up(2_540, 5, 0)
    while (heralds.next_deadline() or 0) < 60_000:
        heralds.due(heralds.next_deadline() or 0)
    if path:
        ways.learn(ANA[:8], path, 5, 0)
    return Routes(ways, Gossip(b"", Chart(), entropy), heralds, entropy), ways, heralds


def mode(routes: Routes, tries: int) -> AirMode:
    return decode_air(routes.frame(AirKind.PRIVATE, BODY, ANA, tries, 1).air).mode


@pytest.mark.parametrize("hops", range(1, 8))
def test_the_cursor_points_at_the_first_relay_and_what_is_before_it_is_made_up(
    hops: int,
) -> None:
    path = bytes(range(1, hops + 1))
    routes, _, _ = made(path)
    places, ttls = set(), set()
    for _ in range(200):
        route = routes.frame(AirKind.PRIVATE, BODY, ANA, 0, 1)
        air = decode_air(route.air)
        assert isinstance(air, AirPath)
        assert route.hops == hops
        assert (air.kind, air.body) == (AirKind.PRIVATE, BODY)
        assert air.path[air.cursor :] == path[::-1]
        places.add(air.cursor)
        ttls.add(air.ttl)
    assert places == set(range(8 - hops))
    assert ttls == set(PRIVATE_START_TTLS)


def test_without_a_way_it_floods() -> None:
    routes, _, _ = made(b"")
    route = routes.frame(AirKind.PRIVATE, BODY, ANA, 0, 1)
    assert isinstance(decode_air(route.air), AirPlain)
    assert route.hops == 0


@pytest.mark.parametrize(("size", "mode"), [(PATH_BODY_MAX, AirMode.COLLECT), (BODY_MAX, AirMode.FLOOD)])
def test_on_slow_air_a_flood_names_who_transmits_it_where_there_is_room(size: int, mode: AirMode) -> None:
    entropy = SeededEntropy("slow")
    heralds = Heralds(entropy, invisible=False)
    heralds.radio_up(2_116_000, 5, 0)
    routes = Routes(Ways(), Gossip(b"", Chart(), entropy), heralds, entropy)
    air = decode_air(routes.frame(AirKind.PRIVATE, bytes(size), ANA, 0, 1).air)
    assert (air.mode, len(air.body)) == (mode, size)
    assert air.ttl in PRIVATE_START_TTLS


def test_the_first_tries_go_by_way_and_then_every_other() -> None:
    routes, _, _ = made()
    modes = [mode(routes, tries) for tries in range(WAY_TRIES + 4)]
    assert modes[:WAY_TRIES] == [AirMode.WAY] * WAY_TRIES
    assert modes[WAY_TRIES:] == [AirMode.FLOOD, AirMode.WAY] * 2


def test_a_way_that_fails_is_not_gone_again() -> None:
    routes, _, _ = made()
    for _ in range(FAILURES_MAX):
        assert mode(routes, 0) is AirMode.WAY
        routes.failed(ANA)
    assert mode(routes, 0) is AirMode.FLOOD


def test_a_way_that_works_is_kept() -> None:
    routes, ways, _ = made()
    for _ in range(3):
        routes.failed(ANA)
        routes.worked(ANA, 1)
    assert ways.lookup(ANA, 1) is not None


def test_an_ack_that_is_asked_for_again_and_again_floods() -> None:
    routes, ways, _ = made()

    def answered(seq: int) -> AirMode:
        return decode_air(routes.answer(BODY, ANA, seq, 1)).mode

    assert [answered(7) for _ in range(ACK_TRIES)] == [AirMode.WAY] * ACK_TRIES
    assert answered(8) is AirMode.WAY
    assert answered(7) is AirMode.FLOOD
    assert ways.lookup(ANA, 1) is None
    assert answered(9) is AirMode.FLOOD
    ways.learn(ANA[:8], b"\x44", 5, 1)
    assert answered(9) is AirMode.WAY
    assert answered(7) is AirMode.FLOOD


def test_the_memory_of_answers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes_module, "ANSWERS_REMEMBERED", 1)
    routes, _, _ = made()
    for seq in range(1, 2 * ACK_TRIES + 3):
        # The one before is forgotten, so each looks like the first; nothing is held of it.
        assert decode_air(routes.answer(BODY, ANA, seq, 1)).mode is AirMode.WAY
    assert len(routes._answers) == 1


def test_mail_that_had_to_flood_asks_for_a_way_to_us() -> None:
    entropy = SeededEntropy("slow")
    heralds = Heralds(entropy, invisible=False)
    heralds.radio_up(2_116_000, 5, 0)
    heralds.told(0)
    before = heralds.next_deadline() or 0
    Routes(Ways(), Gossip(b"", Chart(), entropy), heralds, entropy).asked(1)
    assert (heralds.next_deadline() or 0) < before


def far(names: int) -> Routes:
    """Of somebody on slow air who knows that ANA is at the end of a line of so many radios."""
    entropy, chart = SeededEntropy("far"), Chart()
    chart.near(1, 9, 0)
    for name in range(1, names + 1):
        tag = ANA[:3] if name == names else bytes([name, 0, 0])
        chart.take(Entry(tag, 1, name, {near: Grade.STRONG for near in (name - 1, name + 1) if near}), 0)
    heralds = Heralds(entropy, invisible=False)
    heralds.radio_up(2_116_000, 5, 0)
    return Routes(Ways(), Gossip(b"me!", chart, entropy), heralds, entropy)


@pytest.mark.parametrize("names", [8, 12])
def test_the_rest_of_a_long_way_stands_in_what_goes_by_it(names: int) -> None:
    for _ in range(20):
        route = far(names).frame(AirKind.PRIVATE, BODY, ANA, 0, 1)
        air = decode_air(route.air)
        assert isinstance(air, AirPath)
        assert route.hops == names
        assert (air.kind, air.mode, air.cursor) == (AirKind.EXTENSION, AirMode.WAY, 0)
        assert air.path == bytes(range(1, 8))
        assert names <= air.ttl < names + TTL_SPREAD <= 15
        rest = bytes([names - 7]) + bytes(range(8, names + 1)) + bytes([first_byte(AirKind.PRIVATE)]) + BODY
        assert decode(Extension, air.body) == Extension(ExtensionType.FURTHER, rest)


def test_what_has_no_room_for_the_rest_of_its_way_floods() -> None:
    room = PATH_BODY_MAX - FURTHER_HEAD - 1
    assert far(8).frame(AirKind.PRIVATE, bytes(room), ANA, 0, 1).hops == 8
    assert far(8).frame(AirKind.PRIVATE, bytes(room + 1), ANA, 0, 1).hops == 0
    assert far(7).frame(AirKind.PRIVATE, bytes(room + 1), ANA, 0, 1).hops == 7
