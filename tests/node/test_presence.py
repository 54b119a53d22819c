"""Presence: who is new is answered, and it all stays within one part in a hundred of the air."""

from handheld.clock import SeededEntropy
from handheld.node.presence import (
    ANSWER_MS,
    BURST,
    PERIOD_MS,
    SLOW_PERIOD_MS,
    SLOW_START_AIRTIMES,
    START_JITTER_MS,
    Announcement,
    Presence,
)
from handheld.wire.constants import ProfileFlag

ESPNOW_US = 2_540
LORA_US = 2_050_000


def started(airtime_us: int = ESPNOW_US, neighbours: int = 5) -> tuple[Presence, int]:
    """A presence after its first announcement, and the time of it."""
    presence = Presence(SeededEntropy("presence"))
    presence.radio_up(airtime_us, 0)
    presence.crowd(neighbours, neighbours + 1)
    at = presence.next_deadline()
    assert at is not None
    assert at < max(START_JITTER_MS, SLOW_START_AIRTIMES * airtime_us // 1000)
    assert presence.due(at - 1) is None
    said = presence.due(at)
    assert said is not None
    assert said.floods
    assert said.flags & ProfileFlag.SOLICIT
    return presence, at


def test_without_a_radio_nothing_is_due() -> None:
    presence = Presence(SeededEntropy("presence"))
    assert presence.next_deadline() is None
    assert presence.due(10**9) is None
    presence.stranger(0, unnamed=True)
    assert presence.next_deadline() is None
    presence.radio_up(ESPNOW_US, 0)
    presence.radio_down()
    assert presence.next_deadline() is None


def test_the_first_asks_and_the_next_comes_after_ten_minutes() -> None:
    presence, at = started()
    again = presence.next_deadline()
    assert again is not None
    assert PERIOD_MS * 9 // 10 < again - at <= PERIOD_MS
    said = presence.due(again)
    assert said is not None
    assert not said.flags & ProfileFlag.SOLICIT


def test_each_announcement_is_a_frame_of_its_own() -> None:
    presence, at = started()
    rounds = set()
    for _ in range(10):
        at = presence.next_deadline() or 0
        said = presence.due(at)
        assert said is not None
        rounds.add(said.flags >> 2)
    assert len(rounds) == 10


def test_a_stranger_is_answered_soon_and_asked_when_unnamed() -> None:
    presence, at = started()
    presence.stranger(at, unnamed=True)
    due = presence.next_deadline()
    assert due is not None
    assert due - at < 1_000
    said = presence.due(due)
    assert said is not None
    assert said.flags & ProfileFlag.SOLICIT


def test_when_others_answer_ours_is_put_off_once_and_not_forgotten() -> None:
    presence, at = started()
    presence.stranger(at, unnamed=False)
    presence.answered(at + 1)
    presence.answered(at + 2)
    put_off = presence.next_deadline()
    assert put_off is not None
    assert at + 2 * ANSWER_MS <= put_off <= at + 6 * ANSWER_MS + 2
    presence.answered(at + 3)
    presence.answered(at + 4)
    assert presence.next_deadline() == put_off


def test_on_lora_the_interval_stretches_to_hours() -> None:
    presence, _ = started(LORA_US, neighbours=30)
    assert presence.interval_ms > 3 * 3_600_000


def test_solicitors_cannot_make_us_talk_more_than_our_share() -> None:
    for airtime_us, neighbours in ((ESPNOW_US, 5), (ESPNOW_US, 30), (LORA_US, 30)):
        presence, at = started(airtime_us, neighbours)
        start, said = at, 0
        duration = 100 * presence.share_interval_ms
        while at - start < duration:
            presence.stranger(at, unnamed=True)
            at = presence.next_deadline() or at
            said += presence.due(at) is not None
            at += 1
        # Everybody does as we do, and each flood is carried by 1 + n/4 others.
        air_us = said * airtime_us * (neighbours + 1) * (1 + neighbours / 4)
        allowed = duration * 1_000 / 100
        assert air_us <= allowed * (1 + (BURST + 1) / 100)
        assert said > 50


def told(airtime_us: int = LORA_US) -> Presence:
    """A presence whose profile was flooded in company in an earlier run."""
    presence = Presence(SeededEntropy("told"), told=True)
    presence.radio_up(airtime_us, 0)
    presence.crowd(8, 30)
    return presence


def test_on_slow_air_what_was_flooded_before_goes_one_hop_and_rarely() -> None:
    presence = told()
    at = presence.next_deadline() or 0
    first = presence.due(at)
    assert first is not None
    assert not first.floods
    assert not first.flags & ProfileFlag.SOLICIT
    again = presence.next_deadline() or 0
    assert again - at > SLOW_PERIOD_MS * 9 // 10
    second = presence.due(again)
    assert second is not None
    assert not second.floods


def test_on_fast_air_it_floods_as_ever() -> None:
    presence = told(ESPNOW_US)
    at = presence.next_deadline() or 0
    said = presence.due(at)
    assert at < START_JITTER_MS
    assert said is not None
    assert said.floods
    assert said.flags & ProfileFlag.SOLICIT


def test_a_flood_in_company_makes_the_profile_known_a_flood_alone_does_not() -> None:
    presence, _ = started(LORA_US, neighbours=0)
    assert not presence.flooded()
    assert not presence.sparing
    presence.crowd(1, 2)
    assert presence.flooded()
    assert presence.sparing
    assert not presence.flooded()


def test_on_slow_air_a_stranger_gets_a_flood_within_a_window_that_grows_with_the_village() -> None:
    ats = []
    for around in (2, 100):
        presence = told()
        presence.due(presence.next_deadline() or 0)
        presence.crowd(8, around)
        presence.stranger(100_000, unnamed=True)
        ats.append(presence.next_deadline() or 0)
        said = presence.due(ats[-1])
        assert said is not None
        assert said.floods
        assert said.flags & ProfileFlag.SOLICIT
    assert 100_000 <= ats[0] < ats[1] < SLOW_PERIOD_MS


def test_on_slow_air_floods_over_the_share_are_given_up_and_the_regular_one_hop_stays() -> None:
    presence = told()
    presence.due(presence.next_deadline() or 0)
    presence.crowd(30, 100)
    floods, now = 0, 100_000
    while (said := _answered(presence, now)) is not None:
        floods += said.floods
        now += SLOW_PERIOD_MS // 10
    assert floods == BURST
    regular = presence.due(presence.next_deadline() or 0)
    assert regular is not None
    assert not regular.floods


def _answered(presence: Presence, now: int) -> Announcement | None:
    presence.stranger(now, unnamed=False)
    return presence.due(presence.next_deadline() or 0)


def test_a_cable_that_comes_and_goes_repeats_nothing_on_slow_air() -> None:
    presence = told()
    presence.due(presence.next_deadline() or 0)
    regular = presence.next_deadline() or 0
    for now in (100_000, 200_000, 300_000):
        presence.radio_down()
        presence.radio_up(LORA_US, now)
        assert (presence.next_deadline() or 0) >= regular
