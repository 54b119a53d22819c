"""The radio's end of the cable under CPython, by itself and together with the host's end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.link.session import PING_AFTER, SILENCE_AFTER
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind, LinkKind, SentResult
from handheld.wire.link import Heard, HelloHost, HelloRadio, Send, Sent, Set, Settings, Status
from handheld.wire.schema import schema
from tests.support.cable import Faults
from tests.support.frames import CableFrame, read, wrapped, written
from tests.support.link import STATUS, Bench, Closed, CountersHeard, Opened, Radio, TextHeard, Uart

NONCE = 0x010203AA
SESSION = 0xAA
AIR = bytes(range(1, 8))
NOW = 40_000


def hello(nonce: int = NONCE, *, schema_: bytes = schema(), version: int = 1, window: int = 2048) -> bytes:
    return written(LinkKind.HELLO_HOST, nonce & 255, 9, 9, encode(HelloHost(version, schema_, nonce, window)))


def said(radio: Radio) -> list[CableFrame]:
    frames = read(bytes(radio.uart.outgoing))
    radio.uart.outgoing.clear()
    return frames


def told(radio: Radio, data: bytes, now: int = NOW) -> list[CableFrame]:
    """What the radio says when it is told something."""
    radio.uart.incoming += data
    radio.run(now)
    return said(radio)


def send(number: int, token: int = 1, ack: int = 0) -> bytes:
    return written(LinkKind.SEND, SESSION, number, ack, encode(Send(token, AIR)))


@pytest.fixture
def radio() -> Radio:
    radio = Radio(boot=7, now=NOW, uart=Uart())
    said(radio)
    return radio


@pytest.fixture
def up(radio: Radio) -> Radio:
    told(radio, hello())
    assert radio.link.up
    return radio


# Hello.


def test_after_a_start_whoever_listens_hears_of_it() -> None:
    [frame] = said(Radio(boot=7, now=NOW, uart=Uart()))

    assert frame[:4] == (LinkKind.HELLO_RADIO, 0, 0, 0)
    assert decode(HelloRadio, frame.body).nonce == 0


def test_a_hello_is_answered_with_its_nonce(radio: Radio) -> None:
    [frame] = told(radio, hello())

    assert frame.session == SESSION
    assert decode(HelloRadio, frame.body) == HelloRadio(
        1, schema(), NONCE, 7, 2048, 1, 6, 250, 2600, b"\0\1\0", b"ESP32"
    )


@pytest.mark.parametrize("changes", [{"version": 2}, {"schema_": b"else"}])
def test_a_host_that_does_not_fit_is_told_who_we_are_and_gets_no_session(
    radio: Radio, changes: dict[str, object]
) -> None:
    [frame] = told(radio, hello(**changes))  # type: ignore[arg-type]

    assert decode(HelloRadio, frame.body).nonce == NONCE
    assert not radio.link.up


def test_a_hello_of_a_later_layout_is_answered_and_one_that_is_cut_is_not(radio: Radio) -> None:
    body = encode(HelloHost(1, schema(), NONCE, 2048))

    assert [frame.kind for frame in told(radio, written(LinkKind.HELLO_HOST, body=body + b"more"))] == [2]
    assert told(radio, written(LinkKind.HELLO_HOST, body=body[:8])) == []
    assert not radio.link.up
    assert radio.link.strange == 1


def test_the_same_hello_again_is_answered_and_resets_nothing(up: Radio) -> None:
    told(up, send(0))
    up.link.heard(AIR, 7, -70, NOW)
    frames = told(up, hello() + send(1))

    assert [frame.kind for frame in frames if frame.kind != LinkKind.HEARD] == [
        LinkKind.HELLO_RADIO,
        LinkKind.SENT,
    ]
    assert len(up.taken[b"\1\2\3\xaa"]) == 2


def test_another_hello_begins_with_number_0_on_both_sides(up: Radio) -> None:
    told(up, send(0))
    up.link.heard(AIR, 7, -70, NOW)
    said(up)
    other = NONCE ^ 0xFF
    told(up, hello(other))
    up.link.heard(AIR, 7, -70, NOW)

    assert said(up) == [CableFrame(LinkKind.HEARD, other & 255, 0, 0, encode(Heard(-70, AIR)))]


@pytest.mark.parametrize("kind", [LinkKind.PING, LinkKind.SEND, LinkKind.ACK])
def test_who_takes_us_for_up_hears_that_we_are_not_but_not_too_often(radio: Radio, kind: LinkKind) -> None:
    frame = written(kind, SESSION, body=encode(Send(1, AIR)))
    assert told(radio, frame, NOW + 100) == []
    assert [hello.session for hello in told(radio, b"", NOW + 250)] == [0]
    assert told(radio, frame, NOW + 300) == []
    assert radio.link.deadline(NOW + 300) == 200
    assert radio.commands == []


# Up: from the host.


def test_frames_to_send_are_taken_once_and_in_order(up: Radio) -> None:
    frames = told(up, send(0) + send(0) + send(2, 3) + send(1, 2))

    assert up.taken[b"\1\2\3\xaa"] == [AIR, AIR]
    assert [decode(Sent, frame.body).token for frame in frames if frame.kind == LinkKind.SENT] == [1, 2]
    assert frames[-1].ack == 2


def test_a_ping_is_answered_with_the_counters(up: Radio) -> None:
    [frame] = told(up, written(LinkKind.PING, SESSION))

    assert decode(Status, frame.body) == Status(*STATUS)


def test_a_frame_without_an_answer_is_acknowledged_by_itself(up: Radio) -> None:
    up.uart.incoming += send(0)
    up.link.readable(NOW)
    while up.link.next_command():
        pass

    assert said(up) == [CableFrame(LinkKind.ACK, SESSION, 0, 1)]


def test_service_is_handed_on_and_goodbye_is_said(up: Radio) -> None:
    told(up, written(LinkKind.SERVICE, SESSION, 0))
    assert up.commands == [LinkKind.SERVICE]
    up.link.close(NOW)

    assert [frame.kind for frame in said(up)] == [LinkKind.BYE]
    assert not up.link.up


def test_goodbye_from_the_host_ends_the_session(up: Radio) -> None:
    told(up, written(LinkKind.BYE, SESSION))

    assert not up.link.up
    assert up.link.deadline(NOW) == -1
    up.link.close(NOW)
    assert said(up) == []


@pytest.mark.parametrize(
    "frame",
    [
        wrapped(b"\x10\xaa\0"),
        wrapped(b"\x01"),
        written(LinkKind.SEND, SESSION + 1, 0, 0, encode(Send(1, AIR))),
        written(LinkKind.SEND, SESSION, 0, 0, b"x"),
        written(77, SESSION),
        written(LinkKind.HEARD, SESSION, 0, 0, AIR),
    ],
)
def test_what_makes_no_sense_is_counted_and_harms_nothing(up: Radio, frame: bytes) -> None:
    told(up, frame)

    assert up.link.strange == 1
    assert up.commands == []
    assert told(up, b"?\r\nhelp\r\n" + written(LinkKind.PING, SESSION))[-1].kind == LinkKind.STATUS


@pytest.mark.parametrize("kind", [LinkKind.HELLO_RADIO, LinkKind.STATUS, LinkKind.ACK, 0, 15])
def test_kinds_that_a_host_never_sends_do_nothing(up: Radio, kind: int) -> None:
    assert told(up, written(kind, SESSION)) == []
    assert up.commands == []


def test_an_air_frame_too_long_for_the_air_is_handed_on_bounded(up: Radio) -> None:
    told(up, written(LinkKind.SEND, SESSION, 0, 0, bytes(260)))

    assert up.link.length == 258
    assert up.commands == [LinkKind.SEND]


def test_without_room_for_results_no_more_frames_are_taken_and_none_is_lost(up: Radio) -> None:
    up.uart.room = 0
    told(up, b"".join(send(number, number) for number in range(40)))
    count = len(up.taken[b"\1\2\3\xaa"])
    assert 32 <= count < 40

    up.uart.room = 10_000
    results = told(up, b"")
    for now in range(NOW + 1, NOW + 30):
        results += told(up, written(LinkKind.ACK, SESSION, 0, len(results)), now)
    assert [decode(Sent, frame.body).token for frame in results] == list(range(count))
    assert told(up, send(count, ack=count))[-1].ack == count + 1


def test_a_port_that_stops_for_a_while_loses_nothing() -> None:
    bench = Bench(3)
    bench.run(50)
    bench.radio.uart.room = 0
    for _ in range(60):
        bench.send()
    bench.run(1_000)
    bench.radio.uart.room = 10_000
    bench.settle()

    bench.check_all()
    assert len(bench.confirmed[bench.nonce]) == 60


FRAMES = st.builds(
    written,
    st.sampled_from((0, 7, 77, 255, *LinkKind)),
    st.sampled_from((SESSION, 0)),
    st.integers(0, 3),
    st.integers(0, 255),
    st.binary(max_size=260) | st.just(encode(HelloHost(1, schema(), NONCE, 0))),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAMES | st.binary(max_size=300), max_size=12))
def test_whatever_comes_nothing_is_raised_and_the_next_hello_is_answered(items: list[bytes]) -> None:
    radio = Radio(boot=7, now=NOW, uart=Uart())
    for now, item in enumerate(items, NOW):
        radio.uart.incoming += item
        radio.run(now)
        radio.link.heard(AIR, 7, -70, now)
    said(radio)

    [answer] = [
        frame for frame in told(radio, b"\0" + hello(NONCE + 1)) if frame.kind == LinkKind.HELLO_RADIO
    ]
    assert decode(HelloRadio, answer.body).nonce == NONCE + 1


# Up: to the host.


def test_what_was_heard_goes_to_the_host(up: Radio) -> None:
    assert up.link.heard(AIR, 7, -70, NOW)

    assert said(up) == [CableFrame(LinkKind.HEARD, SESSION, 0, 0, encode(Heard(-70, AIR)))]


def test_without_a_host_frames_are_counted_as_undelivered(radio: Radio) -> None:
    assert not radio.link.heard(AIR, 7, -70, NOW)
    assert radio.link.undelivered == 1
    radio.link.sent(5, SentResult.ON_AIR, NOW)
    radio.link.status(STATUS, NOW)
    assert said(radio) == []


def test_when_the_host_does_not_take_them_the_oldest_that_wait_give_way(up: Radio) -> None:
    airs = [bytes((value,)) * 200 for value in range(1, 41)]
    for air in airs:
        assert up.link.heard(air, 200, -70, NOW)
    in_flight = [decode(Heard, frame.body).air for frame in said(up)]
    assert in_flight == airs[: len(in_flight)]
    assert sum(len(air) for air in in_flight) <= 1024

    got = list(in_flight)
    for now in range(NOW + 10, NOW + 200, 10):
        frames = told(up, written(LinkKind.ACK, SESSION, 0, len(got)), now)
        got += [decode(Heard, frame.body).air for frame in frames]
    assert got[len(in_flight) :] == airs[-(12 - len(in_flight)) :]
    assert up.link.undelivered == len(airs) - len(got)


PIECE = bytes((AirKind.SYMBOL << 2,)) * 200


def test_a_piece_of_a_file_waits_for_the_message_right_behind_it(up: Radio) -> None:
    assert up.link.heard(PIECE, 200, -70, NOW)
    assert said(up) == []
    assert up.link.deadline(NOW) == 16
    assert up.link.heard(AIR, len(AIR), -70, NOW + 15)
    assert [decode(Heard, frame.body).air for frame in said(up)] == [AIR]
    up.run(NOW + 15)
    assert said(up) == []
    up.run(NOW + 16)
    assert [decode(Heard, frame.body).air for frame in said(up)] == [PIECE]


def test_pieces_of_files_wait_no_longer_for_others_that_follow(up: Radio) -> None:
    for late in range(0, 16, 5):
        assert up.link.heard(PIECE, 200, -70, NOW + late)
    assert said(up) == []
    up.run(NOW + 16)
    assert len(said(up)) == 4


def test_results_are_never_dropped_for_what_was_heard(up: Radio) -> None:
    for value in range(40):
        up.link.heard(bytes((value,)) * 200, 200, -70, NOW)
    said(up)
    up.uart.incoming += b"".join(send(number, 100 + number) for number in range(20))
    up.run(NOW)
    said(up)
    tokens, ack = [], 4
    for now in range(NOW + 10, NOW + 800, 10):
        for frame in told(up, written(LinkKind.ACK, SESSION, 20, ack), now):
            if frame.number == ack & 255:
                ack += 1
                tokens += [decode(Sent, frame.body).token] if frame.kind == LinkKind.SENT else []

    assert tokens == list(range(100, 120))


def test_results_of_frames_that_an_earlier_host_gave_are_not_told_to_the_next(up: Radio) -> None:
    told(up, send(0))
    told(up, hello(NONCE ^ 0xFF))
    up.link.sent(1, SentResult.ON_AIR, NOW)

    assert said(up) == []


def test_a_port_that_takes_little_at_a_time_gets_every_frame_whole() -> None:
    bench = Bench(9, room=13)
    bench.run(60)
    for _ in range(50):
        bench.hear()
        bench.send()
        bench.run(30)
    bench.settle()

    bench.check_all()
    assert len(bench.heard[bench.nonce]) == len(bench.confirmed[bench.nonce]) == 50
    assert not [event for event in bench.events if isinstance(event, TextHeard)]


def test_10_kb_of_boot_log_and_tracebacks_between_frames_cost_no_frame_and_no_byte() -> None:
    bench = Bench(seed=10)
    bench.run(2_000)
    log = [line.replace(b"%d", b"%d" % number) for number in range(70) for line in LOG]
    assert sum(map(len, log)) > 10_000

    for line in log:
        bench.up.put(line + b"\r\n", bench.now)
        assert bench.hear()
        bench.run(40)
    bench.settle()

    bench.check_all()
    assert len(bench.heard[bench.nonce]) == len(log)
    assert [event.data for event in bench.events if isinstance(event, TextHeard)] == log


LOG = (
    b"I (%d) boot: Loaded app from partition at offset 0x10000",
    b"Traceback (most recent call last):",
    b'  File "relay.py", line %d, in receive',
    b"OSError: [Errno %d] EIO",
)


def test_while_the_port_takes_nothing_it_is_tried_again_soon() -> None:
    radio = Radio(boot=7, now=NOW, uart=Uart(room=0))

    assert radio.link.deadline(NOW) == 10


# Time.


def test_an_idle_minute_wakes_the_host_for_a_ping_and_its_answer_only() -> None:
    bench = Bench(9)
    bench.run(1_000)
    wakes = 0
    for _ in range(60_000):
        told = len(bench.events)
        due = bench.session.next_deadline()
        assert due is not None
        wakes += bench.now + 1 >= due
        bench.run(1)
        wakes += len(bench.events) > told

    assert bench.is_up
    # A Pi Zero may wake once a second.
    assert 20 <= wakes <= 36


def test_a_host_that_is_silent_is_let_go_and_what_waited_for_it_is_undelivered(up: Radio) -> None:
    for value in range(10):
        up.link.heard(bytes((value,)) * 200, 200, -70, NOW)
    assert 0 < up.link.deadline(NOW) < SILENCE_AFTER
    up.link.tick(NOW + SILENCE_AFTER - 1)
    assert up.link.up
    up.link.tick(NOW + SILENCE_AFTER)

    assert not up.link.up
    assert up.link.undelivered == 10 - 4
    assert up.link.deadline(NOW + SILENCE_AFTER) == -1


def test_what_was_not_acknowledged_goes_again(up: Radio) -> None:
    up.link.heard(AIR, 7, -70, NOW)
    [first] = said(up)
    wait = up.link.deadline(NOW)
    assert 150 <= wait < 160
    up.link.tick(NOW + wait)

    assert said(up) == [first]


def test_a_clock_that_goes_round_ends_no_session() -> None:
    bench = Bench(5, ticks=(1 << 30) - 1_000 - 3_000)
    for _ in range(60):
        bench.run(100)
        bench.hear()
        bench.send()

    assert bench.ticks() < 10_000
    bench.settle()
    bench.check_all()
    assert bench.sessions == 1
    assert len(bench.heard[bench.nonce]) == 60


# Settings.

SETTINGS = Settings(2, 1, 1, 2, -9, 25, -9, 22, 100_000, 869_525_000)


def test_a_wish_is_handed_up_and_answered_once(up: Radio) -> None:
    [ack] = told(up, written(LinkKind.SET, SESSION, 0, 0, encode(Set(5, -9))))
    assert (up.commands[-1], up.link.number, up.link.value) == (LinkKind.SET, 5, -9)
    assert ack.kind == LinkKind.ACK
    assert up.link.settled()
    up.link.settings(vars(SETTINGS), NOW)

    [answer] = said(up)
    assert (answer.kind, decode(Settings, answer.body)) == (LinkKind.SETTINGS, SETTINGS)
    assert not up.link.settled()
    told(up, written(LinkKind.ACK, SESSION, 0, 1))
    assert up.link.settled()


def test_a_wish_of_the_wrong_length_has_had_its_turn(up: Radio) -> None:
    for number, body in enumerate((b"", b"\5\0", b"\5\0\0\0")):
        told(up, written(LinkKind.SET, SESSION, number, 0, body))
    assert up.commands == []
    assert up.link.strange == 3


def test_an_answer_waits_for_room_and_goes_with_its_host(up: Radio) -> None:
    for value in range(12):
        up.link.heard(bytes((value,)) * 200, 200, -70, NOW)
    up.link.settings(vars(SETTINGS), NOW)
    assert up.link.undelivered == 1  # a frame heard has given way
    told(up, hello(NONCE ^ 0xFF))
    assert up.link.settled()


# Both ends.


def test_a_session_opens_and_tells_the_counters_at_once() -> None:
    bench = Bench(1)
    bench.run(30)

    assert [type(event) for event in bench.events] == [Opened, CountersHeard]


def test_numbers_go_round_many_times() -> None:
    bench = Bench(2)
    bench.run(30)
    for _ in range(700):
        bench.hear()
        bench.send()
        bench.run(6)
    bench.settle()

    bench.check_all()
    assert len(bench.heard[bench.nonce]) == len(bench.sent[bench.nonce]) == 700


def test_a_radio_that_starts_again_in_the_middle_of_a_frame_is_found_again() -> None:
    bench = Bench(3, Faults(pieces=9))
    for _ in range(20):
        bench.hear()
        bench.send()
        bench.run(11)
    bench.radio.uart.outgoing += written(LinkKind.HEARD, 1, 2, 3, AIR)[:6]
    bench.restart_radio()
    bench.down.cut()
    bench.run(600)
    assert bench.sessions == 2
    bench.hear()
    bench.send()
    bench.settle()

    bench.check_all()
    assert Closed("The radio has started anew.") in bench.events


def test_a_restart_that_nobody_hears_of_is_found_out() -> None:
    bench = Bench(4)
    bench.run(100)
    bench.restart_radio()
    bench.radio.uart.outgoing.clear()
    bench.run(PING_AFTER + 600)

    assert bench.is_up
    assert Closed("The radio has started anew.") in bench.events


def test_a_host_that_opens_again_while_the_radio_is_up_starts_afresh() -> None:
    bench = Bench(5)
    for _ in range(10):
        bench.run(10)
        bench.hear()
        bench.send()
    for _ in range(3):
        bench.reopen()
        bench.run(40)
        bench.hear()
        bench.send()
    bench.settle()

    bench.check_all()
    assert bench.is_up
    assert bench.heard[bench.nonce]


def test_a_radio_that_let_a_stopped_host_go_is_opened_again() -> None:
    bench = Bench(6)
    bench.run(100)
    bench.now += SILENCE_AFTER + 1_000
    bench.radio.run(bench.ticks())
    assert not bench.radio.link.up
    bench.run(1_000)

    assert bench.is_up
    assert bench.radio.link.up


def test_lost_hellos_are_said_again() -> None:
    bench = Bench(7)
    for _ in range(400):
        bench.run(1)
        bench.up.cut()
    assert bench.radio.link.up
    assert not bench.is_up
    bench.run(300)

    assert bench.is_up
    assert bench.sessions == 1


def test_an_unplugged_cable_ends_the_session_on_both_ends() -> None:
    bench = Bench(8)
    bench.run(100)
    for _ in range(SILENCE_AFTER + 1_000):
        bench.down.cut()
        bench.up.cut()
        bench.run(1)

    assert Closed("The radio fell silent.") in bench.events
    assert not bench.radio.link.up
    bench.settle()
    bench.check_all()


FAULTS = st.builds(
    Faults,
    dropped=st.sampled_from((0, 100, 1_000)),
    flipped=st.sampled_from((0, 100, 1_000)),
    doubled=st.sampled_from((0, 100, 1_000)),
    printed=st.sampled_from((0, 100, 1_000)),
    delay=st.integers(0, 40),
    pieces=st.sampled_from((1, 7, 256)),
)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 30), FAULTS, st.integers(0, 2), st.sampled_from((13, 10_000)))
def test_everything_numbered_arrives_once_and_in_order_when_faults_end(
    seed: int, faults: Faults, restarts: int, room: int
) -> None:
    bench = Bench(seed, faults, ticks=seed, room=room)
    for turn in range(60):
        bench.hear()
        bench.send()
        bench.run(1 + (seed + turn) % 30)
        bench.check()
        if turn % 25 == 24 and restarts:
            restarts -= 1
            bench.restart_radio()
    bench.settle()
    bench.hear()
    bench.send()
    bench.run(500)

    bench.check_all()
    assert bench.heard[bench.nonce]
    assert bench.confirmed[bench.nonce]
