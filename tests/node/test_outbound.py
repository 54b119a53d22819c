"""Outbound: what waits, what flies, and that a message is never lost between them."""

import pytest

from handheld.errors import Refused
from handheld.node.effects import Effect, Transmit
from handheld.node.outbound import ANSWER_MS, BUSY, IN_FLIGHT_MAX, QUEUE_MAX, RETRY_MS, Outbound, Outgoing
from handheld.wire.constants import SentResult


def tokens(effects: list[Effect]) -> list[int]:
    return [effect.token for effect in effects if isinstance(effect, Transmit)]


def test_messages_wait_for_a_radio_announcements_do_not() -> None:
    outbound = Outbound()
    assert outbound.put(Outgoing(b"profile"), 0) == []
    assert outbound.put(Outgoing(b"post", 7, waits=True), 0) == []
    assert len(outbound) == 1
    assert outbound.radio_up(5) == [Transmit(1, b"post")]
    assert outbound.sent(1, SentResult.ON_AIR, 6) == Outgoing(b"post", 7, waits=True)
    assert len(outbound) == 0


def test_the_radio_holds_four_at_once() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    for number in range(1, 7):
        outbound.put(Outgoing(b"post", number, waits=True), 0)
    assert outbound.pump(0) == []
    outbound.sent(1, SentResult.ON_AIR, 0)
    assert tokens(outbound.pump(0)) == [IN_FLIGHT_MAX + 1]


def test_a_full_radio_is_asked_again_a_little_later_in_the_same_order() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    outbound.put(Outgoing(b"one", 1, waits=True), 0)
    assert outbound.sent(1, SentResult.QUEUE_FULL, 100) is None
    assert outbound.pump(100) == []
    assert outbound.next_deadline() == 100 + RETRY_MS
    assert outbound.pump(100 + RETRY_MS) == [Transmit(1, b"one")]


def test_what_the_radio_refuses_is_not_called_aired() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    outbound.put(Outgoing(b"one", 1, waits=True), 0)
    assert outbound.sent(1, SentResult.REFUSED, 0) is None
    assert outbound.sent(99, SentResult.ON_AIR, 0) is None


def test_an_unplugged_radio_gives_back_messages_in_order() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    outbound.put(Outgoing(b"one", 1, waits=True), 0)
    outbound.put(Outgoing(b"profile"), 0)
    outbound.put(Outgoing(b"two", 2, waits=True), 0)
    outbound.radio_down()
    assert outbound.next_deadline() is None
    assert [effect.air for effect in outbound.radio_up(1) if isinstance(effect, Transmit)] == [b"one", b"two"]


def test_a_silent_radio_is_given_the_frame_again() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    outbound.put(Outgoing(b"one", 1, waits=True), 0)
    assert outbound.next_deadline() == ANSWER_MS
    assert outbound.pump(ANSWER_MS - 1) == []
    assert outbound.pump(ANSWER_MS) == [Transmit(1, b"one")]


def test_the_queue_is_bounded_before_anything_is_saved() -> None:
    outbound = Outbound()
    for number in range(QUEUE_MAX):
        outbound.room()
        outbound.put(Outgoing(b"post", number + 1, waits=True), 0)
    with pytest.raises(Refused, match="wait for the radio"):
        outbound.room()


def test_an_ack_goes_before_what_waits_already() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    for number in range(1, 7):
        outbound.put(Outgoing(b"post", number, waits=True), 0)
    outbound.put(Outgoing(b"ack", hurry=True), 0)
    outbound.sent(1, SentResult.ON_AIR, 0)
    assert [effect.air for effect in outbound.pump(0) if isinstance(effect, Transmit)] == [b"ack"]


def test_copies_of_a_delivered_message_do_not_go() -> None:
    outbound = Outbound()
    outbound.radio_up(0)
    for message in (1, 2, 3, 4, 5, 6, 5):
        outbound.put(Outgoing(b"copy", message), 0)
    outbound.release(5)
    for token in range(1, 5):
        outbound.sent(token, SentResult.ON_AIR, 0)
    assert len(tokens(outbound.pump(0))) == 1


def test_it_is_busy_before_it_is_full() -> None:
    outbound = Outbound()
    for number in range(BUSY):
        assert not outbound.busy
        outbound.put(Outgoing(b"post", number + 1, waits=True), 0)
    assert outbound.busy
