# The air and the time of simulated chips, moved by hand: `advance`. For both interpreters.
import alarms

at = 0  # microseconds; every look at the clock takes one
sent = []  # (when, frame)
looks = []  # (when, how long)
busy = False  # what the next look around finds
_heard = None


def now():
    global at
    at += 1
    return at


def join(heard):
    global _heard
    _heard = heard


def transmit(frame):
    sent.append((at, frame))


def sense(microseconds, tell):
    looks.append((at, microseconds))
    found = alarms.Alarm(lambda: tell(busy))
    found.set(at + microseconds)


def hear(frame, rssi):
    _heard(b"sender", rssi, frame)


def advance(microseconds):
    global at
    until = at + microseconds
    while True:
        first = alarms.first()
        if first is None or first > until:
            break
        at = max(at, first)
        alarms.ring(at)
    at = max(at, until)


def urandom(n):
    return bytes(n)
