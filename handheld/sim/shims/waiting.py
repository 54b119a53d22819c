# SPDX-License-Identifier: MIT
"""`poll` of a radio: waits for files and for simulated chips, which have no file descriptor, alike."""

import ether
from uselect import POLLIN
from uselect import poll as _kernel_poll

_POLL = 3
_GET_FILENO = 10


class poll:
    def __init__(self):
        self._kernel = _kernel_poll()
        self._chips = []

    def register(self, thing, mask=POLLIN):
        if hasattr(thing, "ioctl") and thing.ioctl(_GET_FILENO, 0) < 0:
            self._chips.append((thing, mask))
        else:
            self._kernel.register(thing, mask)

    def poll(self, timeout=-1):
        until = None if timeout < 0 else ether.now() + timeout * 1000
        expired = timeout == 0
        while True:
            ready = [(chip, POLLIN) for chip, mask in self._chips if chip.ioctl(_POLL, mask)]
            ready += ether.look(self._kernel, 0 if ready or expired else until)
            if ready or expired:
                return ready
            expired = until is not None and ether.now() >= until

    ipoll = poll
