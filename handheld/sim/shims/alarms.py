# SPDX-License-Identifier: MIT
"""Calls at a time: how a simulated chip lets time pass. Rung by the ether while the firmware waits."""

_all = []


class Alarm:
    """Calls `call()` at the time that was set last, microseconds of ether.now(), once; None: never."""

    def __init__(self, call):
        self.at = None
        self._call = call
        _all.append(self)

    def set(self, at):
        self.at = at

    def clear(self):
        self.at = None

    def ring(self):
        self.at = None
        self._call()


def first():
    """When the next one is due; None: none is set."""
    return min((alarm.at for alarm in _all if alarm.at is not None), default=None)


def ring(now):
    """Call what is due, in order of time; a call may set its alarm again."""
    while True:
        due = None
        for alarm in _all:
            if alarm.at is not None and alarm.at <= now and (due is None or alarm.at < due.at):
                due = alarm
        if due is None:
            return
        due.ring()
