"""What the cases of the relay have in common, in the subset that CPython and MicroPython both run."""

from acks import Acks
from hello import HERE_NAMES
from mac import Hasher, digest
from relay import Relay
from verdicts import (
    BAD_MAC,
    BAD_MACS,
    BETTER,
    DROPPED,
    DUPLICATE,
    DUPLICATES,
    FORWARDED,
    HEARD,
    MALFORMED,
    MALFORMEDS,
    NEW,
    REPEATED,
    SENT,
    SILENCED,
    UNWANTED,
    UNWANTEDS,
)
from wire_tables import (
    FLAG_URGENT,
    KIND_ACK,
    KIND_HERE,
    KIND_POST,
    KIND_PRIVATE,
    KIND_PROFILE,
    KIND_SESSION,
    KIND_SYMBOL,
    MODE_COLLECT,
    MODE_FLOOD,
    MODE_ONE_HOP,
    MODE_WAY,
    SENT_QUEUE_FULL,
    SENT_REFUSED,
)

KEY = b"a key of this test"
UNKNOWN_KIND = 14
PERIOD = 1 << 30
MINUTE = 60_000
FLOOR = -97
RSSI = -70
NAME = 42  # what the radio calls itself
DELAY = 33  # before a flood heard at RSSI goes on
LATER = 40  # when a flood heard at 0 has gone on
ECHO = 108  # until it is repeated, if nobody is heard to hand it on
STALE = 152  # so late a forward is dropped
NEVER = 20 * MINUTE  # at least as long nothing is due

SETTLING = 1_138_444  # until it tells about itself only every 30 minutes

hasher = Hasher(KEY)


class Medium:
    """A radio whose frames all take a millisecond."""

    spread = 60
    floor = FLOOR

    def airtime(self, n):
        return 1000


def draw(limit):
    return NAME - 1 if limit == 255 else 0


def starting(chance=draw):
    """A radio that was just switched on."""
    return Relay(KEY, Medium(), chance)


def relay(now=0):
    """A radio whose neighbours know it, and that has just told them about itself once more."""
    radio = starting()
    passed = 0
    while passed <= SETTLING:
        then = (now - SETTLING - 1000 + passed) % PERIOD
        slot = radio.next_due(then)
        if slot >= 0:
            radio.sent(slot, then)
        passed += max(1, radio.deadline(then))
    for i in range(len(radio.count)):
        radio.count[i] = 0
    return radio


def frame(body=b"a body", kind=KIND_POST, ttl=8, mode=MODE_FLOOD, flags=0, path=None):
    if path is None:
        path = bytes(8) if mode in (MODE_COLLECT, MODE_WAY) else b""
    made = bytearray((1 << 6 | kind << 2 | flags, mode << 6 | ttl << 2, 0, 0, 0, 0)) + path + body
    hasher.load(made, len(made), 6 + len(path))
    hasher.stamp(made)
    return made


def collected(names, quality=15, body=b"a body", kind=KIND_POST, ttl=8):
    path = bytes((quality << 3 | len(names),)) + bytes(names) + bytes(7 - len(names))
    return frame(body, kind, ttl, MODE_COLLECT, path=path)


def way(names, cursor=0, body=b"a body", kind=KIND_POST, ttl=8):
    return frame(body, kind, ttl, MODE_WAY, path=bytes((cursor,)) + bytes(names) + bytes(7 - len(names)))


def numbered(number, kind=KIND_POST, flags=0):
    return frame(b"%d" % number, kind, flags=flags)


def hear(radio, made, now=0, rssi=RSSI, address=None):
    return radio.receive(made, len(made), rssi, now, address)


def meet(radio, name, now=0, *hears):
    """A neighbour, who hears us and these."""
    hear(radio, collected((NAME, name), body=b"of ours %d" % name, ttl=1), now)
    for other in hears:
        hear(radio, collected((other, name), body=b"of %d by %d" % (other, name), ttl=1), now)


def submit(radio, made, token=1, now=0):
    return radio.submit(made, len(made), token, now)


def transmit(radio, now):
    """(token, frame) of what goes out at `now`, None when nothing does."""
    slot = radio.next_due(now)
    if slot < 0:
        return None
    made = bytearray(radio.fetch(slot))
    return radio.sent(slot, now), made


def drain(radio, now):
    gone = []
    while True:
        one = transmit(radio, now)
        if one is None:
            return gone
        gone.append(one)


def path(made):
    """(quality or cursor's high bits, names) of a frame with names."""
    return made[6] >> 3, [name for name in made[7:14] if name]


def same(got, wanted):
    assert got == wanted, f"{got!r} instead of {wanted!r}"
