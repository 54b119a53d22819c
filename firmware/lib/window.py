# GENERATED from handheld/link/window.py by python -m handheld.wire.export: change that, not this.
"""Go-back-N, both directions: numbers modulo 256, cumulative acknowledgements, a window in bytes.

A cable does not reorder. So a number that is not the expected one means loss or a repetition, and a frame
that is acknowledged means that everything sent before it has left the wire.
This file is copied to firmware/lib/ and keeps to what CPython and MicroPython both run; nothing is allocated
for a frame. Times are milliseconds, on the radio modulo 2^30.
"""

PATIENCE = 150
"""Milliseconds until a frame is sent again, beyond the time that the wire takes."""

PATIENCE_MAX = 1000

WIRE_RATE = 11
"""Bytes in a millisecond at 115200 baud, ten bits each: the slowest cable."""

KIND = 0
SESSION = 1
NUMBER = 2
ACKNOWLEDGED = 3
"""Where these are in a payload."""

_CLOCK_MASK = 0x3FFFFFFF


def since(now: int, then: int) -> int:
    """Milliseconds from `then` to `now`, across the wrap of a radio's clock."""
    return (now - then) & _CLOCK_MASK


class Sender:
    """Keeps numbered payloads until the other end has them; at most `slots` of `size` bytes each.

    A payload gets its number when it is first taken, so one that still waits can be dropped.
    Set `window`, the bytes that may be on their way at once; one frame always may.
    """

    def __init__(self, slots: int, size: int) -> None:
        self._slots = [bytearray(size) for _ in range(slots)]
        self._lengths = [0] * slots
        self._sizes = [0] * slots
        self._yields = [False] * slots
        self.window = 0
        self.started = 0
        self.taken = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything and begin with number 0."""
        self._first = 0  # the slot of the oldest payload
        self._base = 0  # its number
        self.held = 0
        self._numbered = 0  # of those held, how many were ever taken
        self._next = 0  # of those, how many are on their way: the next to go
        self._flying = 0  # their bytes
        self._patience = PATIENCE
        self._went_back = False
        self._probing = False

    def claim(self) -> bytearray | None:
        """The buffer for one more payload, to be filled except for its number; None: all are in use."""
        if self.held == len(self._slots):
            return None
        return self._slots[self._at(self.held)]

    def commit(self, count: int, size: int, yields: bool = False) -> None:
        """The claimed buffer holds `count` bytes, which take up to `size` on the wire.

        One that `yields` lets pass all others, as long as it was not taken itself.
        """
        at = self._at(self.held)
        self._lengths[at] = count
        self._sizes[at] = size
        self._yields[at] = yields
        self.held += 1
        index = self.held - 1
        while not yields and index > self._numbered and self._yields[self._at(index - 1)]:
            self._swap(index - 1, index)
            index -= 1

    def upcoming_yields(self) -> bool:
        """Whether what may be taken next was never taken, and yields to others."""
        return self._numbered <= self._next < self.held and self._yields[self._at(self._next)]

    def drop_oldest(self, kind: int) -> bool:
        """Forget a payload of this kind that was never taken; False: there is none.

        The oldest of those that yield; if there is none, of the others.
        """
        found = -1
        for index in range(self.held - 1, self._numbered - 1, -1):
            at = self._at(index)
            yielding = found >= 0 and self._yields[self._at(found)]
            if self._slots[at][KIND] == kind and (self._yields[at] or not yielding):
                found = index
        if found >= 0:
            self._close_gap(found)
        return found >= 0

    def take(self, now: int) -> bytearray | None:
        """The payload to transmit now, its number filled in, `taken` bytes long; None: nothing may go."""
        if self._next == self.held or (self._probing and self._next):
            return None
        at = self._at(self._next)
        if self._next and self._flying + self._sizes[at] > self.window:
            return None
        if self._next == 0:
            self.started = now
        payload = self._slots[at]
        payload[NUMBER] = (self._base + self._next) & 255
        self.taken = self._lengths[at]
        self._flying += self._sizes[at]
        self._next += 1
        self._numbered = max(self._numbered, self._next)
        return payload

    def acknowledged(self, number: int, now: int) -> bool:
        """Everything before `number` has arrived. False if that is nothing new, or cannot be."""
        count = (number - self._base) & 255
        if not 0 < count <= self._numbered:
            return False
        for _ in range(count):
            if self._next:
                self._flying -= self._sizes[self._first]
                self._next -= 1
            self._first = self._at(1)
        self._base = number
        self.held -= count
        self._numbered -= count
        self._patience = PATIENCE
        self._went_back = False
        self._resume()
        self.started = now
        return True

    def missed(self, number: int) -> None:
        """The other end says it still waits for `number`: go back to it at once, but once for each number."""
        if self._numbered and number == self._base and not self._went_back:
            self._go_back()

    def patience(self) -> int:
        """Milliseconds after `started` until a lack of acknowledgement is loss; -1: none is awaited."""
        return self._patience + self._flying // WIRE_RATE if self._numbered else -1

    def tick(self, now: int) -> None:
        """Go back if nothing was acknowledged in time; each time in vain doubles the patience."""
        if self._numbered and since(now, self.started) >= self.patience():
            self.started = now
            self._patience = min(2 * self._patience, PATIENCE_MAX)
            self._go_back()

    def _at(self, index: int) -> int:
        return (self._first + index) % len(self._slots)

    def _go_back(self) -> None:
        # One frame alone goes first: its acknowledgement tells that what was sent before is off the wire.
        self._next = 0
        self._flying = 0
        self._went_back = True
        self._probing = True

    def _resume(self) -> None:
        if self._probing:
            self._probing = False
            self._next = 0
            self._flying = 0

    def _close_gap(self, index: int) -> None:
        while index + 1 < self.held:
            self._swap(index, index + 1)
            index += 1
        self.held -= 1

    def _swap(self, one: int, other: int) -> None:
        here, there = self._at(one), self._at(other)
        slots, lengths, sizes, yields = self._slots, self._lengths, self._sizes, self._yields
        slots[here], slots[there] = slots[there], slots[here]
        lengths[here], lengths[there] = lengths[there], lengths[here]
        sizes[here], sizes[there] = sizes[there], sizes[here]
        yields[here], yields[there] = yields[there], yields[here]


OWES_NOTHING = 0
OWES_ANY = 1
OWES_BARE = 2


class Receiver:
    """Takes numbered payloads in their order, each once. `owed` says what acknowledgement is due.

    OWES_ANY: any frame will do. OWES_BARE: an ACK frame, which tells a sender to go back at once.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin with number 0."""
        self.expected = 0
        self.owed = OWES_NOTHING

    def accept(self, number: int) -> bool:
        """Whether this is the next one; a repetition and one out of order are not."""
        if number != self.expected:
            self.owed = OWES_BARE
            return False
        self.expected = (number + 1) & 255
        self.owed = max(self.owed, OWES_ANY)
        return True
