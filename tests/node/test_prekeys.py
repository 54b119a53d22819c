"""Prekeys by the odometer: when they come, when they go, and what a stranger cannot do about it."""

from contextlib import suppress

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import LEAP, LIVE_MAX, Identity
from handheld.crypto.sealing import seal_known
from handheld.errors import Refused
from handheld.node.answers import Answers
from handheld.node.effects import Dropped, Effect, KeepKeys, KeepOdometer
from handheld.node.mail import PRIVATE
from handheld.node.odometer import SAVE_MS, Odometer
from handheld.node.prekeys import EPOCH_MAX, LIFE_S, PERIOD_S, RENEWED_MAX, Prekeys
from handheld.wire.air import decode_air, flood
from handheld.wire.codec import decode
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.records import Letter, Profile
from tests.support.libsodium import calls_of
from tests.support.nodes import WALL, Handheld, Room

HOUR_S = 3600


def prekeys() -> Prekeys:
    return Prekeys(Identity.create(SeededEntropy("ana")), SeededEntropy("prekeys"))


def keep(box: Prekeys, effects: list[Effect]) -> None:
    """Carry out what is to be saved."""
    for effect in effects:
        assert isinstance(effect, KeepKeys)
        box.kept(effect)


def test_a_new_one_comes_every_48_powered_hours_and_four_are_live() -> None:
    box = prekeys()
    made = [box.identity.prekey_secret]
    for hour in range(30 * 24):
        keep(box, box.tick(hour * HOUR_S))
        if box.identity.prekey_secret != made[-1]:
            made.append(box.identity.prekey_secret)
            assert hour % 48 == 0
        live = [pair.secret for pair in box.live]
        assert live == made[-4:][::-1]
    assert len(made) == 15
    assert box.identity.epoch == 15


def test_none_outlives_four_periods_whatever_is_asked() -> None:
    box = prekeys()
    made: dict[bytes, int] = {box.identity.prekey_secret: 0}
    for hour in range(0, 40 * 24, 5):
        powered = hour * HOUR_S
        if hour % 15 == 0:
            with suppress(Refused):
                keep(box, box.renew(powered))
        keep(box, box.tick(powered))
        made.setdefault(box.identity.prekey_secret, powered)
        live = {pair.secret for pair in box.live}
        assert len(live) <= LIVE_MAX
        # None goes before its time, and none stays after it.
        assert live == {secret for secret, at in made.items() if powered - at < LIFE_S}


def test_what_could_not_be_saved_is_asked_for_again_and_no_epoch_means_two_keys() -> None:
    box = prekeys()
    asked = box.tick(PERIOD_S)
    again = box.tick(PERIOD_S + 600)
    assert asked == again
    assert box.identity.epoch == 1
    second = box.renew(PERIOD_S + 700)
    keep(box, asked)
    first = box.identity.prekey
    keep(box, second)
    assert (box.identity.epoch, box.identity.prekey == first) == (3, False)
    assert first in [pair.public for pair in box.live]


def test_the_owner_is_told_when_too_many_are_live() -> None:
    box = prekeys()
    for number in range(RENEWED_MAX - 1):
        keep(box, box.renew(number))
    with pytest.raises(Refused, match=r"5 mail keys.*after 192 more hours"):
        box.renew(100)
    assert box.state(100).older == RENEWED_MAX - 1


def test_the_odometer_goes_on_where_it_was_saved_and_never_back() -> None:
    odometer = Odometer(1_000)
    assert odometer.next_deadline() == 0
    assert odometer.due(77_000)
    assert odometer.read(77_000) == 1_000
    assert odometer.next_deadline() == 77_000 + SAVE_MS
    assert not odometer.due(77_000 + SAVE_MS - 1)
    assert odometer.read(77_000 + 90_500) == 1_090
    assert odometer.read(77_000) == 1_090
    assert odometer.due(77_000 + SAVE_MS)


def test_answers_are_two_within_the_window_and_forgotten_when_no_prekey_could_open_it() -> None:
    answers = Answers([(b"old", 1, 0), (b"spent", 2, 100)])
    assert not answers.give(b"old", 601)
    assert not answers.give(b"spent", 101)
    assert [answers.give(b"new", 200) for _ in range(3)] == [True, True, False]
    assert answers.give(b"later", 200 + LIFE_S + 1)
    assert not answers.spent(b"new", 200 + LIFE_S + 1)


