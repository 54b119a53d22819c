# SPDX-License-Identifier: MIT
"""`select` of a radio."""

from uselect import *
from waiting import poll
