"""One port for all phases of a node: a radio that is up stays up while keys come and go."""

from collections.abc import Callable
from typing import NamedTuple

from handheld.link.port import PortEvent, PortState
from handheld.link.session import Closed, FrameHeard, Opened

Listener = Callable[[PortEvent], None]


class Held(NamedTuple):
    """A frame that was heard while locked: when, in milliseconds, and a wall-time label."""

    event: FrameHeard
    now: int
    at: int


class Cable:
    """Hands what the port says to the phase that is on; a new phase is told how things are."""

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._state: PortState | None = None
        self._opened: Opened | None = None

    def report(self, event: PortEvent) -> None:
        """One thing the port says."""
        if isinstance(event, PortState):
            self._state = event
        elif isinstance(event, Opened):
            self._opened = event
        elif isinstance(event, Closed):
            self._opened = None
        if self._listener is not None:
            self._listener(event)

    def attach(self, listener: Listener) -> None:
        """The next phase listens from now on."""
        self._listener = listener
        for event in (self._state, self._opened):
            if event is not None:
                listener(event)

    def detach(self) -> None:
        """Nobody listens until the next phase does."""
        self._listener = None
