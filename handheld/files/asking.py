"""When a receiver says that it lacks something: late, rarely, and not when another has said as much.

All waits are counted in frames: the time from one symbol to the next on this air.
"""

from handheld.clock import Entropy

QUIET = 6
"""Frames of silence after which whoever was sending is taken to have stopped."""

SPREAD = 20
"""Frames over which those who lack something spread; who lacks more speaks earlier."""

SERVICE = 40
"""Frames within which a promise, ours or another's, must be followed by a symbol."""

SUPPRESSED_MAX = 2
"""So often others may speak for us before we speak ourselves."""

AGAIN, AGAIN_MAX_MS = 16, 900_000
"""Without an answer it is asked again after AGAIN frames, then twice as long each time up to AGAIN_MAX_MS."""

TRIES_MAX = 16


class Asking:
    """One receiver's timer; `at` is when it speaks, None while it has no reason to."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._tries = 0
        self._suppressed = 0
        self.at: int | None = None

    def begin(self, share: float, frame_ms: int, now: int) -> None:
        """Ask soon: somebody may have what we lack, `share` of the file."""
        self._tries = self._suppressed = 0
        self.at = now + self._delay(share, frame_ms)

    def stop(self) -> None:
        """Nothing is lacking, or the owner does not want it now."""
        self.at = None

    def symbol(self, left: int, share: float, frame_ms: int, now: int) -> None:
        """A symbol came, and its sender will send `left` more: that is waited for, while they come."""
        self._tries = self._suppressed = 0
        quiet = (min(left, SERVICE) + QUIET) * frame_ms if left else 0
        self.at = now + quiet + self._delay(share, frame_ms)

    def others(self, share: float, ours: float, frame_ms: int, now: int) -> None:
        """Somebody asked for `share` of the file while we lack `ours`: what helps him helps us."""
        if self.at is None or share < ours or self._suppressed >= SUPPRESSED_MAX:
            return
        self._suppressed += 1
        self.at = max(self.at, now + SERVICE * frame_ms + self._delay(ours, frame_ms))

    def due(self, frame_ms: int, now: int) -> bool:
        """Whether to ask now; asking again is put off by itself."""
        if self.at is None or now < self.at:
            return False
        wait = min(AGAIN_MAX_MS, AGAIN * frame_ms << self._tries)
        self._tries = min(self._tries + 1, TRIES_MAX)
        self._suppressed = 0
        self.at = now + wait + self._entropy.below(max(1, wait // 2))
        return True

    def _delay(self, share: float, frame_ms: int) -> int:
        spread = SPREAD * frame_ms
        early = round(spread * (1 - min(1.0, share)))
        return early // 2 + self._entropy.below(max(1, spread // 2))
