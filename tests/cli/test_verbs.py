"""What each verb prints, for people and for programs, over a real door."""

import json
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.api import codec
from handheld.cli import people_cmd, radio_cmd, read_cmd, status_cmd
from handheld.commands import Name, Post, Read, Send
from handheld.events import RADIO_CONNECTING, RADIO_SEARCHING, Carried, LanInfo, MessageKept, RadioInfo
from handheld.link.port import FoundPort
from tests.support.cli import command, run, spawn
from tests.support.door import ADA, BOB, CAI, STATUS, DoorThread, SmallNode, message


def test_status_answers_in_twelve_lines(door: DoorThread) -> None:
    assert run("status").out == (
        "Working, with 1 neighbour.\n"
        "Name      Ada\n"
        "Key       adad adad adad adad...\n"
        "Radio     up on /dev/ttyUSB0, heard 4s ago\n"
        "People    1 near, 2 known, ways to 0\n"
        "Messages  3 kept, 0 to be sent\n"
        "Private   all delivered\n"
        "Carrying  12 of 2000 for others\n"
        "Mail key  13h old, the next in 1d of running\n"
        "Dropped   5 mac, 2 short\n"
        "Node      0.1.0, process 4711, up 2h\n"
        "Folder    /home/ada/mesh\n"
    )


def test_status_as_json_is_the_dataclass(door: DoorThread) -> None:
    assert json.loads(run("status", "--json").out) == codec.plain(STATUS)


@pytest.mark.parametrize(
    ("radio", "neighbours", "verdict"),
    [
        (STATUS.radio, 0, "Working, but nobody was heard in the last 15 minutes."),
        (STATUS.radio, 3, "Working, with 3 neighbours."),
        (RadioInfo(RADIO_SEARCHING, "No radio is plugged in."), 3, "Not on the air. No radio is plugged in."),
        (RadioInfo(RADIO_CONNECTING), 0, "Not on the air."),
    ],
)
def test_the_verdict_comes_first(radio: RadioInfo, neighbours: int, verdict: str) -> None:
    status = codec.plain(replace(STATUS, radio=radio, neighbours=neighbours))
    assert status_cmd.lines(status)[0] == verdict  # type: ignore[arg-type]


LAN = LanInfo(["wlan0"], ["10.0.0.2:24042"], 2, {"in": 9, "out": 4}, {"known": 5, "mac": 1})


@pytest.mark.parametrize(
    ("radio", "lan", "neighbours", "verdict", "line"),
    [
        (
            RadioInfo("none"),
            LAN,
            1,
            "Working over the local network only, with 1 neighbour.",
            "wlan0, 10.0.0.2:24042: 2 addresses heard, 9 in, 4 out, 0 handed on, 1 dropped",
        ),
        (
            RadioInfo("none"),
            LanInfo(["eth0"], [], 0),
            0,
            "Working over the local network only, with nobody heard in the last 15 minutes.",
            "eth0: 0 addresses heard, 0 in, 0 out, 0 handed on, 0 dropped",
        ),
        (STATUS.radio, LAN, 2, "Working, with 2 neighbours.", "wlan0, "),
        (
            RadioInfo("none", "Start it with --radio auto."),
            LanInfo([], [], 0, why="No network is up."),
            0,
            "Not on the air. Start it with --radio auto.",
            "No network is up.",
        ),
    ],
)
def test_a_local_network_carries_too(
    radio: RadioInfo, lan: LanInfo, neighbours: int, verdict: str, line: str
) -> None:
    status = codec.plain(replace(STATUS, radio=radio, lan=lan, neighbours=neighbours))
    lines = status_cmd.lines(status)  # type: ignore[arg-type]
    assert lines[0] == verdict
    assert any(row.startswith(f"Network   {line}") for row in lines)


def test_a_neighbour_on_the_local_network_has_no_signal() -> None:
    person = codec.plain(replace(BOB, rssi=None, by="lan"))
    assert people_cmd.row(person)[4] == "lan"  # type: ignore[arg-type]
    assert "by lan" in people_cmd.narrow(person, 40)  # type: ignore[arg-type]


def test_status_says_when_nobody_set_the_clock() -> None:
    assert "Clock" not in "".join(status_cmd.lines(codec.plain(STATUS)))
    assert "Clock     not set" in "\n".join(status_cmd.lines(codec.plain(replace(STATUS, clock_sure=False))))