def room(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(3_000)
    return here


def test_a_new_prekey_is_kept_announced_and_written_to() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    old = bo.identity.prekey
    here.carry_out(bo, bo.node.renew(here.now))
    here.run(2_000)
    assert bo.identity.epoch == 2
    assert here.handhelds["ana"].profiles[bo.identity.key].epoch == 2
    here.frames.clear()
    here.send("ana", "bo", "to the new one")
    here.run(500)
    assert bo.mail() == ["to the new one"]
    assert bo.node.keys(here.now).older == 1
    assert old in [pair.public for pair in bo.identity.live]


def test_mail_sealed_to_an_erased_prekey_is_sealed_again_when_the_newer_profile_comes() -> None:
    here = room("ana", "bo")
    here.deaf = {("ana", "bo"), ("bo", "ana")}
    here.send("ana", "bo", "are you there?")
    here.run(1_000)
    here.run(1000 * (LIFE_S - 5 * 24 * HOUR_S))
    ana, bo = here.handhelds["ana"], here.handhelds["bo"]
    sealed = [air for _, who, air in here.frames if who == "ana" and decode_air(air).kind == AirKind.PRIVATE]
    assert ana.states[1][-1] == "unanswered"
    for _ in range(6):
        bo.node._odometer._base += PERIOD_S
        here.run(SAVE_MS)
    assert bo.identity.epoch > 4
    here.carry_out(bo, bo.node.receive(sealed[0], -50, here.now, WALL))
    assert bo.mail() == []
    here.deaf = set()
    here.post("bo", "back again")
    here.run(11 * 60_000)
    assert bo.mail() == ["are you there?"]
    assert ana.states[1][-1] == "delivered"


def test_strangers_and_contacts_change_nothing_about_prekeys() -> None:
    here = room("ana", "bo")
    for number in range(100):
        here.send("ana", "bo", f"number {number}")
        here.run(1_000)
    assert len(here.handhelds["bo"].mail()) == 100
    assert here.handhelds["bo"].identity.epoch == 1


def test_an_old_epoch_is_never_announced_again() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    here.carry_out(bo, bo.node.renew(here.now))
    here.run(2_000)
    again = bo.restarted("again")
    here.handhelds["bo"] = again
    here.frames.clear()
    here.radio_up("bo")
    here.run(3_000)
    heard = [decode_air(air) for _, who, air in here.frames if who == "bo"]
    said = [decode(Profile, air.body) for air in heard if air.kind == AirKind.PROFILE]
    assert {(profile.epoch, profile.prekey) for profile in said} == {(2, bo.identity.prekey)}


def test_the_odometer_is_saved_every_ten_minutes_and_when_the_node_stops() -> None:
    here = room("ana")
    ana = here.handhelds["ana"]
    here.run(3 * SAVE_MS + 5_000)
    assert ana.odometer == 1_800
    assert ana.node.stop(here.now) == [KeepOdometer(1_808)]
    again = ana.restarted("again")
    here.handhelds["ana"] = again
    here.run(SAVE_MS + 1)
    assert again.odometer == 1_800 + 600


def test_rejecting_a_frame_with_four_live_prekeys_costs_four_x25519() -> None:
    here = room("ana", "bo")
    bo = here.handhelds["bo"]
    for _ in range(3):
        here.carry_out(bo, bo.node.renew(here.now))
    stranger = Identity.create(SeededEntropy("stranger"))
    letter = Letter(LetterKind.TEXT, 1, 1, b"for somebody else")
    sealed = seal_known(
        stranger, letter, first=PRIVATE, reader=b"r" * 32, prekey=stranger.prekey, ephemeral=b"e" * 32
    )
    air = flood(AirKind.PRIVATE, 7, sealed.body)
    bo.node.receive(air, -50, here.now, WALL)
    effects: list[Effect] = []
    calls = calls_of(lambda: effects.extend(bo.node.receive(air, -50, here.now, WALL)))
    assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["mail"]
    assert calls == {"crypto_scalarmult": 4}


def test_a_sealing_gets_no_third_ack_after_a_restart_either() -> None:
    here = room("ana", "bo")
    here.send("ana", "bo", "once")
    here.run(500)
    air = next(air for _, _, air in here.frames if decode_air(air).kind == AirKind.PRIVATE)
    for run in range(4):
        here.frames.clear()
        bo = here.handhelds["bo"] = here.handhelds["bo"].restarted(f"run {run}")
        here.radio_up("bo")
        here.run(2_000)
        here.carry_out(bo, bo.node.receive(air, -50, here.now, WALL))
        here.run(100)
        acks = [air for _, who, air in here.frames if decode_air(air).kind == AirKind.ACK]
        assert len(acks) == (1 if run == 0 else 0)
        assert bo.mail() == ["once"]


def test_seven_days_are_counted_over_restarts_and_a_late_ack_of_a_failed_one_delivers() -> None:
    here = room("ana", "bo")
    here.deaf = {("bo", "ana")}
    here.send("ana", "bo", "out of reach")
    here.run(1_000)
    acks = [air for _, who, air in here.frames if decode_air(air).kind == AirKind.ACK]
    for day in range(8):
        here.run(24 * 3_600_000)
        ana = here.handhelds["ana"] = here.handhelds["ana"].restarted(f"day {day}")
        here.radio_up("ana")
        here.run(2_000)
    assert ana.states[1][-1] == "failed"
    again = here.handhelds["ana"] = ana.restarted("after")
    assert again.node.outbox == {}
    here.carry_out(again, again.node.receive(acks[0], -50, here.now, WALL))
    assert again.states[1][-1] == "delivered"


def test_a_leap_goes_above_every_copy_and_stops_before_the_numbers_end() -> None:
    box = prekeys()
    keep(box, box.leap(700_000, 5))
    assert 700_000 + LEAP <= box.identity.epoch < 700_000 + 2 * LEAP
    assert box.identity.made == 5
    assert box.leap(EPOCH_MAX, 5) == []
    while len(box.live) < RENEWED_MAX:
        keep(box, box.leap(0, 6))
    assert box.leap(0, 6) == []
