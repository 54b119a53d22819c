"""How often a message is tried again: where a flood takes a moment, where it takes long, to who is away."""

from typing import NamedTuple


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

AWAY = Pace(quick=0, shift=12, slowest_ms=60 * 60 * 1000, again=0)
"""To who was not heard for long: some 20 minutes, then an hour. Who is in reach carries the message by then,
and the reader, once he is heard, is written to at the usual pace. By the second try the radios have forgotten
the first, so it can be the same sealing: each other one would be carried, too, by everybody."""

CROWDED = 15
"""Percent of the air taken from which a flood is put off where it is slow."""

LET_THROUGH = 2000
PUT_OFF_MS = 8_000

UNSURE_TRIES = 3
"""So often is tried at once to who was last heard some minutes ago, and to whom no way is known."""

REST_MS = 15_000
"""Four times this, then sixteen times, is rested before the next try, though he is heard."""
