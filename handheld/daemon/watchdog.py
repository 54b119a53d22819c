"""What systemd is told of a running node: that it is up, and from then on that it lives (sd_notify(3))."""

import asyncio
import os
import socket
from collections.abc import Mapping

READY, ALIVE, STOPPING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"


class Watchdog:
    """Silent where nobody asked for it: neither NOTIFY_SOCKET nor WATCHDOG_USEC is set then."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._path = environ.get("NOTIFY_SOCKET", "")
        given = environ.get("WATCHDOG_USEC", "")
        meant = environ.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        # Twice in the time that systemd waits, as it advises.
        self._pause_s = int(given) / 2_000_000 if given.isdigit() and meant else 0.0

    def say(self, what: bytes) -> None:
        """Tell it, if anybody wants to know; a message that cannot be delivered is left."""
        if not self._path.startswith(("/", "@")):
            return
        address = "\0" + self._path[1:] if self._path.startswith("@") else self._path
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
            said.setblocking(False)
            try:
                said.sendto(what, address)
            except OSError:
                return

    async def run(self) -> None:
        """Say that we live, as long as the event loop does; ends at once where nobody watches."""
        self.say(READY)
        while self._pause_s:
            await asyncio.sleep(self._pause_s)
            self.say(ALIVE)