def test_status_of_a_box_says_what_it_takes() -> None:
    box = codec.plain(replace(STATUS, carried=Carried(150, 20_000, 30_000, 2_340_000, box=True)))
    line = "Carrying  150 of 20000 for others, 0.0 MB; a box, 2.3 MB on the disk"
    assert line in status_cmd.lines(box)


def test_status_says_whether_one_is_invisible() -> None:
    hidden = codec.plain(replace(STATUS, ways=1, invisible=True))
    assert "People    1 near, 2 known, ways to 1; you are invisible: nobody learns a way to you" in (
        status_cmd.lines(hidden)  # type: ignore[arg-type]
    )


def test_status_of_a_fresh_node_says_what_to_do() -> None:
    fresh = replace(STATUS, name="", dropped={"short": 0}, radio=RadioInfo(RADIO_SEARCHING, "None."))
    text = "\n".join(status_cmd.lines(codec.plain(fresh)))  # type: ignore[arg-type]
    assert "Name      none yet; to give one: pocketmesh settings name Ada" in text
    assert "Dropped   nothing" in text
    assert "Radio     searching" in text
    assert status_cmd.radio_line({"state": "up", "port": "p", "last_heard_s": 0}) == "up on p, heard now"
    assert status_cmd.radio_line({"state": "up", "port": "p", "last_heard_s": None}).endswith(
        "nothing heard yet"
    )


def test_people_are_listed_with_their_marks(door: DoorThread) -> None:
    assert run("people").out == (
        "   Name         Key       Hops  dBm  Heard\n"
        '=  "Bob"        b0b0b0b0     2  -71     4m\n'
        "?  olive-tiger  cacacaca     -    -     2h\n"
        "*  Ada          adadadad     -    -      -\n"
    )
    assert json.loads(run("people", "--json").out) == codec.plain([BOB, CAI, ADA])


@pytest.mark.parametrize("people", [[], [ADA]])
def test_nobody_is_a_sentence_and_an_empty_list(
    door: DoorThread, node: SmallNode, people: list[object]
) -> None:
    node.people = people  # type: ignore[assignment]
    assert run("people") == (0, people_cmd.NOBODY + "\n", "")
    assert json.loads(run("people", "--json").out) == codec.plain(people)


def test_post_says_where_it_is(door: DoorThread, node: SmallNode) -> None:
    assert run("post", "#here", "The", "well", "is", "clean") == (0, "Saved on #here as number 1.\n", "")
    assert node.asked == [Post("#here", "The well is clean")]
    posted = json.loads(run("post", "here", "again", "--json").out)
    assert posted == codec.plain(node.messages[-1])


def test_post_takes_its_text_from_standard_input(door: DoorThread, node: SmallNode) -> None:
    assert run("post", "here", "-", stdin="Grüße\nvom Berg\n".encode()).code == 0
    assert node.messages[-1].text == "Grüße\nvom Berg"
    assert run("post", "here", "-", stdin=b"\xff\xfe").code == 2
    assert run("post", "here", "-", stdin=b"x" * 70_000) == (
        3,
        "",
        "pocketmesh: That is too long for the node.\n",
    )
    assert len(node.messages) == 1


def test_words_that_look_like_options_can_be_posted(door: DoorThread, node: SmallNode) -> None:
    assert run("post", "here", "--", "--help", "me").code == 0
    assert node.messages[-1].text == "--help me"


def test_send_says_for_whom_it_is_sealed_and_how_to_see_it_delivered(
    door: DoorThread, node: SmallNode
) -> None:
    assert run("send", "Bob", "Meet", "me") == (
        0,
        "Saved as number 1, for Bob alone.\nWhether it arrived: pocketmesh read --with Bob\n",
        "",
    )
    assert node.asked == [Send("Bob", "Meet me")]
    node.note = "No profile of this person was heard yet."
    assert "\nNo profile of this person was heard yet.\n" in run("send", "Bob", "again").out
    assert json.loads(run("send", "Bob", "third", "--json").out) == codec.plain(node.messages[-1])
    assert run("send", "nobody", "hi").code == 3


def test_private_messages_are_read_with_their_state(door: DoorThread, node: SmallNode) -> None:
    node.messages = [
        message(
            1, "hello", "", own=True, mark="*", name="Ada", hops=None, state="delivered",
            peer=BOB.key, peer_name="Bob", named=True, peer_named=True,
        ),
        message(2, "hello you", "", hops=None, peer=BOB.key, peer_name="Bob", named=True),
    ]  # fmt: skip
    assert run("read", "--with", "Bob").out == (
        "* Ada (you), delivered  private to Bob 1\n  hello\n= Bob  private 2\n  hello you\n"
    )
    assert run("read", "--with", "Cai").out == (
        "Nothing between you and Cai yet. Write:\n  pocketmesh send Cai Hello\n"
    )


