"""One short session with a radio on a port that is open, for a command that waits: no loop, no thread."""

import os
import select
from typing import TypeVar

from handheld.clock import Clock, Entropy
from handheld.errors import RadioMissing
from handheld.link.hello import fresh_nonce
from handheld.link.repl import GONE
from handheld.link.session import Closed, Session, SessionEvent
from handheld.wire.constants import LinkKind
from handheld.wire.schema import schema

_Event = TypeVar("_Event", bound=SessionEvent)


class Visit:
    """Say hello, and hear what comes. RadioMissing if the port vanishes."""

    def __init__(self, fd: int, clock: Clock, entropy: Entropy) -> None:
        self._fd = fd
        self._clock = clock
        self._session = Session(fresh_nonce(entropy), clock.now(), schema())
        self.ended = ""
        """Why the session is over, as a sentence; "" while it is not."""

    def wait(self, kind: type[_Event], patience: int) -> _Event | None:
        """The next event of this kind; None if none comes in so many milliseconds, or the session ends."""
        until = self._clock.now() + patience
        while self._clock.now() < until:
            self._write()
            while (event := self._session.next_event()) is not None:
                if isinstance(event, Closed):
                    self.ended = event.reason
                if isinstance(event, kind):
                    return event
            if self.ended:
                return None
            self._turn(until)
        return None

    def give(self, kind: LinkKind, body: bytes) -> None:
        """Send a numbered frame; it goes out with the next `wait`."""
        self._session.send(kind, body)

    def close(self) -> None:
        """Say goodbye, so that the radio does not wait for us."""
        self._session.close(self._clock.now())
        self._write()

    def _turn(self, until: int) -> None:
        due = self._session.next_deadline()
        soonest = until if due is None else min(until, due)
        wait = max(0, soonest - self._clock.now())
        if select.select([self._fd], [], [], wait / 1000)[0]:
            self._session.receive(self._read(), self._clock.now())
        self._session.tick(self._clock.now())

    def _read(self) -> bytes:
        try:
            data = os.read(self._fd, 4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            raise RadioMissing(GONE)
        return data

    def _write(self) -> None:
        while data := self._session.data_to_send(self._clock.now()):
            try:
                while data:
                    data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                return  # it is not acknowledged, so the session sends it again
            except OSError:
                raise RadioMissing(GONE) from None
