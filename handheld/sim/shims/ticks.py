# SPDX-License-Identifier: MIT
"""Ticks that go round at 2^30, as on an ESP32, and start at PM_TICKS milliseconds; sleeps on the ether's time."""

import ether
from uos import getenv

_PERIOD = 1 << 30
_MASK = _PERIOD - 1
_HALF = 1 << 29
_start = int(getenv("PM_TICKS") or "0") * 1000 - ether.now()


def ticks_ms():
    return (ether.now() + _start) // 1000 % _PERIOD


def ticks_us():
    return (ether.now() + _start) % _PERIOD


def ticks_add(ticks, delta):
    return ticks + delta & _MASK


def ticks_diff(end, start):
    # Of numbers below 2^30 only: where a word has 32 bits, one of 2^30 takes memory, as the chip's own does not.
    return (end - start & _MASK ^ _HALF) - _HALF


def sleep_us(microseconds):
    ether.sleep(microseconds)


def sleep_ms(milliseconds):
    ether.sleep(milliseconds * 1000)


def sleep(seconds):
    ether.sleep(int(seconds * 1_000_000))
