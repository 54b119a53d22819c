"""`pocketmesh screen-server`: keeps a screen loaded, and shows it on terminals that are lent to it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from select import select

from handheld.api import address, line, thin
from handheld.cli.borrow import ENVIRONMENT
from handheld.errors import Refused, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
Load the screen once and show it from then on in about a second, where starting it takes six: for slow boards.
It waits in memory (about 30 MB) until `pocketmesh` or `pocketmesh screen` asks for a screen on the same data
folder; each is a process of its own. Meant to be run by systemd, or in the background."""
EXAMPLES = """\
pocketmesh screen-server
pocketmesh --data /srv/box screen-server"""

PATIENCE_S = 5.0
"""How long a client may take to hand over its terminal."""

STANDARD = (0, 1, 2)

_ENDING = (signal.SIGTERM, signal.SIGINT)


def configure(parser: ArgumentParser) -> None:
    """`screen-server` has no arguments of its own."""


def run(args: Namespace) -> int:
    """Lend screens until told to stop."""
    from pathlib import Path

    from handheld.store.folder import Folder

    folder, explicit = address.chosen_folder(args.data)
    Folder.find(Path(folder), explicit)
    listener = address.listen(folder, address.SCREENS)
    # Nobody waits for a screen but its client, who is told: the kernel may forget it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    told, tells = socket.socketpair()
    try:
        tells.setblocking(False)
        signal.set_wakeup_fd(tells.fileno())
        for number in _ENDING:
            signal.signal(number, lambda *_: None)
        _preload()
        listener.listen()
        while told not in (ready := select([told, listener], [], [])[0]):
            _accept(ready[0], folder, explicit)
    finally:
        listener.close()
        address.remove(folder, address.SCREENS)
    return 0


def _accept(listener: socket.socket, folder: str, explicit: bool) -> None:
    client, _ = listener.accept()
    with client:
        if address.peer_uid(client) in {None, os.getuid()} and os.fork() == 0:
            listener.close()
            _end_after(client, folder, explicit)


def _preload() -> None:
    """Everything a screen needs before it knows its terminal."""
    from tui import app

    app.preload()
    # What is here now is shared with every screen as long as nobody writes to it, not even a collector.
    gc.collect()
    gc.freeze()


def _end_after(client: socket.socket, folder: str, explicit: bool) -> None:
    """The whole life of a forked process: nothing of the server's may happen in it again."""
    code = 1
    try:
        code = _lend(client, folder, explicit)
    except Exception:  # noqa: BLE001  ours: told where the server's log goes
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _lend(client: socket.socket, folder: str, explicit: bool) -> int:
    """In the process of one screen: take the terminal, show it, and say how it ended."""
    signal.set_wakeup_fd(-1)
    for number in (*_ENDING, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    try:
        _take(client)
        client.sendall(line.pack({"pid": os.getpid()}))
        _end_with(client)
        answer: dict[str, object] = {"code": _show(folder, explicit)}
    except UserError as error:
        answer = {"error": {"code": error.exit_code, "say": str(error)}}
    except OSError:
        return 1  # whoever asked has gone
    sys.stdout.flush()
    with suppress(OSError):  # whoever asked has gone
        client.sendall(line.pack(answer))
    return 0


def _take(client: socket.socket) -> None:
    """The client's terminal and what it says of it become ours."""
    client.settimeout(PATIENCE_S)
    packed, descriptors, _, _ = socket.recv_fds(client, line.LINE_MAX, len(STANDARD))
    client.settimeout(None)
    said: Any = line.unpack(packed).get("say")
    if len(descriptors) != len(STANDARD) or not isinstance(said, dict):
        raise Refused("A terminal has to be lent with its standard input, output and error.")
    for number, descriptor in zip(STANDARD, descriptors, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for name in ENVIRONMENT:
        os.environ.pop(name, None)
        if isinstance(said.get(name), str):
            os.environ[name] = said[name]


def _end_with(client: socket.socket) -> None:
    """A client that dies has its screen end: it would go on drawing over the shell."""
    import fcntl

    fcntl.fcntl(client, fcntl.F_SETOWN, os.getpid())
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(client, fcntl.F_SETSIG, signal.SIGTERM)
    fcntl.fcntl(client, fcntl.F_SETFL, fcntl.fcntl(client, fcntl.F_GETFL) | os.O_ASYNC)


def _show(folder: str, explicit: bool) -> int:
    from pathlib import Path

    from handheld.cli import complete
    from tui import app

    def start() -> None:
        thin.ensure_node(folder, explicit).close()

    return app.run(Path(folder), explicit, start, complete.for_screen())
