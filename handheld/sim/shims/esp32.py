# SPDX-License-Identifier: MIT
"""`esp32` of a radio: which pin ends a light sleep, and the waiting of such a sleep."""

WAKEUP_ANY_HIGH = True

_POLL = 3
_pin = None
_poller = None


def wake_on_ext0(pin, level):
    """A high level of this pin ends a light sleep."""
    global _pin
    _pin = pin


class _Line:
    def ioctl(self, request, argument):
        if request != _POLL:
            return -1
        return argument & 1 if _pin is not None and _pin() else 0


def rest(milliseconds):
    """Until then, or until the pin is high."""
    global _poller
    if _poller is None:
        import select

        _poller = select.poll()
        _poller.register(_Line())
    _poller.poll(milliseconds)
