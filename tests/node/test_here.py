"""`here` through whole nodes: said by who is visible, learned from, and believed no further than is cheap."""

import pytest

from handheld.clock import SeededEntropy
from handheld.node.effects import Dropped, Transmit
from handheld.node.node import Node
from handheld.node.saved import Saved
from handheld.wire.air import AirPath, collecting, decode_air, first_byte, flood, hop_byte, one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import PUBLIC_START_TTL, QUALITY_SHIFT, AirKind, AirMode, SentResult
from handheld.wire.records import Here
from tests.support.nodes import WALL, Handheld, Room

LORA_US = 2_116_000


def invisible(name: str) -> Handheld:
    hidden = Handheld(name)
    hidden.node = Node(hidden.identity, name, SeededEntropy(name), Saved(boards=["here"]), invisible=True)
    return hidden


def room(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(10_000)
    here.frames.clear()
    return here


def collected(author: bytes, path: bytes, quality: int, counter: int = 1) -> bytes:
    """A `here` as a radio hands it up."""
    body = encode(Here(author[:8], counter, b""))
    cursor = quality << QUALITY_SHIFT | len(path)
    hop = hop_byte(AirMode.COLLECT, 8 - len(path))
    return encode(AirPath(first_byte(AirKind.HERE), hop, bytes(4), cursor, path.ljust(7, b"\0"), body))


def modes(here: Room, kind: AirKind) -> list[str]:
    found = [decode_air(air) for _, _, air in here.frames]
    return [air.mode.name.lower() for air in found if air.kind == kind]


def dropped(node: Node, air: bytes, now: int) -> list[str]:
    return [effect.reason for effect in node.receive(air, -60, now, WALL) if isinstance(effect, Dropped)]


def teach(here: Room, one: str, other: str, path: bytes = b"\x11\x22\x33") -> None:
    """One learns a way to the other."""
    key = here.handhelds[other].identity.key
    assert here.handhelds[one].node.receive(collected(key, path, 5), -60, here.now, WALL) == []


def test_each_here_is_a_frame_of_its_own_that_collects_from_nothing() -> None:
    here = Room([Handheld("ana")])
    here.radio_up()
    here.run(3 * 300_000)
    frames = [decode_air(air) for _, _, air in here.frames]
    said = [frame for frame in frames if frame.kind == AirKind.HERE]
    assert len(said) >= 3
    counters = []
    for frame in said:
        assert isinstance(frame, AirPath)
        assert (frame.mode, frame.ttl, frame.cursor, frame.path) == (
            AirMode.COLLECT,
            PUBLIC_START_TTL,
            0,
            b"",
        )
        record = decode(Here, frame.body)
        assert record.author == here.handhelds["ana"].identity.key[:8]
        assert record.names == b""
        counters.append(record.counter)
    assert [counter - counters[0] & 0xFFFF for counter in counters] == list(range(len(said)))


def test_mail_and_its_ack_go_by_the_ways_that_are_known() -> None:
    here = room("ana", "bo")
    teach(here, "ana", "bo")
    teach(here, "bo", "ana", b"\x44")
    here.send("ana", "bo", "by the bridge")
    here.run(300)
    assert modes(here, AirKind.PRIVATE) == ["way"]
    assert modes(here, AirKind.ACK) == ["way"]
    assert here.handhelds["ana"].states[1] == ["aired", "delivered"]
    assert here.handhelds["ana"].node.ways == 1


def test_either_end_may_know_a_way_and_the_other_not() -> None:
    here = room("ana", "bo")
    teach(here, "bo", "ana")
    here.send("ana", "bo", "hello")
    here.run(300)
    assert (modes(here, AirKind.PRIVATE), modes(here, AirKind.ACK)) == (["flood"], ["way"])
    here.frames.clear()
    here.send("bo", "ana", "hello yourself")
    here.run(300)
    assert (modes(here, AirKind.PRIVATE), modes(here, AirKind.ACK)) == (["way"], ["flood"])


def test_a_forged_here_costs_failed_tries_and_no_message() -> None:
    here = room("ana", "bo")
    teach(here, "ana", "bo", b"\x66")
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    here.deaf = {("ana", "bo")}
    here.send("ana", "bo", "still here?")
    while modes(here, AirKind.PRIVATE).count("flood") == 0:
        here.run(50)
    assert modes(here, AirKind.PRIVATE) == ["way", "way", "flood"]
    assert ana.node.ways == 0
    here.deaf = set()
    here.run(3_000)
    assert bo.mail() == ["still here?"]
    assert ana.states[1][-1] == "delivered"


@pytest.mark.parametrize("mode", ["flood", "one-hop", "way"])
def test_a_here_in_another_mode_is_dropped(mode: str) -> None:
    node = room("ana").handhelds["ana"].node
    body = encode(Here(b"somebody", 1, b""))
    frames = {
        "flood": flood(AirKind.HERE, 8, body),
        "one-hop": one_hop(AirKind.HERE, body),
        "way": bytes([first_byte(AirKind.HERE), hop_byte(AirMode.WAY, 8)]) + bytes(12) + body,
    }
    assert dropped(node, frames[mode], 10_000) == ["mode"]


def test_what_nobody_could_have_sent_teaches_nothing() -> None:
    ana = room("ana").handhelds["ana"]
    node, own = ana.node, ana.identity.key
    assert dropped(node, collected(own, b"\x11", 5), 10_000) == ["own"]
    assert dropped(
        node, collecting(AirKind.HERE, PUBLIC_START_TTL + 1, encode(Here(b"somebody", 1, b""))), 10_000
    ) == ["ttl"]
    assert dropped(node, collecting(AirKind.HERE, 8, b"short"), 10_000) == ["short"]
    assert dropped(node, collecting(AirKind.HERE, 8, b"somebody" + b"\0\1" + b"\x22\0"), 10_000) == [
        "reserved"
    ]
    assert dropped(node, collected(b"somebody", b"\x11\x22", 0), 10_000) == []
    assert dropped(node, collected(bytes(8), b"\x11\x22", 5), 10_000) == []
    assert node.ways == 0


def test_who_is_invisible_says_nothing_and_learns_all_the_same() -> None:
    quiet = invisible("quiet")
    here = Room([quiet, Handheld("bo")])
    here.radio_up()
    here.run(20_000)
    said = {name for _, name, air in here.frames if decode_air(air).kind == AirKind.HERE}
    assert said == {"bo"}
    teach(here, "quiet", "bo")
    assert quiet.node.ways == 1


def test_a_post_teaches_the_way_to_its_author_if_it_fits_and_he_is_visible() -> None:
    here = Room([Handheld("ana"), invisible("quiet"), Handheld("bo")])
    here.radio_up()
    here.run(10_000)
    here.frames.clear()
    here.post("ana", "short")
    here.post("ana", "x" * 160)
    here.post("quiet", "short")
    here.run(100)
    assert modes(here, AirKind.POST) == ["collect", "flood", "flood"]
    post = next(decode_air(air) for _, _, air in here.frames)
    path = encode(AirPath(post.first, post.hop, bytes(4), 5 << 3 | 2, b"\x11\x22".ljust(7, b"\0"), post.body))
    bo = here.handhelds["bo"]
    here.carry_out(bo, bo.node.receive(path, -60, here.now, WALL))
    assert bo.node.ways == 1
    here.send("bo", "ana", "by way")
    here.run(300)
    assert modes(here, AirKind.PRIVATE) == ["way"]


def test_a_post_that_does_not_verify_teaches_nothing() -> None:
    here = room("ana", "bo")
    here.post("ana", "true")
    forged = bytearray(next(air for _, _, air in here.frames))
    forged[6:8] = bytes((5 << 3 | 1, 0x11))
    forged[-1] ^= 1
    bo = here.handhelds["bo"]
    assert dropped(bo.node, bytes(forged), here.now) == ["signature"]
    assert bo.node.ways == 0


def live(one: Handheld, start: int, end: int) -> list[bytes]:
    """Time passes on a radio that sends everything at once: the profiles among it."""
    airs: list[bytes] = []
    for now in range(start, end, 100):
        for effect in one.node.tick(now):
            if isinstance(effect, Transmit):
                airs.append(effect.air)
                for kept in one.node.sent(effect.token, SentResult.ON_AIR, now):
                    one.note(kept)
    return [air for air in airs if decode_air(air).kind == AirKind.PROFILE]


def slow(name: str, saved: Saved | None = None) -> tuple[Handheld, list[bytes]]:
    """A node that was switched on for three minutes on slow air, and the profiles it sent."""
    one = Handheld(name, saved)
    one.node.radio_up(LORA_US, 0)
    return one, live(one, 0, 180_000)


def said(profiles: list[bytes]) -> list[AirMode]:
    return [decode_air(air).mode for air in profiles]


def test_on_slow_air_a_profile_floods_until_it_did_so_in_company_and_a_restart_knows() -> None:
    ana, profiles = slow("ana")
    assert said(profiles) == [AirMode.FLOOD]
    assert ana.profiles == {}
    ana.node.receive(slow("bo")[1][0], -60, 180_000, WALL)
    assert said(live(ana, 180_000, 600_000)) == [AirMode.FLOOD]
    own = ana.profiles[ana.identity.key]
    _, again = slow("ana", Saved(profiles=[own.raw]))
    assert said(again) == [AirMode.ONE_HOP]
    renamed = Handheld("ana")
    renamed.node = Node(ana.identity, "anna", SeededEntropy(1), Saved(profiles=[own.raw]))
    renamed.node.radio_up(LORA_US, 0)
    assert said(live(renamed, 0, 180_000)) == [AirMode.FLOOD]


def test_a_profile_that_goes_one_hop_makes_a_neighbour_one_hop_away() -> None:
    here = room("ana")
    body = decode_air(slow("bo")[1][0]).body
    ana = here.handhelds["ana"]
    here.carry_out(ana, ana.node.receive(one_hop(AirKind.PROFILE, body), -60, here.now, WALL))
    (bo,) = ana.node.everybody(here.now)
    assert (bo.name, bo.neighbour, bo.hops) == ("bo", True, 1)
    odd = bytearray(one_hop(AirKind.PROFILE, body))
    odd[1] = hop_byte(AirMode.ONE_HOP, 1)
    here.carry_out(ana, ana.node.receive(bytes(odd), -60, here.now, WALL))
    assert ana.node.everybody(here.now)[0].hops == 1
