# What the relay costs in bytes, as a script for MicroPython: prints one JSON object.
# sys.argv: how many frames to relay between the two looks at the free heap.
import gc
import hashlib
import json
import sys
import time

from mac import Hasher
from relay import Relay
from verdicts import DUPLICATE, NEW
from wire_tables import NETWORK_KEY

PERIOD = 1 << 30
LONGEST = 250
START = 500_000

hasher = Hasher(NETWORK_KEY)
frame = bytearray(LONGEST)
frame[0] = 1 << 6 | 2 << 2


class Medium:
    spread = 1
    floor = -97

    def airtime(self, n):
        return 1000


relay = Relay(NETWORK_KEY, Medium(), lambda limit: 0)


def number(value):
    frame[1] = 8 << 2
    for i in range(4):
        frame[6 + i] = value >> 8 * i & 255
    hasher.load(frame, LONGEST, 6)
    hasher.stamp(frame)


def transmit(now):
    slot = relay.next_due(now)
    relay.deadline(now)
    while slot >= 0:
        relay.fetch(slot)
        relay.sent(slot, now)
        slot = relay.next_due(now)


def settle():
    # Until it tells its neighbours about itself only every half an hour.
    now = 0
    while now < START:
        transmit(now)
        now += max(1, relay.deadline(now))


def relayed(value, now):
    number(value)
    if relay.receive(frame, LONGEST, -97, now) != NEW:
        raise ValueError("not new")
    if relay.receive(frame, LONGEST, -97, now) != DUPLICATE:
        raise ValueError("no duplicate")
    transmit((now + 1) % PERIOD)


def cost(work, *arguments):
    work(*arguments)
    before = gc.mem_alloc()
    work(*arguments)
    return gc.mem_alloc() - before


def hash_object():
    hashlib.sha256(NETWORK_KEY).digest()


def figures():
    found = {"hash": cost(hash_object)}
    settle()
    gc.collect()
    gc.disable()
    number(1)
    relay.receive(frame, LONGEST, -97, START)
    transmit(START + 1)
    number(2)
    before = gc.mem_alloc()
    relay.receive(frame, LONGEST, -97, START)
    transmit(START + 1)
    found["new"] = gc.mem_alloc() - before
    before = gc.mem_alloc()
    relay.receive(frame, LONGEST, -97, START)
    found["duplicate"] = gc.mem_alloc() - before
    frame[9] ^= 1
    before = gc.mem_alloc()
    relay.receive(frame, LONGEST, -97, START)
    found["bad_mac"] = gc.mem_alloc() - before
    before = gc.mem_alloc()
    relay.receive(frame, 3, -97, START)
    found["malformed"] = gc.mem_alloc() - before
    gc.enable()
    return found


def main(count):
    found = figures()
    now = PERIOD - count
    for value in range(10, 1100):
        now = (now + 2) % PERIOD
        relayed(value, now)
    gc.collect()
    free = gc.mem_free()
    started = time.ticks_us()
    for value in range(1100, 1100 + count):
        now = (now + 2) % PERIOD
        relayed(value, now)
    found["per_second"] = count * 1_000_000 // time.ticks_diff(time.ticks_us(), started)
    gc.collect()
    found["lost"] = free - gc.mem_free()
    found["forwarded"] = relay.count[4]
    print(json.dumps(found))


main(int(sys.argv[1]))
