"""Sealed files of others: who helps, how far a wish goes, and what made-up shells cost."""

from dataclasses import replace
from random import Random

import pytest

from handheld.files.shape import Shape, cut
from handheld.node.filehelp import CARRIED_MAX, CARRIED_SHARE, HELPERS, PATIENCE_MS, TRIES_MAX
from handheld.node.shelf import NOBODY, QUOTA, manifest_of, shell_of
from handheld.wire.air import decode_air, one_hop
from handheld.wire.codec import decode, encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind
from handheld.wire.files import NO_MANIFEST, SHELL, FileNeed, Manifest, Symbol
from tests.support.file_village import Village

MINUTE = 60_000
CONTENT = Random(1).randbytes(6_000)


def sealed(packed: bytes) -> Manifest:
    return replace(manifest_of(b"its name", 16, packed, shrunk=False, sealed=True), size=len(packed) - 16)


def shell(manifest: Manifest, data: bytes | None = None) -> bytes:
    return one_hop(AirKind.SYMBOL, encode(Symbol(manifest.tag, SHELL, 0, data or shell_of(manifest))))


def pieces(manifest: Manifest, packed: bytes) -> list[bytes]:
    symbols, _ = cut(packed, manifest.digest)
    return [
        one_hop(AirKind.SYMBOL, encode(Symbol(manifest.tag, number, 0, data)))
        for number, data in enumerate(symbols)
    ]


def wish(tag: bytes, need: int, ttl: int, salt: int = 1) -> bytes:
    return one_hop(AirKind.NEED, encode(FileNeed(tag, need, salt, b"")), ttl=ttl)


def far_apart() -> Village:
    """ana and bo, who hear each other only by mo; bo has just read that ana sends him a file."""
    village = Village(["ana", "mo", "bo"])
    village.start()
    village.share("ana", CONTENT, who=village.hosts["bo"].node.key.hex())
    while not village.entries("bo"):
        village.run(1)
    village.deaf.update({("ana", "bo"), ("bo", "ana")})
    return village


def carried(village: Village, name: str) -> list[bytes]:
    return [entry.tag for entry in village.hosts[name].node.files.organ.shelf.carried]


def wishes(village: Village, name: str) -> list[tuple[int, int]]:
    """(what is lacked, how far it goes) of all that somebody said he lacks."""
    aired = [decode_air(air) for _, who, air in village.aired if who == name]
    return [(decode(FileNeed, air.body).need, air.ttl) for air in aired if air.kind == AirKind.NEED]


def alone() -> Village:
    """One whom the frames of nobody else reach, but for those of the test."""
    village = Village(["mo"])
    village.start()
    return village


def test_a_neighbour_who_cannot_read_a_file_hands_it_on() -> None:
    village = far_apart()
    village.run(2 * MINUTE)
    assert village.content("bo") == CONTENT

    assert village.files("mo") == []
    assert carried(village, "mo") == [village.entries("bo")[0].tag]
    (entry,) = village.hosts["mo"].node.files.organ.shelf.carried
    assert (entry.author, entry.peer, entry.key) == (NOBODY, b"", b"")
    assert b"map.png" not in entry.content


def test_what_is_carried_is_there_after_a_power_cut_when_its_author_is_not() -> None:
    village = far_apart()
    village.run(2 * MINUTE)
    for name in ("ana", "mo", "bo"):
        village.cut(name)
    (entry,) = village.entries("bo")
    village.hosts["bo"].carry_out(village.hosts["bo"].node.files.organ.forget(entry), village.now)
    village.radio("mo")
    village.run(1_000)
    mo = village.hosts["mo"]
    mo.heard(wish(entry.tag, Shape(entry.manifest.packed).symbols, PUBLIC_START_TTL), -60, village.now)
    before = len(village.aired)
    village.run(MINUTE)

    kinds = [decode_air(air).kind for _, _, air in village.aired[before:]]
    assert kinds.count(AirKind.SYMBOL) >= Shape(entry.manifest.packed).symbols


