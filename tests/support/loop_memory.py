# What a turn of the radio's main loop costs in bytes, as a script for MicroPython: prints one JSON object.
# sys.argv: a host's hello on the wire, in hex. The cable and the driver are stood for by two objects.
import gc
import hashlib
import json
import sys

from console import Console
from host_link import HostLink
from mac import Hasher
from main import Loop
from radio import Radio
from relay import Relay
from wire_tables import NETWORK_KEY

LENGTH = 120
SETTLED = 500_000  # from then on it tells about itself every half an hour
hasher = Hasher(NETWORK_KEY)


class Port:
    def __init__(self):
        self.waiting = bytes.fromhex(sys.argv[1])
        self.written = 0

    def readinto(self, buf):
        n = len(self.waiting)
        buf[:n] = self.waiting
        self.waiting = b""
        return n

    def write(self, buf, n):
        self.written += n
        return n


class Air(Radio):
    spread = 1
    floor = -97

    def __init__(self):
        super().__init__(250)
        self.waiting = 0
        self.sent = 0

    def hear(self, value):
        self.heard[0] = 1 << 6 | 2 << 2
        self.heard[1] = 8 << 2
        self.heard[6] = value
        hasher.load(self.heard, LENGTH, 6)
        hasher.stamp(self.heard)
        self.waiting = LENGTH

    def receive(self):
        n = self.waiting
        self.waiting = 0
        return n

    def transmit(self, frame):
        self.sent += 1
        return True

    def airtime(self, n):
        return 1000

    def worn(self):
        return False


def turn(now):
    loop.turn(now)
    return loop.timeout(now)


def cost(now):
    before = gc.mem_alloc()
    turn(now)
    return gc.mem_alloc() - before


port = Port()
air = Air()
relay = Relay(NETWORK_KEY, air, lambda limit: 0)
link = HostLink(port, 1, 2048, 1, 6, 250, 2536, b"\0\0\0", b"board")
loop = Loop(link, relay, air, (), None)
link.console = Console(loop)
now = 0
while now < SETTLED:
    turn(now)
    now += max(1, loop.timeout(now))
now = SETTLED
port.waiting = bytes.fromhex(sys.argv[1])
turn(now)
air.hear(0)
turn(now + 1)
turn(now + 10)
loop._second_at = SETTLED  # by the real clock it began; what is done once a second would fall anywhere
gc.collect()
gc.disable()
air.sent = 0
found = {"up": link.up, "idle": cost(now + 20)}
before = gc.mem_alloc()
hashlib.sha256(NETWORK_KEY).digest()
found["hash"] = gc.mem_alloc() - before
for value in (1, 2, 3):
    air.hear(value)
    found["heard"] = cost(now + 30 * value)
    found["forwarded"] = cost(now + 30 * value + 10)
found["sent"] = air.sent
print(json.dumps(found))
