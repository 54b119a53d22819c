"""Presence: who is new is answered, and it all stays within one part in a hundred of the air."""

from handheld.clock import SeededEntropy
from handheld.node.presence import ANSWER_MS, BURST, PERIOD_MS, START_JITTER_MS, Presence
from handheld.wire.constants import ProfileFlag

ESPNOW_US = 2_540
LORA_US = 2_050_000


def started(airtime_us: int = ESPNOW_US, neighbours: int = 5) -> tuple[Presence, int]:
    """A presence after its first announcement, and the time of it."""
    presence = Presence(SeededEntropy("presence"))
    presence.radio_up(airtime_us, 0)
    presence.crowd(neighbours)
    at = presence.next_deadline()
    assert at is not None
    assert at < START_JITTER_MS
    assert presence.due(at - 1) is None
    flags = presence.due(at)
    assert flags is not None
    assert flags & ProfileFlag.SOLICIT
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
    flags = presence.due(again)
    assert flags is not None
    assert not flags & ProfileFlag.SOLICIT


def test_each_announcement_is_a_frame_of_its_own() -> None:
    presence, at = started()
    rounds = set()
    for _ in range(10):
        at = presence.next_deadline() or 0
        flags = presence.due(at)
        assert flags is not None
        rounds.add(flags >> 2)
    assert len(rounds) == 10


def test_a_stranger_is_answered_soon_and_asked_when_unnamed() -> None:
    presence, at = started()
    presence.stranger(at, unnamed=True)
    due = presence.next_deadline()
    assert due is not None
    assert due - at < 1_000
    flags = presence.due(due)
    assert flags is not None
    assert flags & ProfileFlag.SOLICIT


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
