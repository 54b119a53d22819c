# SPDX-License-Identifier: MIT
"""`os` of a radio: the interpreter's own, its chance, and `uname`, which the Unix port has not got."""

from collections import namedtuple

from uos import *
from ether import urandom

_Uname = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))


def uname():
    return _Uname("esp32", "esp32", "1.29.0", "simulated", getenv("PM_MACHINE"))
