# SPDX-License-Identifier: MIT
"""`time` of a radio: the interpreter's own, but for what the ether decides."""

from utime import *
from ticks import *
