"""Two devices with one identity: both notice, neither breaks, and what comes back of our own is no sign."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import LEAP, Identity
from handheld.crypto.signing import sign_profile
from handheld.node.copies import QUIET_S, SHOWN_S
from handheld.node.effects import Dropped
from handheld.node.saved import Saved
from handheld.wire.air import flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind
from tests.support.nodes import WALL, Handheld, Room

MINUTE = 60_000
HOUR = 60 * MINUTE


def room_with_two(*, restored: bool) -> tuple[Room, Handheld, Handheld]:
    """Ana, her copy, and Bo who hears both."""
    ana = Handheld("ana", seed="one")
    identity = ana.identity
    if restored:
        identity = Identity.restored(identity.core, 0, SeededEntropy("restore"))
    copy = Handheld("ana2", seed="two", identity=identity)
    room = Room([ana, copy, Handheld("bo")])
    return room, ana, copy


def test_one_alone_notices_nothing_whatever_is_sent_again() -> None:
    room = Room([Handheld("ana"), Handheld("bo")])
    room.radio_up()
    room.post("ana", "hello")
    room.run(MINUTE)
    ana = room.handhelds["ana"]
    for _, name, air in list(room.frames):
        if name == "ana":
            room.carry_out(ana, ana.node.receive(air, -60, room.now, WALL))

    assert ana.copied == []
    assert not ana.node.is_copied(room.now)
    assert "own" in ana.dropped


def test_a_restored_one_and_the_one_before_both_notice_and_settle() -> None:
    room, ana, copy = room_with_two(restored=True)
    room.radio_up()
    room.run(30 * MINUTE)

    assert ana.node.is_copied(room.now)
    assert copy.node.is_copied(room.now)
    assert ana.identity.epoch > LEAP
    assert ana.identity.epoch != copy.identity.epoch
    before = (ana.identity.epoch, copy.identity.epoch)
    room.run(12 * HOUR)
    assert (ana.identity.epoch, copy.identity.epoch) == before
    assert len(ana.copied) <= 12 * 3600 // QUIET_S + 1


@pytest.mark.parametrize("restored", [True, False])
def test_what_both_write_reaches_others(restored: bool) -> None:
    room, ana, copy = room_with_two(restored=restored)
    room.radio_up("ana", "bo")
    for number in range(3):
        room.post("ana", f"first {number}")
    room.run(MINUTE)
    room.radio_up("ana2")
    room.post("ana2", "second 0")
    room.run(30 * MINUTE)
    room.post("ana2", "second 1")
    room.post("ana", "first 3")
    room.run(MINUTE)

    assert copy.node.is_copied(room.now) or ana.node.is_copied(room.now)
    heard = room.handhelds["bo"].texts()
    assert {"first 0", "first 1", "first 2", "first 3", "second 1"} <= set(heard)


def test_two_that_number_alike_notice_by_a_post_and_leap_apart() -> None:
    room, ana, copy = room_with_two(restored=False)
    room.radio_up()
    room.post("ana", "mine")
    room.post("ana2", "not mine")
    room.run(30 * MINUTE)

    assert ana.node.is_copied(room.now)
    assert copy.node.is_copied(room.now)
    assert len({keep.floor for keep in (*ana.copied, *copy.copied)} - {0}) == 2
    room.post("ana", "later")
    room.post("ana2", "later too")
    room.run(MINUTE)
    assert {"later", "later too"} <= set(room.handhelds["bo"].texts())


def test_letters_go_on_above_the_leap_too() -> None:
    room, ana, _ = room_with_two(restored=True)
    room.radio_up()
    room.run(10 * MINUTE)
    room.send("ana", "bo", "psst")
    room.run(MINUTE)

    assert room.handhelds["bo"].mail() == ["psst"] or ana.letters[-1].seq > LEAP
    assert ana.letters[-1].seq > LEAP


def test_posts_in_rooms_go_on_above_the_leap_too() -> None:
    room, ana, _ = room_with_two(restored=True)
    room.make_room("ana")
    room.radio_up()
    room.run(10 * MINUTE)
    room.say("ana", "psst")

    assert ana.copied
    assert ana.room_posts[-1].seq > LEAP


def test_the_owner_is_told_for_two_days_of_running() -> None:
    ana = Handheld("ana", Saved(odometer=SHOWN_S + 500, copied=400))
    assert not ana.node.is_copied(0)
    soon = Handheld("ana", Saved(odometer=SHOWN_S + 300, copied=400))
    assert soon.node.is_copied(0)
    assert not soon.node.is_copied(101_000)


def test_other_keys_under_our_own_epoch_are_a_copys() -> None:
    ana = Handheld("ana")
    other = replace(ana.identity, prekey_secret=b"q" * 32)
    room = Room([ana])
    for identity, noticed in ((ana.identity, False), (other, True)):
        air = flood(AirKind.PROFILE, 8, encode(sign_profile(identity, 0, b"ana")))
        room.carry_out(ana, ana.node.receive(air, -60, 0, WALL))
        assert ana.node.is_copied(0) is noticed


def test_a_forged_profile_of_ours_is_no_sign() -> None:
    ana = Handheld("ana")
    later = sign_profile(replace(ana.identity, epoch=9), 0, b"ana")
    forged = replace(later, signature=bytes(64))
    effects = ana.node.receive(flood(AirKind.PROFILE, 8, encode(forged)), -60, 0, WALL)

    assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["signature"]
    assert not ana.node.is_copied(0)
