"""Effects that keep files; see effects.py, which has all of them."""

from dataclasses import field

from handheld.values import dataclass


@dataclass(frozen=True, slots=True)
class KeepFile:
    """Save what is known of a file, under its tag. `peer`, `content` and `born` as in store/files.py."""

    tag: bytes
    author: bytes
    peer: bytes
    board: str
    content: bytes = field(repr=False)
    own: bool
    wanted: bool
    pinned: bool
    whole: bool
    size: int
    born: int
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class KeepSymbols:
    """Save symbols of a file, by number; `instead`: of all that was saved of it. -1 is the whole payload."""

    tag: bytes
    symbols: tuple[tuple[int, bytes], ...] = field(repr=False)
    instead: bool = False


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Read what was saved of a file, and hand it to `Sharing.loaded`."""

    tag: bytes


@dataclass(frozen=True, slots=True)
class ForgetFile:
    """Take a file away, with all that came of it."""

    tag: bytes
