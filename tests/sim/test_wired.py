"""Nodes and radios in virtual time, the cable between them: as in real time, and the same each time."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from handheld.clock import SeededEntropy
from handheld.errors import SimulationError, UsageError
from handheld.link.session import Closed, CountersHeard, FrameHeard, SessionEvent
from handheld.sim import firmware
from handheld.sim.reader import parse
from handheld.sim.run import Options, Village, run
from handheld.sim.scenario import Scenario
from handheld.sim.station import NEVER
from handheld.sim.virtual import Fleet, Make, Reception, VirtualRadio
from handheld.sim.wired import REOPEN_MS, HostEnd, mac
from handheld.wire.air import flood
from handheld.wire.constants import AirKind
from tests.support.frames import stamped
from tests.support.line_of_five import Arrived, in_real_time, in_virtual_time
from tests.support.radios import is_hello, need_micropython

pytestmark = pytest.mark.usefixtures("micropython")

REAL = Options(fast=False)

LINE = """
name = "line"
duration_s = 60
seed = 3
[air]
model = "espnow"
path_loss = "none"
range_m = 100
"""


@pytest.fixture
def micropython():
    need_micropython()


def line(*nodes: str, more: str = "") -> Scenario:
    """Named nodes 90 m apart, each with what else its table says."""
    tables = []
    for number, node in enumerate(nodes):
        name, _, rest = node.partition(" ")
        tables.append(f'[[nodes]]\nname = "{name}"\nx = {90 * number}\ny = 0\n{rest}\n')
    return parse(LINE + "".join(tables) + more)


def dm(writer: str, reader: str, *at_s: float) -> str:
    return f'[[traffic]]\nkind = "dm"\nfrom = "{writer}"\nto = "{reader}"\nat_s = {list(at_s)}\n'


def fault(at_s: float, kind: str, node: str) -> str:
    return f'[[fault]]\nat_s = {at_s}\nkind = "{kind}"\nnode = "{node}"\n'


def test_the_real_and_the_virtual_village_agree_on_what_arrives_over_how_many_hops():
    arrived = in_virtual_time()
    posts = [one for one in arrived if one.hops]
    assert len(posts) == 20
    assert all(one.hops == abs(one.writer - one.reader) for one in posts)
    assert Arrived(0, 4, None, acked=True) in arrived
    if sys.platform == "linux":
        assert in_real_time() == arrived


PRINT_HASH = """
import sys
from handheld.sim.reader import parse
from handheld.sim.run import Options, run
print(run(parse(sys.stdin.read()), Options(fast=False))["trace_hash"])
"""


def test_the_same_file_gives_the_same_trace_whatever_the_hashes():
    text = LINE + "[place]\nkind = 'line'\nwidth_m = 180\n[[nodes]]\ncount = 3\n" + dm("n1", "n3", 20, 21)
    text += '[[traffic]]\nkind = "post"\nfrom = "n2"\nat_s = [20, 40]\n'
    other = subprocess.run(
        [sys.executable, "-c", PRINT_HASH],
        input=text,
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    answer = run(parse(text), REAL)
    assert other.stdout == answer["trace_hash"] + "\n"
    assert (answer["traffic"]["dm"]["acked"], answer["traffic"]["post"]["delivered"]) == (2, 4)
    assert run(replace(parse(text), seed=4), REAL)["trace_hash"] != answer["trace_hash"]


def test_letters_through_air_that_loses_three_frames_of_ten_arrive_once():
    scenario = line("ana", "bo", "cem", more=dm("ana", "cem", *range(10, 50)))
    scenario = replace(scenario, duration_s=600, air=replace(scenario.air, extra_loss=0.3))
    with Fleet() as fleet:
        village = Village(scenario, REAL, fleet)
        village.play()
    found = village.ledger.summary("dm")
    assert (found["sent"], found["delivered"], found["acked"], found["duplicates_shown"]) == (40, 40, 40, 0)
    assert village.air.counts["faded"] > 40


def test_a_repeater_needs_no_host():
    more = dm("ana", "cem", 20)
    assert run(line("ana", 'rep role = "repeater"', "cem", more=more), REAL)["traffic"]["dm"]["acked"] == 1


def test_who_is_off_hears_nothing_and_is_heard_again_after():
    more = dm("ana", "cem", 20, 45) + fault(15, "off", "bo") + fault(40, "on", "bo")
    answer = run(line("ana", "bo", "cem", more=more), REAL)
    assert answer["traffic"]["dm"]["acked"] == 2
    assert 20 < answer["traffic"]["dm"]["latency_s"]["p95"] < 40


def test_a_host_that_dies_keeps_what_was_written_and_its_radio_relays():
    # Written just before it dies: on the disk, but perhaps not on the air.
    more = dm("ana", "cem", 30.0) + fault(30.001, "kill", "ana") + fault(30.001, "kill", "bo")
    more += dm("cem", "bo", 36.0)
    answer = run(line("ana", "bo", "cem", more=more), REAL)
    assert (answer["traffic"]["dm"]["acked"], answer["traffic"]["dm"]["duplicates_shown"]) == (2, 0)


def test_a_radio_that_falls_ends_the_run_with_its_traceback(monkeypatch, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("import time\ntime.sleep(5)\n1 // 0")
    monkeypatch.setattr(firmware, "main", lambda: script)
    with pytest.raises(SimulationError, match=r"At 5\.0+ s the radio of ana fell(.|\n)*ZeroDivisionError"):
        run(line("ana"), REAL)


def test_another_ttl_is_for_fast_radios_and_refused_in_a_sentence():
    with pytest.raises(UsageError, match="Add --fast"):
        run(line("ana"), Options(fast=False, start_ttl=3))


def test_a_radio_that_does_not_answer_is_asked_again_in_another_session():
    end = HostEnd(SeededEntropy("cable"), 0)
    down, closed, now_us = b"", [], 0
    while now_us < 10_000_000:
        down += end.take(now_us)
        while event := end.next_event(now_us):
            closed.append((now_us, event))
        end.give(now_us)
        assert now_us < end.next_deadline() < NEVER
        now_us = end.next_deadline()
    assert not end.send(1, b"a frame")
    assert [(at_us, type(event)) for at_us, event in closed] == [(6_000_000, Closed)]
    hellos = [frame for frame in down.split(b"\0") if frame]
    # One each quarter of a second, and none while it lets the radio be.
    assert len(hellos) == 24 + (10_000 - 6_000 - REOPEN_MS) // 250
    assert len(set(hellos)) == 2


def test_the_radio_counts_what_it_hears():
    stranger = b"\2\0\0\0\0\x09"
    posts = [stamped(flood(AirKind.POST, 8, b"%d" % number)) for number in range(10)]
    frames = [*posts, posts[0], flood(AirKind.POST, 8, b"no mac"), b"junk"]
    with Fleet() as fleet:
        radio = fleet.switch_on(Make("the radio", stranger, "1"))
        events = converse(radio, 9_000_000, 1_000_000, [Reception(stranger, -70, one) for one in frames])
    heard = [event.air for event in events if isinstance(event, FrameHeard)]
    assert [air for air in heard if not is_hello(air)] == posts
    status = [event.status for event in events if isinstance(event, CountersHeard)][-1]
    counted = (status.heard, status.duplicates, status.bad_mac, status.malformed, status.undelivered)
    assert counted == (10, 1, 1, 1, 0)
    # And now and then it tells its neighbours what it is called.
    assert status.forwarded + status.dropped + status.queued >= 10
    assert status.heap_free > 100_000
    assert status.uptime > 0


def converse(
    radio: VirtualRadio, end_us: int, heard_us: int, heard: Sequence[Reception]
) -> list[SessionEvent]:
    """What a session with it says up to `end_us`, while it hears these frames from `heard_us` on."""
    end, events = HostEnd(SeededEntropy("cable"), 0), []
    due = [(heard_us + 100_000 * number, one) for number, one in enumerate(heard)]
    now_us = radio_us = 0
    while now_us < end_us:
        down = end.take(now_us)
        now = [due.pop(0)[1]] if due and now_us == due[0][0] else []
        if down or now or now_us >= radio_us:
            turn = radio.turn(now_us, now, down)
            radio_us = NEVER if turn.wake_us is None else turn.wake_us
            end.put(turn.cable, now_us)
        while event := end.next_event(now_us):
            events.append(event)
        end.give(now_us)
        now_us = min(radio_us, end.next_deadline(), *[at_us for at_us, _ in due[:1]])
    return events


def test_radios_have_addresses_of_their_own():
    assert [mac(number) for number in (0, 300)] == [bytes((2, 0, 0, 0, 0, 0)), bytes((2, 0, 0, 0, 1, 44))]