def test_who_turns_out_to_be_the_reader_keeps_what_he_carried() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT, who=village.hosts["bo"].node.key.hex())
    letter: list[bytes] = []
    bo = village.hosts["bo"]
    hear = bo.heard

    def late(air: bytes, rssi: int, now: int) -> None:
        if decode_air(air).kind in (AirKind.SYMBOL, AirKind.NEED):
            hear(air, rssi, now)
        else:
            letter.append(air)

    bo.heard = late  # type: ignore[method-assign]
    while not (carried(village, "bo") and bo.node.files.organ.shelf.carried[0].whole):
        village.run(village.frame_ms)
    bo.heard = hear  # type: ignore[method-assign]
    before = len([air for _, who, air in village.aired if who == "bo"])
    for air in letter:
        hear(air, -60, village.now)

    assert carried(village, "bo") == []
    assert [info.state for info in village.files("bo")] == ["here"]
    assert village.content("bo") == CONTENT
    said = [decode_air(air).kind for _, who, air in village.aired if who == "bo"][before:]
    assert AirKind.NEED not in said


@pytest.mark.parametrize("ttl", range(PUBLIC_START_TTL - HELPERS, PUBLIC_START_TTL + 1))
def test_a_wish_goes_a_hop_less_far_each_time_and_is_told_on_a_few_times(ttl: int) -> None:
    village = alone()
    village.hosts["mo"].heard(wish(b"a file", 20, ttl), -60, village.now)
    village.run(20 * MINUTE)

    helps = ttl > PUBLIC_START_TTL - HELPERS
    assert wishes(village, "mo") == [(NO_MANIFEST, ttl - 1)] * (TRIES_MAX if helps else 0)


def test_whom_somebody_serves_needs_no_help() -> None:
    village = alone()
    packed = Random(3).randbytes(3_000)
    manifest = sealed(packed)
    mo = village.hosts["mo"]
    mo.heard(shell(manifest), -60, village.now)
    mo.heard(wish(manifest.tag, 5, PUBLIC_START_TTL), -60, village.now)
    mo.heard(pieces(manifest, packed)[0], -60, village.now)
    village.run(MINUTE)
    assert wishes(village, "mo") == []

    mo.heard(wish(manifest.tag, 5, PUBLIC_START_TTL, salt=2), -60, village.now)
    village.run(5 * MINUTE)
    said = wishes(village, "mo")
    assert {(13, PUBLIC_START_TTL - 1)} == set(said)
    # Nobody asks any more: so there is nobody to be helped.
    village.run(PATIENCE_MS)
    said = wishes(village, "mo")
    village.run(120 * MINUTE)
    assert wishes(village, "mo") == said


def test_shells_that_lie_are_dropped_or_cost_a_file_that_nobody_opens() -> None:
    village = alone()
    mo, packed = village.hosts["mo"], Random(4).randbytes(3_000)
    manifest = sealed(packed)
    rest = manifest.top + b"-"
    other = replace(manifest, digest=b"x" * 16, rest=rest)
    public = replace(manifest, size=3_000, flags=manifest.flags & ~2, rest=rest)
    shelf = mo.node.files.organ.shelf
    for data in (encode(other), encode(public), encode(manifest), encode(manifest)[:20]):
        mo.heard(shell(manifest, data), -60, village.now)
    assert shelf.carried == []

    checks = replace(manifest, rest=b"\1" * len(manifest.top) + b"-")
    mo.heard(shell(manifest, encode(checks)), -60, village.now)
    for air in pieces(manifest, packed):
        mo.heard(air, -60, village.now)
    (entry,) = shelf.carried
    assert not entry.whole


def test_shells_take_bounded_room_and_none_of_that_of_own_files() -> None:
    village = alone()
    mo = village.hosts["mo"]
    organ = mo.node.files.organ
    village.share("mo", CONTENT)
    chance = Random(5)
    for _ in range(3 * CARRIED_MAX):
        mo.heard(shell(sealed(chance.randbytes(organ.limit - 100))), -60, village.now)
        village.run(1)
    carried = organ.shelf.carried
    assert 0 < len(carried) <= CARRIED_MAX
    assert sum(entry.manifest.packed for entry in carried) <= QUOTA // CARRIED_SHARE
    assert len(village.entries("mo")) == 1

    mo.heard(shell(sealed(chance.randbytes(organ.limit + 1))), -60, village.now)
    assert len(organ.shelf.carried) == len(carried)


def test_a_box_gathers_sealed_files_that_nobody_asked_it_for() -> None:
    village = Village(["ana", "box", "bo"])
    village.start()
    village.off.add("bo")
    village.share("ana", CONTENT, who=village.hosts["bo"].node.key.hex())
    village.run(5 * MINUTE)
    (entry,) = village.hosts["box"].node.files.organ.shelf.carried
    assert entry.whole

    village.off.add("ana")
    village.run(24 * 60 * MINUTE)
    village.radio("bo")
    village.run(60 * MINUTE)
    assert village.content("bo") == CONTENT
