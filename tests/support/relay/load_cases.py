"""What the relay does while the air is full of frames.

Each function is one test; tests/firmware/test_relay.py runs them under both interpreters.
"""

from relay_kit import *

FULL = 26  # frames of a millisecond; a fifth of 64 times two are less


def crowd(radio, now=0, frames=FULL):
    """Others talk of what goes no further."""
    for number in range(frames):
        hear(radio, frame(b"crowd %d" % number, KIND_PROFILE, ttl=1), now)


def times_sent(radio, now):
    """How often something goes out within a second, and when it did first."""
    gone = [then for then in range(now, now + 1000) for _ in drain(radio, then)]
    return len(gone), gone[0] - now if gone else None


def servant():
    """A radio among two others that hand on what they hear."""
    radio = relay()
    for name in (5, 6):
        meet(radio, name)
        hear(radio, collected((33, name), body=b"%d" % name, ttl=1))
    return radio


def on_full_air_what_others_wrote_goes_once_and_sooner():
    radio = servant()
    hear(radio, collected((9,)), 2000)
    quiet = times_sent(radio, 2000)
    radio = servant()
    crowd(radio, 2000)
    hear(radio, collected((9,)), 2000)
    full = times_sent(radio, 2000)
    same((quiet[0], full[0]), (2, 1))
    assert full[1] < quiet[1] // 2, (full, quiet)


def on_full_air_a_flood_goes_once_and_old_news_sooner():
    for frames, late in ((0, STALE - 1), (FULL, DELAY)):
        radio = relay()
        crowd(radio, 2000, frames)
        hear(radio, frame(), 2000)
        same(len(drain(radio, 2000 + DELAY + late)), 1)
        radio = relay()
        crowd(radio, 2000, frames)
        hear(radio, frame(), 2000)
        same(drain(radio, 2000 + DELAY + late + STALE // 2), [])


def what_was_heard_long_ago_fills_the_air_no_more():
    radio = servant()
    crowd(radio, 2000)
    hear(radio, collected((9,), body=b"later"), 2100)
    same(times_sent(radio, 2100)[0], 2)


def as_much_air_as_there_is_can_be_taken():
    radio = servant()
    crowd(radio, 2000, 150)
    hear(radio, collected((9,), body=b"at once"), 2000)
    same(times_sent(radio, 2000)[0], 1)
    hear(radio, collected((9,), body=b"later"), 3200)
    same(times_sent(radio, 3200)[0], 2)
