"""Counting what reaches libsodium, by the interpreter's own profiler: nothing of ours is replaced."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_of(action: Callable[[], object]) -> Counter[str]:
    """How often `action` calls each C function of libsodium."""
    seen: Counter[str] = Counter()

    def watch(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__module__ == "_sodium":
            seen[called.__name__] += 1

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(before)
    return seen
