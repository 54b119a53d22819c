# SPDX-License-Identifier: MIT
"""Headers of the air, and the relay names in those of modes collect and way. The rules of handheld/wire/air.py.

A collecting frame's cursor byte: how many names in bits 0 to 2, the quality of the weakest link in bits 3 to
6. A way's cursor: the place of the radio whose turn it is.
"""

from micropython import const

from viper import copy
from wire_tables import (
    AIR_FRAME_MAX,
    AIR_VERSION,
    FLAG_URGENT,
    KIND_HERE,
    MODE_COLLECT,
    MODE_FLOOD,
    MODE_ONE_HOP,
    PATH_HEADER,
    PATH_NAMES,
    PLAIN_HEADER,
)

CURSOR = PLAIN_HEADER
NAMES = PLAIN_HEADER + 1
_COUNT = const(7)
BEST = const(15)
NO_WAY = PATH_NAMES + 2
GOOD = const(2)  # of quality: from there on fewer hops are better


def header_size(frame, n):
    """Where the body of frame[:n] begins, or 0 if that is no air frame."""
    if n <= PLAIN_HEADER or n > AIR_FRAME_MAX:
        return 0
    first = frame[0]
    hop = frame[1]
    if first >> 6 != AIR_VERSION or first >> 2 & 15 == 0 or first & 3 & ~FLAG_URGENT:
        return 0
    if hop & 3 or hop >> 2 & 15 == 0:
        return 0
    mode = hop >> 6
    if mode == MODE_FLOOD or mode == MODE_ONE_HOP:
        return PLAIN_HEADER
    return PATH_HEADER if n > PATH_HEADER and _holds(frame, mode) else 0


def _holds(frame, mode):
    cursor = frame[CURSOR]
    used = length(frame)
    # No gap among the names; a collecting frame's cursor counts them.
    for i in range(1, used):
        if frame[CURSOR + i] == 0:
            return False
    if mode == MODE_COLLECT:
        # No way has no weakest link.
        return cursor < 128 and cursor & _COUNT == used and (used > 0 or cursor == 0)
    return cursor <= used


def length(frame):
    """How many names there are."""
    used = PATH_NAMES
    while used and frame[CURSOR + used] == 0:
        used -= 1
    return used


def last(frame):
    """The name of who transmitted this collecting frame; 0: it does not say."""
    used = frame[CURSOR] & _COUNT
    return frame[CURSOR + used] if used else 0


def quality(frame):
    """Of the weakest link on a collecting frame's way so far: 0 if one of them is not known both ways."""
    return frame[CURSOR] >> 3


def weaken(frame, least):
    """The link just passed has this quality."""
    if least < quality(frame):
        frame[CURSOR] = frame[CURSOR] & _COUNT | least << 3


def append(frame, name):
    """Add a name. Where there is no place left the oldest goes, and with it the way back."""
    used = frame[CURSOR] & _COUNT
    if used == PATH_NAMES:
        copy(frame, NAMES + 1, frame, NAMES, PATH_NAMES - 1)
        frame[CURSOR] = used
        used -= 1
    else:
        frame[CURSOR] += 1
    frame[NAMES + used] = name


def begin(frame, name):
    """Let this be the only name, as nothing has weakened the way yet."""
    frame[CURSOR] = BEST << 3 | 1
    frame[NAMES] = name
    for i in range(1, PATH_NAMES):
        frame[NAMES + i] = 0


def score(frame):
    """What a collected way is worth, from 1: links both ways first, then fewer hops; below NO_WAY nothing."""
    return 1 + min(quality(frame), GOOD) * (PATH_NAMES + 1) + PATH_NAMES - (frame[CURSOR] & _COUNT)


def turn(frame, name):
    """Where on a way's remaining path this name stands, from the cursor on; -1: nowhere."""
    for i in range(length(frame) - 1, frame[CURSOR] - 1, -1):
        if frame[NAMES + i] == name:
            return i
    return -1


def renames(frame):
    """Whether a radio's own `here`, which nobody hands on, says with its first name what it was called before."""
    return frame[0] >> 2 & 15 == KIND_HERE and frame[1] >> 2 & 15 == 1 and length(frame) == 2


def named(frame, name):
    """Whether this name stands anywhere in the path."""
    for i in range(length(frame)):
        if frame[NAMES + i] == name:
            return True
    return False
