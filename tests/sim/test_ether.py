"""The air process, with plain UDP sockets for radios."""

import json
import os
import select
import socket

import pytest

from handheld.clock import SeededEntropy
from handheld.sim.air import ESPNOW, Air
from handheld.sim.child import Children
from handheld.sim.ether import FRAME, JOIN, SENSE, Ether, kind_name, open_socket, serve
from handheld.sim.place import Ground, Walk, open_to, still
from handheld.wire.air import first_byte
from handheld.wire.constants import AirKind

MACS = [bytes([2, 0, 0, 0, 0, n]) for n in range(3)]
POST = bytes([first_byte(AirKind.POST)]) + b"\x20 some frame"


def ether(walks=None, loss=None):
    ground = Ground(walks or [still(0, 0), still(80, 0), still(160, 0)], loss or open_to(100))
    return Ether(Air(ESPNOW, ground, SeededEntropy(1)), MACS)


def joins(number):
    return MACS[number] + bytes([JOIN])


def sent(number):
    return MACS[number] + bytes([FRAME]) + POST


def senses(number, us):
    return MACS[number] + bytes([SENSE]) + us.to_bytes(4, "big")


def carry(model, now_us=10_000_000):
    out = []
    while due := model.next_datagram(now_us):
        out.append(due)
    return out


def known(model):
    for number in range(len(MACS)):
        model.receive(joins(number), ("127.0.0.1", 5000 + number), 0)
    return model


def test_a_frame_goes_to_who_is_in_range_with_sender_and_rssi():
    model = known(ether())
    model.receive(sent(0), ("127.0.0.1", 5000), 0)
    assert carry(model, 100) == []
    assert carry(model) == [(("127.0.0.1", 5001), bytes([FRAME]) + MACS[0] + b"\x14" + POST)]
    report = model.report()
    assert report["frames"] == {"post": 1}
    assert report["receptions"] == {"heard": 1, "collided": 0, "deaf": 0, "faded": 0}
    assert report["airtime_s"] == round((192 + 8 * (43 + len(POST))) / 1e6, 6)


def test_a_radio_that_is_not_up_hears_nothing_and_one_that_moved_ports_does():
    model = ether()
    model.receive(sent(0), ("127.0.0.1", 5000), 0)
    assert carry(model) == []
    model.receive(joins(1), ("127.0.0.1", 6000), 10_000_000)
    model.receive(joins(1), ("127.0.0.1", 6001), 10_000_000)
    model.receive(sent(0), ("127.0.0.1", 5000), 10_000_000)
    assert [address for address, _ in carry(model, 20_000_000)] == [("127.0.0.1", 6001)]


def test_who_senses_is_told_whether_somebody_talks_when_he_has_listened():
    model = known(ether())
    address = ("127.0.0.1", 5001)
    model.receive(senses(1, 500), address, 0)
    model.receive(sent(0), ("127.0.0.1", 5000), 0)
    model.receive(senses(1, 900), address, 100)
    model.receive(senses(2, 900), ("127.0.0.1", 5002), 100)
    assert model.next_deadline() <= 500
    model.receive(senses(1, 9_000_000), address, 100)
    answers = [due for due in carry(model) if due[1][0] == SENSE]
    busy, free = bytes([SENSE, 1]), bytes([SENSE, 0])
    assert answers == [(address, free), (address, busy), (("127.0.0.1", 5002), free), (address, free)]


def test_who_walks_away_is_out_of_reach():
    model = known(ether([still(0, 0), Walk(((0, 50, 0), (10, 150, 0))), still(999, 0)]))
    model.receive(sent(0), ("127.0.0.1", 5000), 0)
    assert len(carry(model)) == 1
    model.receive(sent(0), ("127.0.0.1", 5000), 9_000_000)
    assert carry(model) == []


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "stranger"),
        (b"\xff" * 6 + POST, "stranger"),
        (MACS[0], "strange"),
        (MACS[0] + bytes([FRAME]), "strange"),
        (MACS[0] + bytes([FRAME]) + bytes(251), "strange"),
        (MACS[0] + bytes([SENSE]) + bytes(3), "strange"),
        (MACS[0] + b"\x09", "strange"),
    ],
)
def test_what_makes_no_sense_is_counted_and_dropped(datagram, why):
    model = known(ether())
    model.receive(datagram, ("127.0.0.1", 9), 0)
    assert carry(model) == []
    assert model.report()["refused"] == {why: 1}


def test_every_kind_has_a_name():
    assert [kind_name(bytes([first_byte(kind)])) for kind in (1, 4, 0)] == ["profile", "ack", "kind 0"]


def test_the_process_carries_frames_and_reports_when_it_is_stopped(tmp_path):
    door = open_socket()
    ours, its = socket.socketpair()
    children = Children()
    children.fork(
        "the air",
        tmp_path / "air.log",
        lambda: serve(ether(), door, its.fileno()),
        keep=[door.fileno(), its.fileno()],
    )
    (pid,) = children._living
    radios = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in MACS]
    try:
        its.close()
        for number, radio in enumerate(radios):
            radio.connect(door.getsockname())
            radio.send(joins(number))
        radios[0].send(sent(0))
        radios[1].settimeout(5)
        assert radios[1].recv(1000) == bytes([FRAME]) + MACS[0] + b"\x14" + POST
        radios[2].settimeout(0)
        with pytest.raises(BlockingIOError):
            radios[2].recv(1000)
        ours.shutdown(socket.SHUT_WR)
        assert select.select([ours], [], [], 5)[0]
        assert json.loads(ours.recv(65536))["frames"] == {"post": 1}
    finally:
        children.end()
        for end in (door, ours, *radios):
            end.close()
    assert (tmp_path / "air.log").read_text() == ""
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
