"""A screen from the screen server, for whoever holds a terminal: it is lent, and the screen is drawn on it.

we to the server     {"v": 1, "say": {...}} and our standard input, output and error
the server to us     {"v": 1, "pid": of the screen}, then {"v": 1, "code": exit code} or an error line
"""

from __future__ import annotations

import os
import signal
import socket

from handheld.api import address, line
from handheld.errors import NodeUnreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORWARDED = (signal.SIGWINCH, signal.SIGTERM, signal.SIGHUP)
"""What our terminal or its session tell us is meant for the screen."""

ENVIRONMENT = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "COLUMNS", "LINES")
"""What a screen goes by besides its terminal."""

PLAIN = b"\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
"""The terminal as a shell expects it, as a screen that ends in good order leaves it."""

ENDED = "The screen server has ended, and the screen with it. Start the screen again."


def screen(folder: str) -> int | None:
    """Show a lent screen until it is left; its exit code, or None where nobody lends one.

    Raises what the screen raised, or NodeUnreachable if it died.
    """
    server = address.dial(folder, patience_s=0, name=address.SCREENS)
    if server is None:
        return None
    import termios

    before = termios.tcgetattr(0)
    with server:
        said = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        socket.send_fds(server, [line.pack({"say": said})], [0, 1, 2])
        lines = server.makefile("rb")
        pid = _next(lines)["pid"]
        for number in FORWARDED:
            signal.signal(number, lambda number, _: os.kill(pid, number))
        try:
            content = _next(lines)
        except NodeUnreachable:
            # It died with the terminal in its hands.
            os.write(1, PLAIN)
            termios.tcsetattr(0, termios.TCSAFLUSH, before)
            raise
    if "error" in content:
        raise line.error_in(content)
    return int(content["code"])


def _next(lines: Any) -> dict[str, Any]:
    try:
        packed = lines.readline(line.LINE_MAX)
    except OSError:
        packed = b""
    if not packed:
        raise NodeUnreachable(ENDED)
    return line.unpack(packed)
