"""Imports without what they would drag in for nothing."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def without(*names: str) -> Iterator[None]:
    """While this is open these modules are not found; who can do without them, does.

    For what stays unused: asyncio without ssl, for example, which costs 20 million instructions and 3 MB.
    """
    with _in_place(None, names):
        yield


@contextmanager
def emptied(*names: str) -> Iterator[None]:
    """While this is open these modules are found and hold nothing, for who cannot do without the name."""
    with _in_place(ModuleType("empty"), names):
        yield


@contextmanager
def _in_place(stand_in: ModuleType | None, names: Iterable[str]) -> Iterator[None]:
    replaced = [name for name in names if name not in sys.modules]
    for name in replaced:
        sys.modules[name] = stand_in  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in replaced:
            del sys.modules[name]
