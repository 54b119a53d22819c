# SPDX-License-Identifier: MIT
"""How much of the hour was spent transmitting: a hard limit over any 3,600 s, wherever they begin. Pure.

EN 300 220-1 V3.1.1, 5.4: the sum of the times of all transmissions in an hour of observation. `now` is in
milliseconds and goes round at 2^30; some method must be called at least once in six days.

The hour is kept as minutes. A transmission counts whole in the minute that it began in, for the 62 minutes
that an hour and one transmission can touch: so the sum is never too small, and what is lost to roundness is
at most three minutes of waiting.

A loss of power must not give back what was spent, and each transmission in flash would wear it out. So what may be
spent is set aside in eighths, ahead of time, by `keep`; after a start all that was set aside counts as spent just now.
"""

from array import array

from micropython import const
from slots import HALF, TICKS

_MINUTE = const(60_000)
_MINUTES = const(62)
_SHARES = const(8)  # in which the hour's budget is set aside


class Duty:
    """The budget of a share in millionths. `keep(eighths)` stores a number, `kept` is what it stored last."""

    def __init__(self, share, kept, keep, now):
        self.budget = (
            share * 36 // 10
        )  # milliseconds in an hour; an int of 31 bits holds no hour of microseconds
        self.spent = 0
        self.kept = kept
        self._keep = keep
        self._minutes = array("I", (0 for _ in range(_MINUTES)))
        self._current = 0
        self._began = now
        self._add(min(kept, _SHARES) * self.budget // _SHARES)

    def spend(self, us, now):
        """A transmission begins now: count it. To be called before it does, as it may have to be kept first."""
        self._age(now)
        self._add(_milliseconds(us))
        if self._eighths() > self.kept:
            self._set_aside(self._eighths())

    def wait(self, us, now):
        """Milliseconds until such a transmission may begin; 0: now. Too long for the budget: more than an hour."""
        self._age(now)
        over = self.spent + _milliseconds(us) - self.budget
        if over <= 0:
            return 0
        passed = (now - self._began) & TICKS
        left = _MINUTE - passed if passed < _MINUTE else _MINUTE
        for age in range(_MINUTES - 1, 0, -1):
            over -= self._minutes[(self._current - age) % _MINUTES]
            if over <= 0:
                break
            left += _MINUTE
        return left

    def _add(self, milliseconds):
        self.spent += milliseconds
        self._minutes[self._current] += milliseconds

    def _age(self, now):
        passed = (now - self._began) & TICKS
        # A moment before the last one is none that has passed.
        if passed < _MINUTE or passed >= HALF:
            return
        steps = passed // _MINUTE
        self._began = (self._began + steps * _MINUTE) & TICKS
        for _ in range(min(steps, _MINUTES)):
            self._current = (self._current + 1) % _MINUTES
            self.spent -= self._minutes[self._current]
            self._minutes[self._current] = 0
        # Two eighths below, so that a radio that is always at some border does not write each minute.
        if self._eighths() + 2 <= self.kept:
            self._set_aside(self._eighths())

    def _eighths(self):
        return 0 if self.spent == 0 else (self.spent * _SHARES + self.budget - 1) // self.budget

    def _set_aside(self, eighths):
        self.kept = eighths
        self._keep(eighths)


def _milliseconds(us):
    return (us + 999) // 1000
