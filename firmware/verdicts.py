# SPDX-License-Identifier: MIT
"""What a relay says of a frame that it heard, and what it counts."""

from micropython import const

# What `Relay.receive` says. NEW is for the host, BETTER too: it came by a better way than before.
MALFORMED = 0
BAD_MAC = 1
DUPLICATE = 2
NEW = 3
BETTER = 4
UNWANTED = 5

# Places in `Relay.count`, in the order of the cable's STATUS.
HEARD = 0
DUPLICATES = 1
BAD_MACS = 2
MALFORMEDS = 3
FORWARDED = 4
SENT = 5
SILENCED = 6
DROPPED = 7
STATUS_COUNTERS = 8
# Not in STATUS.
REPEATED = 8  # nobody was heard to hand it on
UNWANTEDS = 9  # one transmitter had too much
COUNTERS = const(10)
