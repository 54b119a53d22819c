"""What the console does with what is typed; each function is one test, on both interpreters."""

from console_kit import Machine
from tap import SENT
from verdicts import NEW
from wire_tables import AIR_VERSION, KIND_ACK, LINE_MAX, REGION_EU868

ACK = bytes((AIR_VERSION << 6 | KIND_ACK << 2, 8 << 2)) + bytes(4) + b"\1\2\3\4\5\6\7\x08"


def the_menu():
    radio = Machine()
    lines = radio.type(b"?\r\n")
    assert lines[0] == "> ?"
    assert lines[1].startswith("?  ")
    assert len(lines) == 14
    assert radio.type(b"help\r") == ["> help"] + lines[1:]


def a_line_in_pieces_and_corrected():
    radio = Machine()
    assert radio.type(b"lo") == []
    assert radio.type(b"gx\x7f 1") == []
    assert radio.type(b"\r\n") == ["> log 1", "Printed from now on: frames that are new, and those we send."]
    assert radio.console.level == 1


def an_abbreviation_that_is_clear():
    radio = Machine()
    assert radio.type(b"c\r")[1] == "uptime       7"
    assert radio.type(b"s\r")[1] == "That is no command. The menu: ?"
    assert radio.type(b"log\r")[1] == "log takes one value. The menu: ?"


def garbage_is_refused_line_by_line():
    radio = Machine()
    lines = radio.type(b"rm -rf\nhello {}\n")
    refused = "That is no command. The menu: ?"
    assert lines == ["> rm -rf", refused, "> hello {}", refused]
    assert radio.type(b"x" * 1000 + b"\nget\r\n")[-10] == "> get"


def a_long_line_is_not_cut_into_a_command():
    radio = Machine()
    assert radio.type(b"reboot" + b" " * LINE_MAX + b"\r") == ["> ", "That is no command. The menu: ?"]
    assert radio.wished is None


def more_than_can_wait_is_counted():
    radio = Machine()
    lines = radio.type(b"nope\r" * 9)
    assert lines[1] == "5 more lines came at once and were not taken."
    assert lines.count("> nope") == 4


def bytes_that_are_no_text_are_no_line():
    radio = Machine()
    assert radio.type(b"\1\2reboot\r\0") == []
    assert radio.type(b"reboot\1\r\0") == []
    assert radio.wished is None


def a_frame_that_holds_a_line_end_is_left_whole():
    radio = Machine()
    assert radio.type(b"\x0d\x0a") == []
    # COBS, kind, then a line end where the piece of the stream ends.
    assert radio.type(b"\0\x0d\x10abc\r") == []
    assert radio.link._deframer.held == 6
    # What does not go on for seconds is none, and what is typed then is heard again.
    radio.now += 3000
    assert radio.type(b"") == []
    assert radio.link._deframer.held == 0
    assert radio.type(b"log 0\r")[0] == "> log 0"


def text_is_not_obeyed_while_a_host_is_there():
    radio = Machine()
    radio.link.up = True
    radio.link._heard_at = radio.now
    assert radio.type(b"reboot\r") == []
    radio.type(b"\0")
    assert radio.wished is None
    radio.console.line(b"....reboot", 4, 10)
    radio.type(b"")
    assert radio.wished is False


def neighbours_with_signal_and_age():
    radio = Machine()
    around = radio.relay.neighbours
    around.heard(0x42, -71, False, radio.now)
    around.hears(0x42, around.name, radio.now)
    around.hears(0x43, around.name, radio.now)
    radio.now += 600_000
    assert radio.type(b"neighbours\r")[2:] == [
        "42   -71 dBm, 9 min ago, hears us",
        "43  not heard, 9 min ago, hears us",
    ]


def counters_queue_and_air():
    radio = Machine()
    assert len(radio.type(b"counters\r")) == 13
    assert radio.type(b"queue\r") == ["> queue", "0 of 16 places are taken."]
    radio.relay.submit(bytearray(ACK), len(ACK), 5, 1 << 20)
    assert radio.type(b"queue\r")[1:] == [
        "1 of 16 places are taken.",
        "priority 1: ACK FLOOD ttl=8 preimage=0102030405060708",
    ]
    assert radio.type(b"air\r")[1:] == [
        "1.234 s on the air since the start.",
        "No law limits the share of the time here.",
    ]


def what_the_law_leaves():
    radio = Machine()

    class Budget:
        budget = 36_000
        spent = 1_500

    radio.radio.duty = Budget
    assert radio.type(b"air\r")[2] == "Of an hour's 36 s the law leaves 34 s."


