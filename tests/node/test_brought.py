"""What was carried here in a file: believed by its signature, and no sign that anybody is near."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.commands import Post
from handheld.node.effects import CheckOwn, Dropped, KeepLetter, KeepPost, KeepProfile, Tell, Transmit
from handheld.wire.constants import AirKind
from tests.support.nodes import WALL, Handheld, Room
from tests.support.sticks import post, profile, writers

ANA, EVE = writers(2)
AGE_S = 3_600


def handheld() -> Handheld:
    made = Handheld("bo")
    made.node.radio_up(2_000, 0)
    made.node.tick(2_000)
    return made


def reasons(effects: list[object]) -> list[str]:
    return [effect.reason for effect in effects if isinstance(effect, Dropped)]


def test_a_profile_and_then_posts_are_kept_with_their_age_and_nobody_is_near() -> None:
    node = handheld().node
    (kept,) = node.records.brought(profile(ANA, b"ana"), AGE_S, 5_000, WALL)
    assert isinstance(kept, KeepProfile)
    (keep,) = node.records.brought(post(ANA, 1, b"hello"), AGE_S, 5_000, WALL)
    assert isinstance(keep, KeepPost)
    assert (keep.author, keep.text, keep.age, keep.at) == (ANA.key, b"hello", AGE_S, WALL - AGE_S)
    assert (keep.hops, keep.rssi, keep.own) == (None, None, False)
    (person,) = node.everybody(5_000)
    assert (person.name, person.neighbour, person.heard_s, person.by) == ("ana", False, None, "")
    assert node.neighbours(5_000) == 0


def test_what_is_brought_asks_nothing_of_the_air() -> None:
    node = handheld().node
    before = node.next_deadline()
    assert reasons(node.records.brought(post(ANA, 1, b"hello"), 0, 5_000, WALL)) == ["unknown author"]
    node.records.brought(profile(ANA, b"ana"), 0, 5_000, WALL)
    assert node.next_deadline() == before
    assert not any(isinstance(effect, Transmit | Tell) for effect in node.tick(5_000))


def test_a_profile_that_comes_after_its_posts_brings_them_in() -> None:
    node = handheld().node
    node.records.brought(post(ANA, 1, b"hello"), AGE_S, 5_000, WALL)
    kept = node.records.brought(profile(ANA, b"ana"), 0, 5_000, WALL)
    assert [type(effect) for effect in kept] == [KeepProfile, KeepPost]


def test_what_was_edited_is_refused() -> None:
    node = handheld().node
    node.records.brought(profile(ANA, b"ana"), 0, 5_000, WALL)
    raw = bytearray(post(ANA, 1, b"water at the school"))
    raw[30] ^= 1
    assert reasons(node.records.brought(bytes(raw), 0, 5_000, WALL)) == ["signature"]
    assert reasons(node.records.brought(profile(EVE, b"x")[:-1] + b"\0", 0, 5_000, WALL)) == ["signature"]
    assert node.dropped == {"signature": 2}


@pytest.mark.parametrize("kind", [AirKind.HERE, AirKind.SESSION, AirKind.MEET, 10, 14, 15])
def test_what_is_of_a_moment_is_no_record(kind: int) -> None:
    assert reasons(handheld().node.records.brought(bytes([64 | kind << 2]) + bytes(100), 0, 0, WALL)) == [
        "kind"
    ]


@given(st.binary(min_size=2, max_size=260))
@settings(max_examples=60)
def test_no_bytes_do_harm(data: bytes) -> None:
    assert len(handheld().node.records.brought(data, 0, 0, WALL)) == 1


def test_our_own_posts_come_back_as_our_own() -> None:
    bo = handheld()
    (written,) = [one for one in bo.node.post(Post("here", "mine"), WALL) if isinstance(one, KeepPost)]
    bo.node.kept(written, 1, 4_000)
    found = bo.node.records.brought(written.raw, 0, 5_000, WALL)
    assert reasons(found) == ["own"]
    assert [type(effect) for effect in found if not isinstance(effect, Dropped)] == [CheckOwn]


def test_sealed_mail_for_us_is_opened() -> None:
    here = Room([Handheld("ana"), Handheld("bo")])
    here.radio_up()
    here.run(3_000)
    here.radio_down("bo")
    here.send("ana", here.handhelds["bo"].identity.key.hex(), "see you")
    sealed = next(air for _, _, air in reversed(here.frames) if air[0] >> 2 & 15 == AirKind.PRIVATE)
    header = 14 if sealed[1] >> 6 in (1, 2) else 6
    raw = sealed[:1] + sealed[header:]
    kept = here.handhelds["bo"].node.records.brought(raw, AGE_S, here.now, WALL)
    assert [effect.text for effect in kept if isinstance(effect, KeepLetter)] == [b"see you"]


def test_a_stick_of_sealed_junk_is_tried_at_once() -> None:
    node = handheld().node
    for number in range(500):
        junk = bytes([64 | AirKind.PRIVATE << 2]) + number.to_bytes(2, "big") * 58
        assert len(reasons(node.records.brought(junk, 0, 5_000, WALL))) == 1
    assert node.dropped["mail"] > 400
    assert node.dropped["trials"] == 0