def test_a_name_is_given_and_taken_away(door: DoorThread, node: SmallNode) -> None:
    assert run("name", "b0b0", "Bob", "of", "the", "mill").out == "b0b0b0b0 is Bob of the mill from now on.\n"
    assert run("name", "b0b0").out == "b0b0b0b0 has no name of yours any more.\n"
    assert json.loads(run("name", "b0b0", "Bo", "--json").out)["petname"] == "Bo"
    assert node.asked[0] == Name("b0b0", "Bob of the mill")


@pytest.mark.parametrize(
    ("outbox", "line"),
    [
        ({}, "all delivered"),
        ({"queued": 1}, "1 queued"),
        ({"waiting": 2, "aired": 1, "unheard": 1}, "1 aired, 1 no one in reach, 2 waiting for key"),
    ],
)
def test_status_counts_private_messages_on_their_way(outbox: dict[str, int], line: str) -> None:
    assert status_cmd.private_line(outbox) == line


def test_read_prints_who_how_far_and_the_text(door: DoorThread, node: SmallNode) -> None:
    at = int(time.time()) - 400
    node.messages = [
        message(1, "line one\nline two", at=at),
        message(2, "mine", name="Ada", named=True, mark="*", own=True, hops=None, state="aired"),
        message(3, "who?", board="market", name="eve", mark="?", beside="not Bob! olive-tiger", hops=1),
    ]
    assert run("read").out == (
        '= "Bob", 2 hops, about 6m ago  #here 1\n  line one\n  line two\n'
        "* Ada (you), aired  #here 2\n  mine\n"
        '? "eve" not Bob! olive-tiger, 1 hop  #market 3\n  who?\n'
    )
    node.messages.append(message(4, "soup?", own=True, mark="*", hops=None, state="carried", carriers=2))
    assert ", carried by 2+  #here 4\n" in run("read").out
    del node.messages[-1]
    assert run("read", "#market").out == '? "eve" not Bob! olive-tiger, 1 hop  #market 3\n  who?\n'
    assert json.loads(run("read", "here", "--json").out) == codec.plain(node.messages[:2])


def test_read_leads_on_to_older_posts(door: DoorThread, node: SmallNode) -> None:
    node.messages = [message(n, f"text {n}") for n in range(1, 6)]
    assert run("read", "here", "--limit", "2").out.endswith("\nOlder ones: pocketmesh read here --before 4\n")
    older = run("read", "here", "--before", "4", "-n", "4").out
    assert "text 3" in older
    assert "text 4" not in older
    assert "Older ones" not in older
    assert node.asked[-1] == Read("here", "", 4, 4)
    assert run("read", "--limit", "201").err == 'pocketmesh: "limit" has to be from 1 to 200.\n'


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "Nothing to read yet. Say something:\n  pocketmesh post here Hello\n"),
        (["#Market"], "Nothing on #market yet. Say something:\n  pocketmesh post market Hello\n"),
        (["--before", "7"], "Nothing is older than number 7.\n"),
    ],
)
def test_nothing_to_read_is_a_sentence(door: DoorThread, argv: list[str], sentence: str) -> None:
    assert run("read", *argv) == (0, sentence, "")
    assert json.loads(run("read", *argv, "--json").out) == []


@pytest.mark.parametrize(
    ("at", "age"),
    [
        (None, None),
        (1000, "just now"),
        (1030, "just now"),
        (995, "about 5s ago"),
        (-90_000, "about 1d ago"),
        (1061, None),
    ],
)
def test_an_age_is_told_as_well_as_the_clocks_allow(at: int | None, age: str | None) -> None:
    assert read_cmd.about(at, 1000.5) == age


def test_follow_goes_on_with_what_arrives(door: DoorThread, node: SmallNode) -> None:
    node.messages = [message(n, f"text {n}") for n in range(1, 15)]
    follower = subprocess.Popen(command("read", "Here", "--follow", "--json"), stdout=subprocess.PIPE)
    patience = threading.Timer(20, follower.kill)
    patience.start()
    try:
        lines = (json.loads(line) for line in follower.stdout)  # type: ignore[union-attr]
        assert [next(lines)["id"] for _ in range(10)] == list(range(5, 15))
        door.publish(MessageKept(message(14, "told already")))
        door.publish(MessageKept(message(15, "elsewhere", board="market")))
        door.publish(MessageKept(message(16, "news")))
        assert next(lines)["text"] == "news"
        door.close()
        assert follower.wait(20) == 20
    finally:
        patience.cancel()
        follower.kill()
        follower.communicate()


