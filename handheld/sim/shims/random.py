# SPDX-License-Identifier: MIT
"""`random` of a radio: the interpreter's own, seeded by the radio's own chance."""

import ether
from urandom import *

seed(int.from_bytes(ether.urandom(4), "big"))
