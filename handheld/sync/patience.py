"""How often to try the same again: differences that do not go away, records that are asked for again."""

from collections import OrderedDict

FIRST_WAITS, LAST_MS = 8, 3_600_000
"""How long to leave it after the first try, in windows for answers; four times as long after each other one,
up to the last."""

GROWTH = 4
KEPT = 256

SERVED_KEPT = 4_096
SERVED_WAITS = 3
"""What was handed out is not handed out again for so many windows, then for twice as many, and so on."""

SERVED_LAST_MS = 30 * 60 * 1000

DOUBT_MS, DOUBTS_KEPT = 20_000, 256
"""Somebody has to say so again after this time before what only he says is gone counts as gone."""


class Patience:
    """What was tried with whom, told by what he says that he holds and by what we did."""

    def __init__(self) -> None:
        self.wait_ms = 0
        """The window for answers: longer where the air is slow."""
        self._tried: OrderedDict[tuple[str, bytes], tuple[bytes, int, int]] = OrderedDict()

    def allows(self, what: str, theirs: bytes, ours: bytes, now: int) -> bool:
        """Whether this difference is worth a try."""
        held, _, until = self._tried.get((what, theirs), (b"", 0, 0))
        return held != ours or now >= until

    def tried(self, what: str, theirs: bytes, ours: bytes, now: int) -> None:
        """It is being tried: if it does not mend, the next try is later."""
        held, tries, _ = self._tried.pop((what, theirs), (b"", 0, 0))
        tries = tries + 1 if held == ours else 0
        wait = min(LAST_MS, FIRST_WAITS * self.wait_ms * GROWTH ** min(tries, 8))
        self._tried[what, theirs] = (ours, tries, now + wait)
        if len(self._tried) > KEPT:
            self._tried.popitem(last=False)


class Served:
    """What was handed out lately: whoever asks for the same over and over gets it ever more rarely."""

    def __init__(self) -> None:
        self.wait_ms = 0
        """The window for answers: longer where the air is slow."""
        self._at: OrderedDict[bytes, tuple[int, int]] = OrderedDict()

    def __contains__(self, name: bytes) -> bool:
        return name in self._at

    def may(self, name: bytes, now: int) -> bool:
        """Whether it may be handed out now."""
        times, at = self._at.get(name, (0, 0))
        return not times or now - at >= min(
            SERVED_LAST_MS, SERVED_WAITS * self.wait_ms * 2 ** min(times - 1, 16)
        )

    def note(self, name: bytes, now: int) -> None:
        """It is handed out, by us or by somebody else."""
        times, at = self._at.pop(name, (0, 0))
        if times and now - at >= SERVED_LAST_MS:
            times = 0
        self._at[name] = (times + 1, now)
        if len(self._at) > SERVED_KEPT:
            self._at.popitem(last=False)


class Doubts:
    """What was said once, about whom, and is believed when it is said again later."""

    def __init__(self) -> None:
        self._since: OrderedDict[bytes, int] = OrderedDict()

    def last(self, key: bytes, now: int) -> bool:
        """It is said again: whether that is long enough after the first time."""
        since = self._since.setdefault(key, now)
        if now - since >= DOUBT_MS:
            del self._since[key]
            return True
        if len(self._since) > DOUBTS_KEPT:
            self._since.popitem(last=False)
        return False