def test_radio_info_tells_what_is_known(door: DoorThread, node: SmallNode) -> None:
    assert run("radio", "info").out == (
        "Radio  up\n"
        "Port   /dev/ttyUSB0\n"
        "Board  esp32s3, firmware 0.1.0\n"
        "Air    espnow, channel 6, 1.2 ms a frame\n"
        "Heard  4s ago\n"
        "\n"
        "heard    12\n"
        "relayed   3\n"
    )
    assert json.loads(run("radio", "info", "--json").out) == codec.plain(STATUS.radio)
    node.status = replace(STATUS, radio=RadioInfo(RADIO_SEARCHING, "No radio is plugged in."))
    assert (
        run("radio", "info").out == "Radio  searching\nWhy    No radio is plugged in.\nHeard  nothing yet\n"
    )


def test_radio_set_says_what_the_radio_keeps_now(door: DoorThread) -> None:
    assert run("radio", "set", "power", "-9").out == (
        "The radio keeps this: espnow, EU868, channel 6, -9 of 14 dBm, 1.2 ms a frame.\n"
    )
    assert json.loads(run("radio", "set", "power", "14", "--json").out)["power_dbm"] == 14
    refused = run("radio", "set", "colour", "blue")
    assert (refused.code, refused.err) == (3, "pocketmesh: No colour.\n")


@pytest.mark.parametrize("words", [["set"], ["set", "power"], ["info", "power"], ["list", "power", "14"]])
def test_radio_set_wants_a_setting_and_a_value(words: list[str]) -> None:
    asked = run("radio", *words)
    assert asked.code == 2
    assert "pocketmesh radio set region EU868" in asked.err


def test_a_lora_radio_tells_what_of_the_law_it_uses() -> None:
    radio = RadioInfo(
        "up",
        kind="lora",
        region="EU868",
        preset="medium",
        channel=2,
        frequency_hz=868_125_000,
        power_dbm=10,
        power_max_dbm=14,
        duty_ppm=1_000,
        airtime_us=631_296,
    )
    assert radio_cmd.air(codec.plain(radio)) == (
        "lora, EU868, medium, channel 2, 868.125 MHz, 10 of 14 dBm, 0.1 % of the time, 631.3 ms a frame"
    )


def test_a_radio_that_may_not_transmit_says_so_first() -> None:
    status = codec.plain(replace(STATUS, radio=RadioInfo("up", "Choose a region.")))
    assert status_cmd.verdict(status) == "The radio does not transmit. Choose a region."


def test_radio_list_needs_no_node(tmp_path: Path) -> None:
    ended = spawn("radio", "list", "--json", "--data", str(tmp_path / "absent"))
    assert ended.code == 0
    assert isinstance(json.loads(ended.out), list)
    assert run("radio", "list", "--data", str(tmp_path / "absent")).code == 0
    assert not (tmp_path / "absent").exists()


def test_ports_are_listed_with_those_that_may_be_radios_marked() -> None:
    uart = FoundPort("/dev/ttyUSB0", 0x10C4, 0xEA60, "a\x1b[2Jb", "CP2102")
    other = FoundPort("/dev/ttyS0", None, None, "", "")
    assert radio_cmd.ports_table([other, uart]) == (
        "   /dev/ttyS0\n*  /dev/ttyUSB0  CP2102\n\n* may be a radio: the chip is one of those on such boards."
    )
    assert "None of these looks like a radio" in radio_cmd.ports_table([other])
    assert radio_cmd.port_object(uart)["serial"] == "a[2Jb"


def test_keys_says_how_old_the_mail_key_is_and_renews_it(door: DoorThread) -> None:
    assert run("keys") == (
        0,
        "Your mail key is 13h old, the next in 1d of running; 2 older ones still open mail.\n",
        "",
    )
    assert run("keys", "--renew").out.startswith("Your mail key is new, the next in")
    assert json.loads(run("keys", "--json").out) == {
        "epoch": 3,
        "age_s": 0,
        "next_s": 35 * 3600,
        "older": 3,
        "life_s": 192 * 3600,
    }
