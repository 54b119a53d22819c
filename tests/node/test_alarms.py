"""Calls for help: repeated until somebody whom one knows saw it, over when their author says so."""

from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.commands import Relate
from handheld.crypto.identity import Identity
from handheld.crypto.signing import sign_post, sign_profile
from handheld.errors import Refused
from handheld.events import Alert as Shown
from handheld.events import AlertChanged
from handheld.node.alarms import ANSWERS_MAX, CALLS_MAX, EARLY_MAX, FORGOTTEN_MS
from handheld.node.carrying import frame_id
from handheld.node.effects import Dropped, KeepOdometer, KeepPost
from handheld.node.entry import Entry, State
from handheld.node.repair import Held
from handheld.node.saved import Saved
from handheld.node.standing import BLOCK
from handheld.wire.air import decode_air, flood
from handheld.wire.codec import encode
from handheld.wire.constants import AirFlag, AirKind, AirMode, AlertStep, PostType
from handheld.wire.notices import NOBODY, NOWHERE, Alert, Deleted
from tests.support.nodes import WALL, Handheld, Room

MINUTE = 60_000
EVE = Identity.create(SeededEntropy("eve"))
PLACE = (482082000, 163738000)


def together(*names: str) -> Room:
    here = Room([Handheld(name) for name in names])
    here.radio_up()
    here.run(2_000)
    return here


def call(here: Room, name: str, text: str = "Leg broken", place: tuple[int, int] = PLACE) -> KeepPost:
    handheld = here.handhelds[name]
    (keep,) = handheld.node.postings.call(text, place, 0, WALL)
    here.carry_out(handheld, [keep])
    return keep


def answer(here: Room, name: str, about: KeepPost, step: AlertStep = AlertStep.SEEN, text: str = "") -> None:
    handheld = here.handhelds[name]
    here.carry_out(handheld, [handheld.node.postings.answer(about, step, text, WALL)])
    here.run(1_000)


