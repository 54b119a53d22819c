"""When a holder sends, and what: one at a time speaks, and says with each symbol how many follow.

All waits are counted in frames: the time from one symbol to the next on this air.
"""

from collections import deque
from collections.abc import Iterable

from handheld.clock import Entropy
from handheld.files.coding import NUMBER_MAX

COLLECT = 4
"""Frames that a holder waits for somebody who lacks even more than the first who spoke."""

STAND_BACK = (10, 30)
"""Frames, at least and at most, that a holder waits longer who was not the last to send: another may."""

VAIN_MAX = 3
"""After so many promises in a row that helped nobody none is believed for a turn."""

LEFT_MAX = 255

LOSS_FIRST, LOSS_MAX = 10, 70
"""Loss on the air in percent, as long as nothing is known of it, and at the most."""

COUNTED = 80
"""Percent of that loss which is sent for beforehand: who lacks more says so in a frame of 16 bytes."""

LATE = 85
"""Who lacks more of what was sent than so many percent has not lost it: he was not there."""

SPAN_MS, TIMES, FEWEST = 15 * 60 * 1000, 8, 64
"""In so long a file goes out so many times at most, or so many symbols: anybody can send a wish, and many."""


class Serving:
    """What one holder still has to send of one file of `symbols` symbols."""

    def __init__(self, symbols: int, entropy: Entropy) -> None:
        self._symbols = symbols
        self._entropy = entropy
        self._plain: deque[int] = deque()
        self._repairs = 0
        # Two holders do not send the same repair symbols.
        self._next = symbols + entropy.below(NUMBER_MAX - symbols)
        self._loss = LOSS_FIRST
        self._sent = 0
        self._before = symbols
        self._since_base, self._base = 0, symbols
        self._lead = False
        self._asked = 0
        self._seen: set[int] = set()
        self._promised: int | None = None
        self._yielded = 0
        self._vain = 0
        self._spent = 0
        self._since = 0
        self.at: int | None = None

    @property
    def left(self) -> int:
        """Symbols still to be sent."""
        return len(self._plain) + self._repairs

    def begin(self, now: int) -> None:
        """Send the whole file once, whoever hears it."""
        self._lead = True
        self._plain = deque(range(self._symbols))
        self.at = now

    def stop(self) -> None:
        """Send nothing of it."""
        self._plain.clear()
        self._repairs = self._asked = 0
        self._lead = False
        self._promised = None
        self.at = None

    def asked(self, need: int, plain: Iterable[int], frame_ms: int, now: int) -> None:
        """Somebody needs so many more, or just these `plain` ones."""
        if self._yielded:
            # Whoever was to serve helped, or whoever lacks most still lacks as much.
            self._vain = self._vain + 1 if need >= self._yielded else 0
            self._yielded = 0
        wanted = [number for number in dict.fromkeys(plain) if number < self._symbols]
        if wanted:
            self._plain.extend(number for number in wanted if number not in self._plain)
        elif self._repairs:
            # Said while these were on their way: he has got some of them.
            self._repairs = max(self._repairs, self._enough(min(need, self._symbols)) - self._sent)
        else:
            self._asked = max(self._asked, min(need, self._symbols))
        if self.at is None:
            low, high = (0, 1) if self._lead else STAND_BACK
            self.at = now + (COLLECT + low) * frame_ms + self._entropy.below((high - low) * frame_ms)

    def another(self, number: int, left: int, frame_ms: int, now: int) -> None:
        """Another holder was heard to send, with `left` more to come: of two the one with less stands back.

        A number that was on the air before says nothing: anybody can send it again. And who promises is
        followed, no longer than he promised at first and as long as he goes on.
        """
        if number in self._seen:
            return
        self._seen.add(number)
        if self.at is None or self._vain >= VAIN_MAX or left < self.left:
            return
        low, high = STAND_BACK
        ends = now + left * frame_ms
        if self._promised is None:
            self._promised = ends
            self._yielded = max(self._asked, self.left)
        self._promised = min(self._promised, ends)
        self._lead = False
        self.at = min(self._promised, now + low * frame_ms + self._entropy.below((high - low) * frame_ms))

    def next(self, now: int) -> tuple[int, int] | None:
        """The number of the symbol to send now, and how many follow it; None if it is not time."""
        if self.at is None or now < self.at:
            return None
        if self._promised is not None and now >= self._promised:
            self.stop()  # he has sent all that he promised
            return None
        self._promised = None
        if self._asked and not self._repairs:
            self._plan()
        if not self.left or not self._affords(now):
            self.stop()
            return None
        self._lead = True
        self._sent += 1
        number = self._plain.popleft() if self._plain else self._repair()
        self._seen.add(number)
        if not self.left:
            self._vain = 0
            self.at = None
        return number, min(LEFT_MAX, self.left)

    def _plan(self) -> None:
        """How many to send so that whoever lacks most has enough, at the loss seen so far."""
        need, self._asked = self._asked, 0
        self._since_base += self._sent
        if self._lost(self._before - need, self._sent) > LATE:
            self._since_base, self._base = 0, need
        if self._since_base:
            # Of all that was sent: who lacks most after a few has lost more of these than is to be expected.
            seen = self._lost(self._base - need, self._since_base)
            self._loss = min(LOSS_MAX, seen if self._since_base >= 20 else (self._loss + seen) // 2)
        self._before, self._sent = need, 0
        self._repairs = self._enough(need)

    @staticmethod
    def _lost(got: int, sent: int) -> int:
        return 100 - 100 * min(max(0, got), sent) // sent if sent else 0

    def _affords(self, now: int) -> bool:
        if now - self._since >= SPAN_MS:
            self._since, self._spent = now, 0
            self._seen.clear()
        self._spent += 1
        return self._spent <= max(FEWEST, TIMES * self._symbols)

    def _enough(self, need: int) -> int:
        """How many to send so that `need` of them arrive."""
        return -(-10_000 * need // (10_000 - self._loss * COUNTED))

    def _repair(self) -> int:
        self._repairs -= 1
        number, self._next = self._next, self._next + 1
        if self._next > NUMBER_MAX:
            self._next = self._symbols
        return number
