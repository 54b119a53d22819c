# SPDX-License-Identifier: MIT
"""`os` of a radio: the interpreter's own, and `uname`, which the Unix port has not got."""

import sys
from collections import namedtuple

_path = sys.path[:]
sys.path.clear()
from os import *  # the builtin, as no folder is searched now

sys.path.extend(_path)

_Uname = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))


def uname():
    return _Uname("esp32", "esp32", "1.29.0", "simulated", getenv("PM_MACHINE"))
