"""The radio's end of the cable under real MicroPython: its cost in memory, and frames over a real pty."""

import os
import random
import select
import subprocess
import time
import tty

from handheld.link.framing import CRC, FRAME, Deframer, Framer, Loops
from tests.support import micropython
from tests.support.patience import PATIENCE_S
from tests.support.tools import need_tool

LIMIT = 264
FRAMES = 2_000

HEAP = """
import gc

import framing
import host_link
import viper
from wire_tables import *

class Uart:
    def __init__(self):
        self.incoming = bytearray(300)
        self.count = 0
        self.bytes = 0

    def readinto(self, buf):
        viper.copy(self.incoming, 0, buf, 0, self.count)
        count = self.count
        self.count = 0
        return count

    def write(self, buf, count):
        self.bytes += count
        return count

uart = Uart()
link = host_link.HostLink(uart, 1, 2048, 1, 6, 250, 2600, b"\\0\\1\\0", b"ESP32")
framer = framing.Framer(viper, LINK_FRAME_MAX)

def tell(payload, count, now):
    size = framer.close(payload, count)
    viper.copy(framer.frame, 0, uart.incoming, 0, size)
    uart.count = size
    link.readable(now)
    return link.next_command()

start = bytes((LINK_HELLO_HOST, 0xAA, 9, 9, PROTOCOL_VERSION)) + SCHEMA + b"\\1\\2\\3\\xaa\\x08\\0"
tell(bytearray(start + bytes(4)), len(start), 0)
print(link.up)

ack = bytearray(8)
ack[0] = LINK_ACK
ack[1] = 0xAA
send = bytearray(264)
send[0] = LINK_SEND
send[1] = 0xAA
send[6] = 80
air = bytearray(range(1, 251))

def work(first, last):
    for i in range(first, last):
        # A frame to the host and its acknowledgement; a frame from the host and its result.
        link.heard(air, 250, -70, i)
        ack[3] = 2 * i + 1 & 255
        tell(ack, 4, i)
        send[2] = i & 255
        send[3] = 2 * i + 1 & 255
        if tell(send, 200, i) != LINK_SEND:
            print("not taken", i)
        link.next_command()
        link.sent(link.token, SENT_ON_AIR, i)
        ack[3] = 2 * i + 2 & 255
        tell(ack, 4, i)
        link.tick(i)
        link.deadline(i)

before = 0  # a new name may make the table of names grow
work(0, 50)
gc.collect()
gc.disable()
before = gc.mem_alloc()
work(50, 550)
print(gc.mem_alloc() - before)
print(uart.bytes > 500 * 260, link.undelivered, link.strange)
"""


def test_frames_to_and_from_the_host_allocate_nothing() -> None:
    assert micropython.run(HEAP, heap="128k") == (0, "True\n0\nTrue 0 0\n")


ECHO = """
import select
import sys

import framing
import viper

port = open(int(sys.argv[1]), "r+b", 0)
poller = select.poll()
poller.register(port, select.POLLIN)
chunk = bytearray(256)
payload = bytearray(268)
framer = framing.Framer(viper, 264)
deframer = framing.Deframer(viper, 264)

def write(count):
    while count:
        sent = port.write(framer.frame, count)
        if sent:
            count -= sent
            viper.copy(framer.frame, sent, framer.frame, 0, count)

while True:
    poller.poll()
    deframer.feed(chunk, port.readinto(chunk) or 0)
    while True:
        found = deframer.next()
        if found == framing.NONE:
            break
        if found == framing.FRAME:
            viper.copy(deframer.frame, 0, payload, 0, deframer.length)
            write(framer.close(payload, deframer.length))
        else:
            port.write(b"TEXT\\n")
"""


def framed(payloads: list[bytes]) -> bytes:
    framer = Framer(Loops, LIMIT)
    out = bytearray()
    for payload in payloads:
        out += framer.frame[: framer.close(bytearray(payload + bytes(CRC)), len(payload))]
    return bytes(out)


def exchanged(fd: int, stream: bytes, count: int) -> list[bytes]:
    """Write a stream as fast as it is taken; the frames that come back meanwhile."""
    until = time.monotonic() + PATIENCE_S
    deframer = Deframer(Loops, LIMIT)
    found: list[bytes] = []
    at = 0
    while len(found) < count:
        wanted = [fd] if at < len(stream) else []
        readable, writable, _ = select.select([fd], wanted, [], max(0.0, until - time.monotonic()))
        if not (readable or writable):
            break
        if writable:
            at += os.write(fd, stream[at : at + 1024])
        if readable:
            data = os.read(fd, 4096)
            deframer.feed(data, len(data))
            while kind := deframer.next():
                assert kind == FRAME
                found.append(bytes(deframer.frame[: deframer.length]))
    return found


def test_2000_frames_of_2000_come_back_over_a_pty() -> None:
    chance = random.Random(11)
    payloads = [chance.randbytes(chance.randint(1, LIMIT)) for _ in range(FRAMES)]
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    os.set_blocking(slave, False)
    path = os.pathsep.join([*(str(folder) for folder in micropython.FIRMWARE), ".frozen"])
    radio = subprocess.Popen(
        [need_tool("micropython"), "-c", ECHO, str(slave)],
        pass_fds=[slave],
        env=os.environ | {"MICROPYPATH": path},
        stdin=subprocess.DEVNULL,
    )
    try:
        found = exchanged(master, framed(payloads), FRAMES)
    finally:
        radio.kill()
        radio.wait()
        os.close(master)
        os.close(slave)

    assert found == payloads
