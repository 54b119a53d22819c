"""The host's session: the table, the timers, what is acknowledged, and what is dropped."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import LocalError
from handheld.link import session
from handheld.link.session import (
    BACKLOG,
    COUNTERS_EVERY,
    HELLO_EVERY,
    PING_AFTER,
    SILENCE_AFTER,
    TEXT_AFTER,
    UNANSWERED_AFTER,
    WINDOW,
    Closed,
    CountersHeard,
    FrameHeard,
    FrameSent,
    Opened,
    Session,
    SessionEvent,
    SettingsHeard,
    TextHeard,
)
from handheld.link.states import TABLE, Action, Input, State
from handheld.wire.codec import decode, encode
from handheld.wire.constants import LinkKind, SentResult
from handheld.wire.link import Heard, HelloHost, HelloRadio, Send, Sent, Settings, Status, ToneResult
from handheld.wire.schema import schema
from tests.support.frames import CableFrame, read, wrapped, written

NONCE = 0x010203AA
SESSION = 0xAA
START = 5_000
AIR = bytes(range(7))
HELLO = HelloRadio(1, schema(), NONCE, 77, 2048, 1, 6, 250, 2600, b"\0\1\0", b"ESP32")
STATUS = Status(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)


def hello(**changes: object) -> bytes:
    said = replace(HELLO, **changes)  # type: ignore[arg-type]
    return written(LinkKind.HELLO_RADIO, said.nonce & 255, body=encode(said))


def numbered(number: int, ack: int = 0, air: bytes = AIR) -> bytes:
    return written(LinkKind.HEARD, SESSION, number, ack, encode(Heard(-70, air)))


def events(session: Session) -> list[SessionEvent]:
    found = []
    while event := session.next_event():
        found.append(event)
    return found


def kinds(data: bytes) -> list[int]:
    return [frame.kind for frame in read(data)]


@pytest.fixture
def opening() -> Session:
    return Session(NONCE, START, schema())


@pytest.fixture
def up(opening: Session) -> Session:
    opening.receive(hello(), START)
    assert events(opening) == [Opened(HELLO)]
    assert kinds(opening.data_to_send(START)) == [LinkKind.PING]
    return opening


# The table.


def test_the_table_says_what_to_do_in_every_state_with_every_input() -> None:
    assert set(TABLE) == set(State)
    assert all(set(row) == set(Input) for row in TABLE.values())
    assert (
        {action for row in TABLE.values() for action, _ in row.values()}
        == set(Action)
        == set(Session._ACTIONS)
    )


def test_a_session_is_used_once() -> None:
    assert set(TABLE[State.OVER].values()) == {(Action.IGNORE, State.OVER)}
    assert State.OPENING not in {state for _, state in TABLE[State.UP].values()}


# Opening.


def test_hello_is_said_until_it_is_answered(opening: Session) -> None:
    moments = range(START, START + 1_000)
    said = [(now - START, *read(data)) for now in moments if (data := opening.data_to_send(now))]

    assert [at for at, _ in said] == [0, HELLO_EVERY, 2 * HELLO_EVERY, 3 * HELLO_EVERY]
    assert {frame.kind for _, frame in said} == {LinkKind.HELLO_HOST}
    assert decode(HelloHost, said[0][1].body) == HelloHost(1, schema(), NONCE, WINDOW)
    assert opening.next_deadline() == START + 4 * HELLO_EVERY


def test_nothing_can_be_sent_before_the_answer(opening: Session) -> None:
    assert not opening.send(LinkKind.SEND, encode(Send(1, AIR)))


def test_a_radio_that_has_just_started_is_greeted_at_once(opening: Session) -> None:
    opening.data_to_send(START)
    opening.receive(hello(nonce=0), START + 10)

    assert kinds(opening.data_to_send(START + 10)) == [LinkKind.HELLO_HOST]
    assert opening.state is State.OPENING


def test_answers_to_earlier_openings_and_their_frames_are_dropped(opening: Session) -> None:
    opening.receive(hello(nonce=NONCE + 256) + numbered(0) + written(LinkKind.ACK, SESSION), START)
    opening.receive(written(LinkKind.STATUS, SESSION, body=encode(STATUS)), START)
    opening.receive(written(LinkKind.BYE, SESSION), START)

    assert events(opening) == []
    assert opening.state is State.OPENING
    assert opening.dropped == {"stale": 1, "early": 1, "kind": 3}


def test_who_does_not_answer_is_no_radio_and_is_quoted(opening: Session) -> None:
    opening.receive(b"$GPGGA,123519\x1b[2J,4807\r\n", START)
    opening.tick(START + UNANSWERED_AFTER - 1)
    assert events(opening) == [TextHeard(b"$GPGGA,123519\x1b[2J,4807")]
    opening.tick(START + UNANSWERED_AFTER)

    [closed] = events(opening)
    assert isinstance(closed, Closed)
    assert '"$GPGGA,123519[2J,4807" Put our firmware on it, or name another port.' in closed.reason
    assert opening.next_deadline() is None


def test_who_says_nothing_is_no_radio_either(opening: Session) -> None:
    assert opening.next_deadline() == START
    opening.data_to_send(START + UNANSWERED_AFTER - 10)
    assert opening.next_deadline() == START + UNANSWERED_AFTER
    opening.tick(START + UNANSWERED_AFTER)

    [closed] = events(opening)
    assert isinstance(closed, Closed)
    assert closed.reason.endswith("would say. Put our firmware on it, or name another port.")


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"version": 2}, ": update pocketmesh here."),
        ({"schema": b"else"}, ": pocketmesh radio flash"),
        ({"window": 10}, ": pocketmesh radio flash"),
    ],
)
def test_a_radio_that_does_not_fit_is_refused_with_a_reason(
    opening: Session, changes: dict[str, object], advice: str
) -> None:
    opening.receive(hello(**changes), START)

    [closed] = events(opening)
    assert isinstance(closed, Closed)
    assert closed.reason.endswith(advice)
    assert opening.state is State.OVER
    assert opening.data_to_send(START + 500) == b""


def test_an_opening_that_is_given_up_says_nothing_to_the_radio(opening: Session) -> None:
    opening.close(START)

    assert events(opening) == [Closed("The cable was closed.")]
    assert opening.data_to_send(START) == b""


# Up: what comes from the radio.


def test_frames_are_handed_up_once_and_in_order_and_acknowledged(up: Session) -> None:
    up.receive(numbered(0) + numbered(0) + numbered(2) + numbered(1, air=AIR + b"x"), START)

    assert events(up) == [FrameHeard(-70, AIR), FrameHeard(-70, AIR + b"x")]
    assert read(up.data_to_send(START)) == [CableFrame(LinkKind.ACK, SESSION, 0, 2)]
    assert up.data_to_send(START) == b""


def test_results_and_counters_are_handed_up(up: Session) -> None:
    up.receive(written(LinkKind.SENT, SESSION, 0, 0, encode(Sent(9, SentResult.ON_AIR))), START)
    up.receive(written(LinkKind.STATUS, SESSION, 0, 0, encode(STATUS)), START)

    settings = Settings(1, 1, 2, 2, 14, 25, -9, 14, 10_000, 868_125_000)
    up.receive(written(LinkKind.SETTINGS, SESSION, 1, 0, encode(settings)), START)

    assert events(up) == [
        FrameSent(9, SentResult.ON_AIR),
        CountersHeard(STATUS),
        SettingsHeard(settings),
    ]


def test_an_acknowledgement_travels_with_a_frame_if_one_goes(up: Session) -> None:
    up.receive(numbered(0), START)
    up.send(LinkKind.SEND, encode(Send(1, AIR)))

    assert read(up.data_to_send(START)) == [CableFrame(LinkKind.SEND, SESSION, 0, 1, encode(Send(1, AIR)))]
    assert up.data_to_send(START) == b""


def test_a_gap_is_told_at_once_even_if_a_frame_goes(up: Session) -> None:
    up.receive(numbered(1), START)
    up.send(LinkKind.SEND, encode(Send(1, AIR)))

    assert kinds(up.data_to_send(START)) == [LinkKind.ACK, LinkKind.SEND]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (wrapped(b"\x11"), "short"),
        (numbered(0).replace(b"\xaa", b"\xab"), None),
        (written(LinkKind.HEARD, SESSION + 1, body=encode(Heard(-70, AIR))), "session"),
        (written(LinkKind.PING, SESSION), "kind"),
        (written(LinkKind.HELLO_HOST, SESSION), "kind"),
        (written(15, SESSION), "kind"),
        (written(LinkKind.SEND, SESSION, body=encode(Send(1, AIR))), "kind"),
        (written(255, SESSION), "kind"),
        (written(LinkKind.HEARD, SESSION, body=b"x"), "short"),
        (written(LinkKind.SENT, SESSION, body=b"\0\1\xff"), "enum"),
        (written(LinkKind.STATUS, SESSION, body=b""), "short"),
        (written(LinkKind.HELLO_RADIO, SESSION, body=b"\1"), "short"),
        (hello(radio=1)[:-9] + b"\0", None),
        (hello(nonce=5, boot=77), "stale"),
    ],
)
def test_what_makes_no_sense_is_counted_and_dropped(up: Session, frame: bytes, reason: str | None) -> None:
    up.receive(frame, START)

    assert [event for event in events(up) if not isinstance(event, TextHeard)] == []
    assert dict(up.dropped) == ({reason: 1} if reason else {})
    assert up.state is State.UP


def test_a_numbered_frame_with_a_wrong_body_has_had_its_turn(up: Session) -> None:
    up.receive(written(LinkKind.HEARD, SESSION, 0, body=b"x") + written(77, SESSION, 1) + numbered(2), START)

    assert events(up) == [FrameHeard(-70, AIR)]
    assert read(up.data_to_send(START)) == [CableFrame(LinkKind.ACK, SESSION, 0, 3)]


def test_frames_come_in_pieces_of_one_byte(up: Session) -> None:
    for byte in numbered(0) + b"hi\n" + numbered(1):
        up.receive(bytes((byte,)), START)

    assert events(up) == [FrameHeard(-70, AIR), TextHeard(b"hi"), FrameHeard(-70, AIR)]


# Up: what goes to the radio.


def test_the_backlog_is_bounded(up: Session) -> None:
    taken = [up.send(LinkKind.SEND, encode(Send(token, AIR))) for token in range(BACKLOG + 1)]

    assert taken == [True] * BACKLOG + [False]


@pytest.mark.parametrize(("kind", "size"), [(LinkKind.PING, 0), (LinkKind.SEND, 261)])
def test_what_cannot_be_numbered_is_our_own_mistake(up: Session, kind: LinkKind, size: int) -> None:
    with pytest.raises(LocalError):
        up.send(kind, bytes(size))


def test_never_more_bytes_are_on_their_way_than_the_radio_takes(opening: Session) -> None:
    opening.receive(hello(window=600), START)
    opening.data_to_send(START)
    for token in range(20):
        opening.send(LinkKind.SEND, encode(Send(token, bytes(250))))
    ack, sent = 0, []
    for now in range(START, START + 60):
        data = opening.data_to_send(now)
        assert len(data) <= 600
        sent += [frame.number for frame in read(data)]
        if sent[-1] >= ack:
            ack += 1
            opening.receive(written(LinkKind.ACK, SESSION, 0, ack), now)

    assert sent == list(range(20))


def test_what_is_not_acknowledged_goes_again(up: Session) -> None:
    up.send(LinkKind.SEND, encode(Send(1, AIR)))
    first = up.data_to_send(START)
    deadline = up.next_deadline()
    assert deadline is not None
    assert START + 150 <= deadline < START + 160
    up.tick(deadline)

    assert up.data_to_send(deadline) == first


def test_a_bare_acknowledgement_of_nothing_new_asks_for_what_was_missed(up: Session) -> None:
    up.send(LinkKind.SEND, encode(Send(1, AIR)))
    first = up.data_to_send(START)
    up.receive(numbered(0, ack=0), START + 5)
    assert kinds(up.data_to_send(START + 5)) == [LinkKind.ACK]
    up.receive(written(LinkKind.ACK, SESSION, 0, 0), START + 6)

    assert read(up.data_to_send(START + 6)) == [frame._replace(ack=1) for frame in read(first)]


def test_acknowledged_frames_do_not_go_again(up: Session) -> None:
    up.send(LinkKind.SEND, encode(Send(1, AIR)))
    up.data_to_send(START)
    up.receive(numbered(0, ack=1), START + 5)
    up.data_to_send(START + 5)
    up.tick(START + 900)

    assert up.data_to_send(START + 900) == b""


def test_a_ping_goes_when_nothing_else_went_for_a_while(up: Session) -> None:
    assert up.next_deadline() == START + PING_AFTER
    assert up.data_to_send(START + PING_AFTER - 1) == b""
    assert read(up.data_to_send(START + PING_AFTER)) == [CableFrame(LinkKind.PING, SESSION, 0, 0)]
    assert up.next_deadline() == START + 2 * PING_AFTER


def test_a_ping_goes_now_and_then_however_busy_the_cable_is(up: Session) -> None:
    pings = 0
    for now in range(START, START + 2 * COUNTERS_EVERY, 100):
        up.receive(numbered((now - START) // 100 & 255), now)
        pings += kinds(up.data_to_send(now)).count(LinkKind.PING)

    assert pings == 1


# Up: the end.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (hello(nonce=0), "The radio has started anew."),
        (hello(boot=78), "The radio has started anew."),
        (hello(nonce=5, boot=78), "The radio has started anew."),
        (written(LinkKind.BYE, SESSION), "The radio said goodbye."),
    ],
)
def test_a_radio_that_starts_anew_or_leaves_ends_the_session(up: Session, data: bytes, reason: str) -> None:
    up.receive(data + numbered(0), START)

    assert events(up) == [Closed(reason)]
    assert not up.send(LinkKind.SEND, encode(Send(1, AIR)))
    assert up.data_to_send(START) == b""
    assert up.next_deadline() is None


def test_our_own_hello_answered_twice_changes_nothing(up: Session) -> None:
    up.receive(numbered(0), START)
    events(up)
    up.receive(hello() + numbered(1), START)

    assert events(up) == [FrameHeard(-70, AIR)]


def test_a_radio_that_has_become_another_one_is_refused(up: Session) -> None:
    up.receive(hello(version=2), START)

    assert isinstance(events(up)[0], Closed)


def test_silence_ends_the_session_and_any_frame_of_it_puts_that_off(up: Session) -> None:
    up.receive(written(LinkKind.ACK, SESSION), START + 2_000)
    up.receive(written(LinkKind.ACK, SESSION + 1), START + 4_000)
    up.tick(START + 2_000 + SILENCE_AFTER - 1)
    assert events(up) == []
    up.tick(START + 2_000 + SILENCE_AFTER)

    assert events(up) == [Closed("The radio fell silent.")]


def test_goodbye_is_said_once(up: Session) -> None:
    up.close(START)

    assert events(up) == [Closed("The cable was closed.")]
    assert kinds(up.data_to_send(START)) == [LinkKind.BYE]
    assert up.data_to_send(START + 5_000) == b""
    up.close(START + 1)
    assert events(up) == []


# Whatever comes.


BODIES = st.binary(max_size=260) | st.sampled_from((encode(HELLO), encode(STATUS), encode(Heard(-1, AIR))))
FRAMES = st.builds(
    written,
    st.sampled_from((0, 7, 77, 255, *LinkKind)),
    st.sampled_from((SESSION, 0)),
    st.integers(0, 3),
    st.integers(0, 255),
    BODIES,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAMES | st.binary(max_size=300), max_size=12), st.booleans())
def test_whatever_comes_is_an_event_or_is_counted_and_nothing_is_raised(
    items: list[bytes], known: bool
) -> None:
    session = Session(NONCE, START, schema())
    if known:
        session.receive(hello(), START)
    for now, item in enumerate(items, START):
        session.receive(item, now)
        session.send(LinkKind.SEND, encode(Send(1, AIR)))
        session.data_to_send(now)
        session.tick(now)

    assert sum(isinstance(event, Closed) for event in events(session)) == (session.state is State.OVER)


# Text.


def test_lines_between_frames_come_up_as_they_are(up: Session) -> None:
    up.receive(b"one\r\ntwo\nthr" + numbered(0) + b"four", START)

    assert events(up) == [TextHeard(b"one"), TextHeard(b"two"), TextHeard(b"thr"), FrameHeard(-70, AIR)]
    assert up.next_deadline() == START + TEXT_AFTER
    up.tick(START + TEXT_AFTER)
    assert events(up) == [TextHeard(b"four")]
    assert up.next_deadline() == START + PING_AFTER


def test_a_long_text_keeps_its_lines_whole(up: Session) -> None:
    lines = [b"line %03d " % count + b"x" * 30 for count in range(40)]
    up.receive(b"\r\n".join(lines) + b"\r\n\0", START)

    assert events(up) == [TextHeard(line) for line in lines]


def test_a_line_whose_end_does_not_come_is_handed_up_after_a_while(up: Session) -> None:
    up.receive(b"x" * 300, START)
    assert events(up) == []
    up.tick(START + TEXT_AFTER - 1)
    assert events(up) == []
    up.tick(START + TEXT_AFTER)

    assert events(up) == [TextHeard(b"x" * 300)]


def test_text_is_heard_even_after_the_end(up: Session) -> None:
    up.receive(hello(nonce=0) + b"Traceback:\n\0", START)

    assert events(up) == [Closed("The radio has started anew."), TextHeard(b"Traceback:")]


# For a console.


def test_what_is_tapped_is_told_both_ways_and_nothing_else_changes(up: Session) -> None:
    up.tapped = True
    up.receive(numbered(0), START)
    sent = up.data_to_send(START)

    told = events(up)
    frames = [event for event in told if isinstance(event, session.CableFrame)]
    assert [(frame.out, frame.frame[0]) for frame in frames] == [
        (False, LinkKind.HEARD),
        (True, LinkKind.ACK),
    ]
    assert [event for event in told if event not in frames] == [FrameHeard(-70, AIR)]
    assert kinds(sent) == [LinkKind.ACK]


def test_the_outcome_of_a_test_tone_is_handed_up(up: Session) -> None:
    up.receive(written(LinkKind.TESTED, SESSION, 0, 0, encode(ToneResult(10, 9, -82, -75, -70))), START)

    assert events(up) == [session.ToneHeard(ToneResult(10, 9, -82, -75, -70))]
