"""How old a record is, in one byte: nobody has a clock, so ages travel beside what they are of.

Level n is 60 s * GROWTH ** n - 60 s: seconds at first, 4.3 % a step later, 30 days at the most. All ages are
seconds in which some device was running; whoever takes a record over adds its own from then on.
"""

import math
from bisect import bisect_right

AGE_MAX_S = 30 * 24 * 3600
"""What the last level stands for; older is not told apart."""

_BASE_S = 60
_LAST = 255
GROWTH = math.pow((AGE_MAX_S + _BASE_S) / _BASE_S, 1 / _LAST)

LEVELS = tuple(round(_BASE_S * math.pow(GROWTH, level)) - _BASE_S for level in range(_LAST + 1))
"""Seconds of each level."""


def pack(seconds: int) -> int:
    """The level of an age, rounded down: at most 4.3 % of it and 4 s are lost. Below 0 counts as 0."""
    return bisect_right(LEVELS, max(0, seconds)) - 1


def unpack(level: int) -> int:
    """The seconds that a byte stands for."""
    return LEVELS[level]