def the_last_frames_as_lines():
    radio = Machine()
    assert radio.type(b"frames\r")[1] == "Nothing was heard or sent yet."
    radio.tap.add(ACK, len(ACK), -80, NEW, 61_001)
    radio.tap.add(ACK, len(ACK), 0, SENT, 62_002)
    assert radio.type(b"frames\r")[1:] == [
        "61.001 in -80 dBm, new: ACK FLOOD ttl=8 preimage=0102030405060708",
        "62.002 out ACK FLOOD ttl=8 preimage=0102030405060708",
    ]
    for number in range(20):
        radio.tap.add(ACK, len(ACK), -number, NEW, number)
    assert len(radio.type(b"frames\r")) == 1 + 8


def settings_are_written_once_more():
    radio = Machine()
    assert radio.type(b"set region EU868\r")[1] == "changed"
    assert radio.type(b"save\r") == ["> save", "Written and read back."]


def settings_within_the_law():
    radio = Machine()
    assert radio.type(b"get\r")[1] == "region     0"
    assert radio.type(b"set power 14\r")[1] == "no_region"
    lines = radio.type(b"set region eu868\r")
    assert (lines[1], lines[2], lines[-1]) == ("changed", "region     EU868", "Kept. The radio starts anew.")
    assert radio.settings.region == REGION_EU868
    assert radio.type(b"set power 99\r")[1] == "too_strong"
    assert radio.type(b"set preset fast\r")[1] == "changed"
    assert radio.type(b"set channel 200\r")[1] == "no_channel"
    for wrong in (b"set colour 3\r", b"set power loud\r", b"set power 99999\r"):
        assert "changed" not in radio.type(wrong)
    assert radio.settings.power in (16, 17)


def the_log_prints_what_it_is_told_to():
    radio = Machine()
    radio.tap.add(ACK, len(ACK), -80, NEW, 1)
    assert radio.type(b"log 1\r")[2:] == []
    radio.tap.add(ACK, len(ACK), -80, NEW, 2)
    radio.tap.add(ACK, len(ACK), -80, 2, 3)
    assert radio.type(b"") == ["0.002 in -80 dBm, new: ACK FLOOD ttl=8 preimage=0102030405060708"]
    radio.type(b"log 2\r")
    for number in range(10):
        radio.tap.add(ACK, len(ACK), -80, 2, number)
    lines = radio.type(b"")
    assert lines[0] == "(2 frames came too fast to be printed)"
    assert len(lines) == 9
    radio.type(b"log 0\r")
    radio.tap.add(ACK, len(ACK), -80, NEW, 2)
    assert radio.type(b"") == []
    assert radio.type(b"log 3\r")[1] == "The level is 0, 1 or 2."


def a_test_tone_counts_what_comes_back():
    radio = Machine()
    assert radio.type(b"test 0\r")[1] == "Probes are 1 to 100."
    assert radio.type(b"test x\r")[1] == "Probes are 1 to 100."
    assert radio.type(b"test 3\r")[1].startswith("3 probes go out")
    now, sent = radio.now, []
    for _ in range(6):
        if radio.tone.turn(now):
            break
        slot = radio.relay.next_due(now)
        if slot >= 0:
            frame = bytearray(radio.relay.fetch(slot))
            assert radio.relay.sent(slot, now) < 0
            assert radio.relay.next_due(now) < 0  # once, whether it comes back or not
            sent.append(frame)
            if len(sent) != 2:
                frame[1] -= 1 << 2
                radio.tone.heard(frame, len(frame), -60 - 10 * len(sent))
                radio.tone.heard(frame, len(frame), -20)
        now += 1000
    assert len(sent) == 3
    fields = radio.tone.end()
    assert fields == {"probes": 3, "back": 2, "weakest": -90, "mean": -80, "strongest": -70}
    radio.link.tested(fields, radio.now)
    assert radio.type(b"") == ["Of 3 probes 2 came back, at -90 to -70 dBm, -80 in the mean."]
    radio.tone.begin(1, now)
    assert radio.tone.probes == 1
    radio.tone.begin(50, now)
    assert radio.tone.probes == 1


def nobody_answers_a_test():
    radio = Machine()
    radio.tone.begin(1, 0)
    assert not radio.tone.turn(0)
    radio.tone.heard(bytearray(14), 14, -70)
    radio.tone.heard(bytearray(9), 9, -70)
    assert radio.tone.turn(1000)
    radio.link.tested(radio.tone.end(), 1000)
    assert radio.type(b"") == ["Of 1 probes none came back: nobody hands frames on here, or nobody hears us."]


def anew_and_into_the_prompt():
    radio = Machine()
    radio.type(b"reboot\r")
    assert radio.wished is False
    radio.type(b"service\r")
    assert radio.wished is True


def a_port_that_takes_little_gets_it_all():
    radio = Machine()
    radio.type(b"")
    whole = radio.type(b"?\r")
    other = Machine()
    other.type(b"")
    other.port.typed = b"?\r"
    other.port.written = b""
    for now in range(1, 3000):
        other.port.room = 3
        other.link.readable(now)
        other.link.next_command()
        other.link.tick(now)
    assert other.port.written.decode().replace("\r\n", "\n").split("\n")[:-1] == whole
