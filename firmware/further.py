# SPDX-License-Identifier: MIT
"""Ways of more names than a frame has room for: the rest is in its body, for the last radio of the first part.

The body is that of an extension: type, count of names, the names, then byte 0 and the body of the frame that
goes on by those.
"""

from micropython import const
from paths import CURSOR, NAMES
from viper import copy
from wire_tables import (
    EXTENSION_FURTHER,
    KIND_ACK,
    KIND_EXTENSION,
    KIND_PRIVATE,
    KIND_SESSION,
    PATH_HEADER,
    PATH_NAMES,
)

_COUNT = const(15)  # where it stands: behind header, path and type
_REST = const(16)
_KINDS = (KIND_PRIVATE, KIND_ACK, KIND_SESSION)


def leads(frame, n):
    """Whether frame[:n], which goes by a way, leads to where another begins."""
    return frame[0] >> 2 & 15 == KIND_EXTENSION and n > _REST and frame[PATH_HEADER] == EXTENSION_FURTHER


def unfold(frame, n, made):
    """Write the frame that goes on from here into `made`; its length, 0 if there is none."""
    count = frame[_COUNT]
    begin = _REST + count
    if not 0 < count <= PATH_NAMES or n < begin + 2 or frame[begin] >> 2 & 15 not in _KINDS:
        return 0
    made[0] = frame[begin]
    made[1] = frame[1]
    made[CURSOR] = 0
    for i in range(PATH_NAMES):
        made[NAMES + i] = frame[_REST + i] if i < count else 0
    copy(frame, begin + 1, made, PATH_HEADER, n - begin - 1)
    return PATH_HEADER + n - begin - 1
