"""By which relays somebody is reached: learned from what he sends around, used for what is only for him.

What taught a way was not signed: anybody who knows the network key can make one up. So a way is never more
than a guess: it is used a few times, and forgotten when nothing comes back.
"""

from dataclasses import dataclass

WAYS_MAX = 512

FORGET_MS = 10 * 60 * 60 * 1000
"""Powered time after which a way that nothing has confirmed is forgotten."""

FADE_MS = 60 * 60 * 1000
"""A way is worth one step of quality (2 dB) less for each of these since it was learned."""

GOOD = 5
"""Steps of 2 dB beyond which a link is good: among such ways the shorter one is better."""

FAILURES_MAX = 2
"""Failures in a row after which a way is forgotten."""

_PREFIX = 8
_NEVER = -1


@dataclass(slots=True)
class _Way:
    names: bytes
    quality: int
    learned: int
    worked: int = _NEVER
    failures: int = 0

    def worth(self, now: int) -> tuple[int, int]:
        """The weakest link first, what is old counting less, then the fewer hops."""
        faded = max(0, self.quality - max(0, now - self.learned) // FADE_MS)
        return min(faded, GOOD), -len(self.names)


class Ways:
    """The best way to each person, by the first 8 bytes of his key; at most 512."""

    def __init__(self) -> None:
        self._ways: dict[bytes, _Way] = {}

    def __len__(self) -> int:
        return len(self._ways)

    def learn(self, author: bytes, path: bytes, quality: int, now: int) -> None:
        """`author`'s frame came by the relays of `path`, his own radio first; its weakest link is `quality`.

        Nothing is learned from a path that may not work backwards.
        """
        if not path or quality < 1:
            return
        found = _Way(path[::-1], quality, now)
        held = self._ways.get(author)
        if held is not None and held.names == found.names:
            held.quality, held.learned = quality, now
        elif held is None or self._old(held, now) or found.worth(now) > held.worth(now):
            self._ways[author] = found
            if len(self._ways) > WAYS_MAX:
                self._forget_one()

    def lookup(self, key: bytes, now: int) -> bytes | None:
        """The relays to this person in the order of travel, his own radio last; None if no way is known."""
        held = self._ways.get(key[:_PREFIX])
        if held is None:
            return None
        if self._old(held, now):
            del self._ways[key[:_PREFIX]]
            return None
        return held.names

    def worked(self, key: bytes, now: int) -> None:
        """What went by this way was answered: it is as good as learned now."""
        held = self._ways.get(key[:_PREFIX])
        if held is not None:
            held.worked = held.learned = now
            held.failures = 0

    def failed(self, key: bytes) -> None:
        """What went by this way was not answered in time."""
        held = self._ways.get(key[:_PREFIX])
        if held is not None:
            held.failures += 1
            if held.failures >= FAILURES_MAX:
                del self._ways[key[:_PREFIX]]

    def _old(self, way: _Way, now: int) -> bool:
        return now - way.learned >= FORGET_MS

    def _forget_one(self) -> None:
        # What has carried something stays longer: made-up people push out each other.
        least = min(self._ways, key=lambda author: (self._ways[author].worked, self._ways[author].learned))
        del self._ways[least]
