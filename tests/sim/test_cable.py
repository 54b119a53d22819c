"""The cable: the wire's pace by an injected clock, a bad plug by a seed, and real ptys."""

import asyncio
import contextlib
import os
import socket

import pytest
import serial
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.clock import SeededEntropy
from handheld.sim.cable import BACKLOG, PACKET, Cable, Fault, Wire

BYTE_US = 10 * 1_000_000 / 115_200


def drain(wire, until_us=10**9):
    """Follow the deadlines; what came out, and when."""
    out = []
    while (deadline := wire.next_deadline()) is not None and deadline <= until_us:
        out.append((deadline, wire.take(deadline)))
    return out


def test_250_bytes_take_22_milliseconds_in_packets_of_a_bridge():
    wire = Wire()
    wire.put(bytes(range(250)), 1000)
    out = drain(wire)
    assert [len(data) for _, data in out] == [PACKET, PACKET, PACKET, 250 - 3 * PACKET]
    assert b"".join(data for _, data in out) == bytes(range(250))
    assert out[-1][0] - 1000 == round(250 * BYTE_US + 0.5) == 21_702
    assert wire.backlog == 0


def test_a_second_of_bytes_is_11520():
    wire = Wire()
    wire.put(bytes(20_000), 0)
    assert [len(wire.take(us)) for us in (0, 86, 87, 500_000, 1_000_000)] == [0, 0, 1, 5759, 5760]
    assert wire.backlog == 20_000 - 11_520


def test_bytes_wait_behind_those_under_way_and_a_pause_is_a_pause():
    wire = Wire()
    wire.put(b"ab", 0)
    wire.put(b"c", 100)
    assert [at for at, _ in drain(wire)] == [174, 261]
    wire.put(b"d", 10_000)
    assert drain(wire) == [(10_087, b"d")]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=90)), max_size=12))
def test_whatever_goes_in_comes_out_in_order_and_never_too_early(puts):
    wire = Wire()
    now, sent, out = 0, b"", b""
    for gap, data in puts:
        now += gap
        out += wire.take(now)
        wire.put(data, now)
        sent += data
        assert len(out) <= now / BYTE_US
    assert out + b"".join(data for _, data in drain(wire)) == sent


def test_a_bad_plug_loses_and_turns_bits_by_its_seed_whatever_the_pieces():
    def through(seed, pieces):
        fault = Fault(SeededEntropy(seed), lost_ppm=50_000, turned_ppm=100_000)
        return b"".join(fault(piece) for piece in pieces)

    whole = bytes(10_000)
    result = through(3, [whole])
    assert result == through(3, [whole[:1], whole[1:77], whole[77:]])
    assert result != through(4, [whole])
    assert 400 < 10_000 - len(result) < 600
    turned = [byte for byte in result if byte]
    assert 850 < len(turned) < 1150
    assert {byte.bit_count() for byte in turned} == {1}
    assert Fault(SeededEntropy(3))(b"clean") == b"clean"


def test_it_wants_to_be_looked_at_after_each_packet():
    usb, whole = Wire(baud=1_000_000), Wire(baud=1_000_000, packet=256)
    for wire in (usb, whole):
        wire.put(bytes(100), 0)
        assert wire.next_deadline() == (640 if wire is usb else 1_000)
        wire.take(640)
        assert wire.next_deadline() == 1_000


def test_the_fault_sits_in_the_wire():
    wire = Wire(fault=Fault(SeededEntropy(1), lost_ppm=1_000_000))
    wire.put(b"gone", 0)
    assert drain(wire) == [(348, b"")]
    assert wire.backlog == 0


@pytest.fixture
async def ends():
    """A cable, and the radio's end of it."""
    near, far = socket.socketpair()
    far.setblocking(False)
    cable = Cable(near)
    yield cable, far
    cable.close()
    far.close()


async def receive(far, count):
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        data += await loop.sock_recv(far, 4096)
    return data


async def read_port(port, count):
    data = b""
    while len(data) < count:
        data += port.read(4096)
        await asyncio.sleep(0.001)
    return data


async def test_pyserial_opens_it_and_bytes_pass_both_ways_unchanged(ends):
    cable, far = ends
    every = bytes(range(256)) * 2
    with serial.Serial(cable.plug(), 115_200, timeout=0, exclusive=True) as port:
        port.write(every)
        far.send(every[::-1])
        assert await receive(far, len(every)) == every
        assert await read_port(port, len(every)) == every[::-1]


async def test_nothing_is_echoed_before_a_node_opens_the_port(ends):
    cable, far = ends
    cable.plug()
    far.send(b"boot message\r\n")
    await asyncio.sleep(0.02)
    with pytest.raises(BlockingIOError):
        far.recv(100)


async def test_pulling_the_plug_is_seen_and_another_port_serves_after_it(ends):
    cable, far = ends
    with serial.Serial(cable.plug(), 115_200, timeout=0) as port:
        cable.unplug()
        with pytest.raises((serial.SerialException, OSError)):
            await read_port(port, 1)
        far.send(b"to nobody")
        await asyncio.sleep(0.02)
    with serial.Serial(cable.plug(), 115_200, timeout=0) as port:
        far.send(b"again")
        assert await read_port(port, 5) == b"again"
        port.write(b"and back")
        assert await receive(far, 8) == b"and back"


async def test_a_fast_writer_waits_for_the_wire(ends):
    cable, _ = ends
    name = cable.plug()
    tty = os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    written = 0
    with contextlib.suppress(BlockingIOError):
        while written < 1_000_000:
            written += os.write(tty, bytes(1000))
            await asyncio.sleep(0)
    os.close(tty)
    # The wire's backlog, and what the system's terminal holds.
    assert written < 10 * BACKLOG


async def test_a_radio_that_ends_does_not_spin_the_loop(ends):
    cable, far = ends
    cable.plug()
    far.close()
    await asyncio.sleep(0.01)
    assert not asyncio.get_running_loop().remove_reader(cable._radio)