def on_air(here: Room, name: str = "ana") -> list[tuple[int, AirMode]]:
    """Minutes and modes of the alerts that went on the air."""
    frames = [(at, decode_air(air)) for at, sender, air in here.frames if sender == name]
    return [(at // MINUTE, air.mode) for at, air in frames if air.first & AirFlag.URGENT]


def shown(here: Room, name: str) -> list[Shown]:
    return here.handhelds[name].node.alarms.everything(here.now)


def test_an_alert_is_heard_with_its_place_and_told_at_once() -> None:
    here = together("ana", "bo")
    call(here, "ana")
    here.run(1_000)
    (alert,) = shown(here, "bo")
    assert (alert.message.text, alert.message.place) == ("Leg broken", "48.2082, 16.3738")
    assert (alert.message.kind, alert.over, alert.answered, alert.repeats) == ("alert", False, False, False)
    told = [event.alert for event in here.handhelds["bo"].told if isinstance(event, AlertChanged)]
    assert [one.message.id for one in told] == [alert.message.id]


def test_it_goes_before_what_waits_already() -> None:
    here = Room([Handheld("ana")])
    for number in range(20):
        here.post("ana", f"chat {number}")
    call(here, "ana")
    here.radio_up()
    here.run(100)
    posts = [air for _, _, air in here.frames if air[0] >> 2 & 15 == AirKind.POST]
    assert posts[0][0] & AirFlag.URGENT


def test_it_is_repeated_more_and_more_rarely_and_each_time_so_that_somebody_hears_it() -> None:
    here = together("ana")
    call(here, "ana")
    here.run(62 * MINUTE)
    assert on_air(here) == [
        (0, AirMode.COLLECT),
        (1, AirMode.FLOOD),
        (3, AirMode.ONE_HOP),
        (7, AirMode.ONE_HOP),
        (15, AirMode.COLLECT),
        (30, AirMode.COLLECT),
        (45, AirMode.COLLECT),
        (60, AirMode.COLLECT),
    ]
    assert FORGOTTEN_MS > 10 * MINUTE


def test_somebody_who_is_known_ends_it_and_its_author_sees_who() -> None:
    here = together("ana", "bo")
    here.name("ana", "bo", "Bo")
    keep = call(here, "ana")
    here.run(90_000)
    answer(here, "bo", keep, text="Coming, ten minutes")
    before = len(on_air(here))
    here.run(60 * MINUTE)
    assert len(on_air(here)) == before
    (alert,) = shown(here, "ana")
    assert ([one.name for one in alert.seen_by], alert.repeats, alert.over) == (["Bo"], False, False)
    said = here.handhelds["ana"].posts[-1]
    message = here.handhelds["ana"].node.message(said, 9, "", here.now)
    assert (message.kind, message.text) == ("seen", "I saw your alert. Coming, ten minutes")
    assert shown(here, "bo")[0].answered


def test_a_strangers_answer_is_shown_and_does_not_silence_it() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    here.run(1_000)
    answer(here, "bo", keep)
    here.run(50 * MINUTE)
    assert [minute for minute, _ in on_air(here)] == [0, 15, 30, 45]
    (alert,) = shown(here, "ana")
    assert len(alert.seen_by) == 1
    assert alert.repeats


def test_its_author_ends_it_and_nobody_else() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    here.run(1_000)
    node = here.handhelds["bo"].node
    node.receive(flood(AirKind.PROFILE, 8, encode(sign_profile(EVE, 0, b"eve"))), -50, here.now, WALL)
    lie = encode(Alert(AlertStep.OVER, 9, NOWHERE, NOWHERE, keep.author[:8], keep.seq, b""))
    frame = flood(AirKind.POST, 8, encode(sign_post(EVE, "here", 1, 1, lie, PostType.ALERT, 1)), 1)
    effects = node.receive(frame, -50, here.now, WALL)
    assert [effect.reason for effect in effects if isinstance(effect, Dropped)] == ["tombstone"]
    answer(here, "ana", keep, AlertStep.OVER, "They found me")
    assert shown(here, "bo")[0].over
    here.run(60 * MINUTE)
    assert len(on_air(here)) == 2
    with pytest.raises(Refused, match="no alert"):
        here.handhelds["ana"].node.alarms.own()


def test_a_tombstone_ends_it_too() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    here.run(1_000)
    ana = here.handhelds["ana"]
    here.carry_out(ana, [ana.node.postings.delete(keep, 0, WALL)])
    here.run(30 * MINUTE)
    assert shown(here, "bo") == []
    assert [minute for minute, _ in on_air(here)] == [0]


def test_without_a_radio_it_waits_and_after_a_restart_it_goes_on() -> None:
    here = together("ana")
    keep = call(here, "ana")
    here.radio_down("ana")
    here.run(20 * MINUTE)
    assert len(on_air(here)) == 1
    here.radio_up("ana")
    here.run(1_000)
    assert len(on_air(here)) == 2
    again = Room(
        [Handheld("ana", Saved(boards=["here"], alerts=[(1, keep)]), identity=here.handhelds["ana"].identity)]
    )
    again.radio_up()
    again.run(3 * MINUTE)
    assert [minute for minute, _ in on_air(again)] == [1, 3]


def test_it_ends_by_itself_after_a_day() -> None:
    here = together("ana")
    call(here, "ana")
    here.run(23 * 60 * MINUTE)
    assert shown(here, "ana")
    here.run(2 * 60 * MINUTE)
    assert shown(here, "ana") == []
    before = len(on_air(here))
    here.run(60 * MINUTE)
    assert len(on_air(here)) == before


def test_an_answer_that_comes_before_its_alert_counts() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    alarms = here.handhelds["bo"].node.alarms
    late = Handheld("cy").node
    early = here.handhelds["bo"].node.postings.answer(keep, AlertStep.SEEN, "", WALL)
    heard = KeepPost(**{**{name: getattr(early, name) for name in early.__match_args__}, "own": False})
    assert late.alarms.kept(heard, 1, 0) == []
    late.alarms.kept(
        KeepPost(**{**{name: getattr(keep, name) for name in keep.__match_args__}, "own": False}), 2, 0
    )
    (alert,) = late.alarms.everything(0)
    assert [one.key for one in alert.seen_by] == [early.author.hex()]
    assert alarms is not late.alarms


def test_a_flood_of_strangers_alerts_is_bounded_and_pushes_no_own_one_out() -> None:
    here = together("ana")
    keep = call(here, "ana")
    node = here.handhelds["ana"].node
    body = encode(Alert(AlertStep.HELP, 173, NOWHERE, NOWHERE, NOBODY, 0, b"me!"))
    for seq in range(1, CALLS_MAX + 20):
        other = KeepPost(
            EVE.key, seq, 1, "here", body, b"x", False, 1, -50, WALL, PostType.ALERT, expires=9999
        )
        node.alarms.kept(other, seq + 1, here.now)
    alerts = shown(here, "ana")
    assert len(alerts) == CALLS_MAX
    assert alerts[0].message.seq == keep.seq
    assert alerts[0].message.own


def test_a_start_long_after_boot_makes_nothing_old() -> None:
    """The milliseconds begin at the start of the machine, not of the node: no organ may read them as 0."""
    ana = Handheld("ana")
    (call_out,) = ana.node.postings.call("Leg broken", (NOWHERE, NOWHERE), 0, WALL)
    letter = Entry(7, Handheld("bo").identity.key, 1, 1, b"Please come", State.AIRED)
    letter.tries, letter.powered = 1, 90
    raw = bytes([AirKind.ROOM << 2 | 64]) + bytes(140)
    author = letter.reader
    saved = Saved(
        boards=["here"],
        alerts=[(1, call_out)],
        odometer=100,
        letters=[letter],
        unaired=[(2, call_out.raw)],
        carried=[(frame_id(raw), raw, 0, 90, 2, 0)],
        held=[Held(author, 1, 90, 90 + 604_800)],
    )
    again = Handheld("ana", saved, identity=ana.identity)
    here = Room([again])
    here.now = 9 * 24 * 60 * MINUTE
    here.radio_up()
    here.run(200_000)
    assert again.odometer == 100
    assert again.node.stop(here.now) == [KeepOdometer(300)]
    assert again.node.keys(here.now).age_s <= 300
    assert len(again.node.upkeep) == again.node.carrying.bag.count == len(shown(here, "ana")) == 1
    assert State.FAILED.value not in again.states.get(7, [])


HELP = encode(Alert(AlertStep.HELP, 173, NOWHERE, NOWHERE, NOBODY, 0, b"me!"))


def stranger(number: int) -> Identity:
    return Identity.create(SeededEntropy(f"stranger {number}"))


def heard(
    here: Room, name: str, who: Identity, seq: int, body: bytes, kind: PostType = PostType.ALERT
) -> None:
    """Somebody's signed post reaches a device, which knows his profile."""
    handheld = here.handhelds[name]
    urgent = AirFlag.URGENT if kind == PostType.ALERT and body == HELP else 0
    for frame in (
        flood(AirKind.PROFILE, 8, encode(sign_profile(who, 0, b"x"))),
        flood(AirKind.POST, 8, encode(sign_post(who, "here", seq, seq, body, kind, urgent)), urgent),
    ):
        here.carry_out(handheld, handheld.node.receive(frame, -50, here.now, WALL))


def gone(here: Room, name: str) -> list[int]:
    """Numbers of the alerts that were told to have gone."""
    told = [event.alert for event in here.handhelds[name].told if isinstance(event, AlertChanged)]
    return [alert.message.seq for alert in told if alert.gone]


def test_strangers_alerts_push_no_friends_one_out_nor_stand_before_it() -> None:
    here = together("ana", "bo")
    here.name("bo", "ana", "Ana")
    call(here, "ana")
    here.run(1_000)
    for number in range(CALLS_MAX + 2):
        heard(here, "bo", stranger(number), 1, HELP)
    alerts = shown(here, "bo")
    assert len(alerts) == CALLS_MAX
    assert [alert.message.text for alert in alerts[:2]] == ["Leg broken", "me!"]
    assert [alert.rank for alert in alerts[:2]] == [1, 4]
    assert gone(here, "bo") == [1, 1, 1]


def test_strangers_answers_hide_no_friends_one() -> None:
    here = together("ana", "bo")
    here.name("ana", "bo", "Bo")
    keep = call(here, "ana")
    here.run(1_000)
    seen = encode(Alert(AlertStep.SEEN, 173, NOWHERE, NOWHERE, keep.author[:8], keep.seq, b""))
    for number in range(ANSWERS_MAX):
        heard(here, "ana", stranger(number), 1, seen)
    assert shown(here, "ana")[0].repeats
    answer(here, "bo", keep)
    (alert,) = shown(here, "ana")
    assert len(alert.seen_by) == ANSWERS_MAX
    assert "Bo" in [one.name for one in alert.seen_by]
    assert not alert.repeats


def test_strangers_early_answers_hide_no_friends_one() -> None:
    here = together("ana", "bo", "cy")
    here.name("cy", "bo", "Bo")
    cy = here.handhelds["cy"].node
    here.deaf = {("ana", "cy")}
    keep = call(here, "ana")
    here.run(1_000)
    answer(here, "bo", keep)
    for number in range(EARLY_MAX + 1):
        lie = encode(Alert(AlertStep.SEEN, 173, NOWHERE, NOWHERE, EVE.key[:8], number + 1, b""))
        heard(here, "cy", stranger(number), 1, lie)
    cy.alarms.kept(replace(keep, own=False), 99, here.now)
    assert [one.name for one in cy.alarms.everything(here.now)[0].seen_by] == ["Bo"]


def test_who_is_named_after_his_answer_ends_the_repeats() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    here.run(1_000)
    answer(here, "bo", keep)
    here.name("ana", "bo", "Bo")
    assert not shown(here, "ana")[0].repeats
    before = len(on_air(here))
    here.run(60 * MINUTE)
    assert len(on_air(here)) == before


def test_what_a_range_of_numbers_takes_back_goes() -> None:
    here = together("bo")
    heard(here, "bo", EVE, 5, HELP)
    heard(here, "bo", EVE, 9, encode(Deleted(4, 2)), PostType.DELETED)
    assert (shown(here, "bo"), gone(here, "bo")) == ([], [5])


def test_what_somebody_blocked_calls_for_goes_at_once_and_does_not_come_back() -> None:
    here = together("bo")
    heard(here, "bo", EVE, 1, HELP)
    kept = here.handhelds["bo"].posts[-1]
    bo = here.handhelds["bo"].node
    _, effects = bo.following.relate(Relate(EVE.key.hex(), "blocked", on=True), [], here.now)
    here.carry_out(here.handhelds["bo"], [*effects, *bo.alarms.sweep(here.now)])
    assert (shown(here, "bo"), gone(here, "bo")) == ([], [1])
    saved = Saved(boards=["here"], alerts=[(1, kept)], relations=[(EVE.key, BLOCK)])
    assert Handheld("bo", saved).node.alarms.everything(0) == []


def test_it_is_told_that_an_alert_has_expired() -> None:
    here = together("ana", "bo")
    keep = call(here, "ana")
    here.run(25 * 60 * MINUTE)
    assert (shown(here, "bo"), gone(here, "bo")) == ([], [keep.seq])


def test_an_alert_is_put_away_for_good_and_nobody_is_told() -> None:
    here = together("bo")
    heard(here, "bo", EVE, 1, HELP)
    bo = here.handhelds["bo"]
    (alert,) = shown(here, "bo")
    frames = len(here.frames)
    here.carry_out(bo, bo.node.alarms.dismiss(alert.message.id, here.now))
    assert shown(here, "bo")[0].dismissed
    assert len(here.frames) == frames
    with pytest.raises(Refused, match="no alert"):
        bo.node.alarms.dismiss(999, here.now)
    saved = Saved(boards=["here"], alerts=[(alert.message.id, bo.posts[-1])], dismissed=[alert.message.id])
    assert Handheld("bo", saved).node.alarms.everything(0)[0].dismissed
