# What a LoRa radio's main loop costs in bytes, as a script for MicroPython: prints one JSON object.
# sys.argv: a host's hello on the wire, in hex. A bus that always gives the same answers stands for the chip.
import gc
import hashlib
import io
import json
import sys

REGISTERS = {0x42: 0x12, 0x1C: 0x40, 0x01: 0x85}


class Bus:
    flags = 0

    def __init__(self, number, baudrate, sck, mosi, miso):
        pass

    def write(self, buf):
        pass

    def readinto(self, buf, write=0):
        for i in range(120):
            buf[i] = frame[i]

    def write_readinto(self, out, into):
        for i in range(len(into)):
            into[i] = 0
        command = out[0]
        if (
            command == 0x12 and len(out) == 4
        ):  # GetIrqStatus of an SX1262; with two bytes the flags of an SX1276
            into[1] = 0x50
            into[2] = Bus.flags >> 8
            into[3] = Bus.flags & 255
        elif command == 0x12:
            into[1] = Bus.flags
        elif command == 0x13:
            into[2 if len(out) > 2 else 1] = 120
        elif len(out) == 2:
            into[1] = REGISTERS.get(command, 0)


class Pin:
    IN = OUT = IRQ_RISING = 1
    line = 0

    def __init__(self, number, mode=0, value=0):
        self.number = number

    def __call__(self, value=None):
        return Pin.line if self.number == board.LORA_IRQ else 0

    def irq(self, handler, trigger):
        pass


class machine:
    SPI = Bus
    I2C = None
    Pin = Pin


class Port(io.IOBase):
    waiting = b""

    def readinto(self, buf):
        n = len(self.waiting)
        buf[:n] = self.waiting
        self.waiting = b""
        return n

    def write(self, buf, n=0):
        return n

    def ioctl(self, request, argument):
        return 0 if request == 3 else -1


sys.modules["machine"] = machine
import boards
import main
from mac import Hasher
from wire_tables import NETWORK_KEY, REGION_US915, SETTING_REGION

board = boards.this()
RECEIVED, SENT, CLEAR = (2, 1, 0x80) if board.LORA_CHIP == "sx126x" else (0x40, 8, 4)
frame = bytearray(120)
hasher = Hasher(NETWORK_KEY)


def turn(now):
    port.waiting = hello  # said again it only tells that the host is there
    loop.turn(now)
    return loop.timeout(now)


def raised(flags, now):
    Bus.flags = flags
    Pin.line = 1
    loop._radio.receive()
    Pin.line = 0
    Bus.flags = 0


def cost(work, *arguments):
    before = gc.mem_alloc()
    work(*arguments)
    return gc.mem_alloc() - before


def heard(now):
    Bus.flags = RECEIVED
    Pin.line = 1
    # As the loop does it; the line stays up for as long as one looks.
    radio.receive()
    loop.relay.receive(radio.heard, 120, radio.rssi, now)
    link.heard(radio.heard, 120, radio.rssi, now)
    Pin.line = 0
    Bus.flags = 0


def forwarded(now):
    now += 5000
    turn(now)  # it begins to look around
    raised(CLEAR, now)
    loop._transmit(now)
    raised(SENT, now)
    turn(now)


def hash_object():
    hashlib.sha256(NETWORK_KEY).digest()


def number(value):
    frame[6] = value
    hasher.load(frame, 120, 6)
    hasher.stamp(frame)


hello = bytes.fromhex(sys.argv[1])
main.Settings(main.RADIO_LORA, 2, 17).change(SETTING_REGION, REGION_US915)
port = Port()
loop = main.build(board, port, port)
radio = loop._radio
link = loop._link
loop.relay._hello._at = 1 << 28  # nor a word about itself
loop._second_at = 1 << 29  # no tidying meanwhile
frame[0] = 1 << 6 | 2 << 2
frame[1] = 8 << 2
gc.collect()
found = {"free": gc.mem_free()}
turn(0)
for value in range(3):
    number(value)
    heard(10_000 * value)
    forwarded(10_000 * value)
gc.collect()
gc.disable()
turn(30_000)
found["idle"] = cost(turn, 30_001)
found["hash"] = cost(hash_object)
for value in (3, 4, 5):
    number(value)
    found["heard"] = cost(heard, 10_000 * value + 10_000)
    found["forwarded"] = cost(forwarded, 10_000 * value + 10_000)
found["up"] = link.up
found["sent"] = loop.relay.count[4]
found["revived"] = radio.revived
print(json.dumps(found))
