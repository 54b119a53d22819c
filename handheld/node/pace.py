"""How often a message is tried again: where a flood takes a moment, where it takes long, to who is away."""

from typing import NamedTuple

from handheld.node.traffic import airtime_us

FIRST_TRY_MS = 350
"""The shortest wait for an ack; longer where a frame takes long on the air."""

AIRTIMES = 40
"""A flood there and its ack's flood back, with the waiting for turns, in airtimes of the frame."""

TURN_MS = 2_000
TURN_AIRTIMES = 20
"""What a transmission by way waits for its turn, some repeats included: this, or so many airtimes if less."""


class Pace(NamedTuple):
    """How tries follow each other.

    `quick` waits grow by a quarter of the first each, later ones by `shift` powers of two, to `slowest_ms`.
    Who is heard again is tried as one whose `again`th try was in vain.
    """

    quick: int
    shift: int
    slowest_ms: int
    again: int


FAST = Pace(quick=6, shift=1, slowest_ms=10 * 60 * 1000, again=3)
SLOW = Pace(quick=1, shift=3, slowest_ms=60 * 60 * 1000, again=1)
"""Where a flood takes half a minute of everybody's time: two tries within a minute, then rarely. More of them
lose more, in a village of 30 as S1 has it: each meets the others' on the air."""

LONG_MS = 30_000
LONG = Pace(quick=0, shift=3, slowest_ms=SLOW.slowest_ms, again=0)
"""By a way on which an ack takes that long a second try comes too late to be quick: it only takes the air of
others, in a village of 100 a fifth of all that there is."""

AWAY = Pace(quick=0, shift=12, slowest_ms=60 * 60 * 1000, again=0)
"""To who was not heard for long: some 20 minutes, then an hour. Who is in reach carries the message by then,
and the reader, once he is heard, is written to at the usual pace. By the second try the radios have forgotten
the first, so it can be the same sealing: each other one would be carried, too, by everybody."""

CROWDED = 15
"""Percent of the air taken from which a flood is put off where it is slow."""

LET_THROUGH = 2000
PUT_OFF_MS = 8_000

UNSURE_TRIES = 2
"""So often is tried at once to who was last heard some minutes ago, and to whom no way is known."""

REST_MS = 15_000
"""Four times this, then sixteen times, is rested before the next try, though he is heard."""


def trip_ms(longest_us: int, size: int, hops: int) -> int:
    """How long the ack of a frame of `size` bytes takes at the least, over `hops` by way; 0: both flood.

    `longest_us`: the airtime of the longest frame.
    """
    airtime = airtime_us(longest_us, size) // 1000
    if not hops:
        return max(FIRST_TRY_MS, AIRTIMES * airtime)
    return max(FIRST_TRY_MS, 2 * hops * (airtime + min(TURN_MS, TURN_AIRTIMES * airtime)))
