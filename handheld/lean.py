"""Imports without what they would drag in for nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """While this is open these modules are not found; who can do without them, does.

    Only for what stays unused: asyncio without ssl, which costs 20 million instructions and 3 MB, for example.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
