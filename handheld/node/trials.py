"""How often a frame may be tried with our prekeys: each try costs an X25519, 2 ms on a Zero.

A stranger can send frames that look like mail for as fast as the cable carries them. What is over the
cap is not dropped but tried later; only when 256 wait does the oldest go.
"""

from collections import deque
from typing import Generic, TypeVar

PER_SECOND = 20
WAITING_MAX = 256

T = TypeVar("T")


class Trials(Generic[T]):
    """A token bucket of one second's tries, and the queue behind it."""

    def __init__(self) -> None:
        self._waiting: deque[T] = deque(maxlen=WAITING_MAX)
        self._credit = PER_SECOND * 1000
        self._since = 0

    def put(self, item: T) -> bool:
        """Queue one; False when the oldest had to go for it."""
        full = len(self._waiting) == WAITING_MAX
        self._waiting.append(item)
        return not full

    def allow(self) -> None:
        """One more may be tried now: the owner himself brought it."""
        self._credit = min(PER_SECOND * 1000, self._credit + 1000)

    def take(self, now: int) -> list[T]:
        """Those that may be tried now, in order."""
        self._credit = min(PER_SECOND * 1000, self._credit + (now - self._since) * PER_SECOND)
        self._since = now
        taken = []
        while self._waiting and self._credit >= 1000:
            self._credit -= 1000
            taken.append(self._waiting.popleft())
        return taken

    def next_deadline(self) -> int | None:
        """When `take` has one."""
        if not self._waiting:
            return None
        return self._since + max(0, -(-(1000 - self._credit) // PER_SECOND))
